// The side menu of narrow screens, and the person's menu. Without scripts the menu opens as a link target.
const menu = document.getElementById("menu");
const opener = document.querySelector("[data-menu-open]");
const wide = window.matchMedia("(min-width: 992px)");

if (menu && opener) {
  const main = document.querySelector(".shell-main");
  const show = (open) => {
    menu.classList.toggle("is-open", open);
    document.body.classList.toggle("menu-is-open", open);
    opener.setAttribute("aria-expanded", String(open));
    main.inert = open;
    if (open) menu.querySelector("a, button").focus();
    else if (menu.contains(document.activeElement)) opener.focus();
  };
  opener.setAttribute("aria-expanded", "false");
  opener.setAttribute("role", "button");
  opener.setAttribute("aria-controls", "menu");
  opener.addEventListener("click", (event) => {
    event.preventDefault();
    show(true);
  });
  opener.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    show(true);
  });
  menu.querySelector("[data-menu-close]").addEventListener("click", () => show(false));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.classList.contains("is-open")) {
      show(false);
      opener.focus();
    }
  });
  document.addEventListener("click", (event) => {
    const open = menu.classList.contains("is-open");
    if (open && !menu.contains(event.target) && !opener.contains(event.target)) show(false);
  });
  wide.addEventListener("change", () => show(false));
}

for (const details of document.querySelectorAll("details.person")) {
  document.addEventListener("click", (event) => {
    if (!details.contains(event.target)) details.open = false;
  });
  details.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !details.open) return;
    details.open = false;
    details.querySelector("summary").focus();
  });
}
