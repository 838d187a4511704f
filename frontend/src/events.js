// The form of an event: a row more without sending it, and an end two hours after the beginning until somebody says
// otherwise. Without it the button adds rows by way of the server.
const HOURS = 2;

for (const list of document.querySelectorAll("[data-rows]")) {
  const button = list.querySelector("[data-add-row]");
  button.addEventListener("click", (event) => {
    event.preventDefault();
    add(list, button).querySelector("input, select").focus();
  });
}

function add(list, button) {
  const rows = list.querySelectorAll("[data-row]");
  const row = rows[rows.length - 1].cloneNode(true);
  for (const field of row.querySelectorAll("input, select")) {
    const label = row.querySelector(`label[for="${field.id}"]`);
    field.id = field.id.replace(/-\d+-/, `-${rows.length + 1}-`);
    if (label) label.htmlFor = field.id; // a hidden one has none
    if (field.tagName === "SELECT") field.selectedIndex = 0;
    else field.value = "";
  }
  button.before(row);
  return row;
}

// a kept copy may hold more rows than the page
document.addEventListener("gaung:restored", (event) => {
  for (const list of event.target.querySelectorAll("[data-rows]")) {
    const kept = event.detail.values.filter(([name]) => name.startsWith(`${list.dataset.rows}_`));
    const width = list.querySelector("[data-row]").querySelectorAll("input, select").length;
    const shown = list.querySelectorAll("[data-row]").length * width;
    for (const [place, [name, value]] of kept.slice(shown).entries()) {
      const row = place % width === 0 ? add(list, list.querySelector("[data-add-row]")) : [...list.querySelectorAll("[data-row]")].at(-1);
      row.querySelector(`[name="${name}"]`).value = value;
    }
  }
});

const start = document.querySelector(".event-form #starts_at");
const end = document.querySelector(".event-form #ends_at");
start?.addEventListener("change", () => {
  const begun = Date.parse(`${start.value}Z`);
  if (Number.isNaN(begun) || (end.value && Date.parse(`${end.value}Z`) > begun)) return;
  end.value = new Date(begun + HOURS * 3600000).toISOString().slice(0, 16);
  end.dispatchEvent(new Event("change", { bubbles: true }));
});
