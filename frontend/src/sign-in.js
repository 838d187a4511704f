// [data-countdown]: the seconds until the next attempt to sign in is looked at. Without this script a sentence says how
// long, and the button answers the same again.
const box = document.querySelector("[data-countdown]");

if (box) {
  const words = box.querySelector("[data-countdown-words]");
  const button = document.querySelector(".sign-in form [type=submit]");
  const until = Date.now() + 1000 * Number(box.dataset.countdown);
  const said = (left) => {
    const [m, s] = [Math.floor(left / 60), left % 60];
    const time = m ? words.dataset.minutes : words.dataset.seconds;
    return words.dataset.words.replace("{n}", time.replace("{n}", s).replace("{m}", m).replace("{s}", s));
  };
  const tick = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    if (left > 0) {
      words.textContent = said(left);
      return;
    }
    clearInterval(timer);
    words.textContent = box.dataset.over;
    box.querySelector(".sign-in-wait-why").hidden = true;
    box.classList.replace("alert-warning", "alert-info");
    if (button) button.disabled = false;
    document.querySelector(".sign-in [name=password]")?.focus();
  };
  const timer = setInterval(tick, 1000);
  // read once by a screen reader, not every second
  box.setAttribute("aria-live", "off");
  if (button) button.disabled = true;
  tick();
}

// Being remembered and a shared computer exclude each other: the last tick counts. Without this script sharing wins.
const [remember, shared] = ["remember", "shared"].map((name) => document.querySelector(`.sign-in [name=${name}]`));
if (remember && shared) {
  remember.addEventListener("change", () => { if (remember.checked) shared.checked = false; });
  shared.addEventListener("change", () => { if (shared.checked) remember.checked = false; });
}
