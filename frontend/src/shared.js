// On a "Komputer bersama" (body[data-idle], seconds): a minute before the session ends the page says so, with a button
// that stays; when it has ended, what stands on the screen is taken away and the sign-in page comes. The server ends the
// session by itself; kept forms wait on the device for the same person (drafts.js).
const idle = Number(document.body.dataset.idle ?? 0) * 1000;
const WARN = 60_000;
let ends = 0;
let note = null;
let timer = 0;

function begin() {
  ends = Date.now() + idle;
  note?.remove();
  note = null;
  clearTimeout(timer);
  timer = setTimeout(look, Math.max(0, idle - WARN));
}

function leave() {
  document.getElementById("isi").replaceChildren();
  document.querySelector(".shell-main")?.setAttribute("hidden", "");
  location.reload();
}

async function stay() {
  const answer = await fetch(document.body.dataset.stay, { method: "HEAD", redirect: "manual" }).catch(() => null);
  if (answer?.ok) begin();
  else if (answer) leave();
}

function look() {
  const left = ends - Date.now();
  if (left <= 0) {
    leave();
    return;
  }
  if (note === null) {
    note = document.getElementById("tpl-berakhir").content.firstElementChild.cloneNode(true);
    note.querySelector("[data-stay-here]").addEventListener("click", stay);
    document.getElementById("pesan").append(note);
  }
  note.querySelector("[data-left]").textContent = String(Math.ceil(left / 1000));
  timer = setTimeout(look, 1000);
}

if (idle > 0) {
  begin();
  document.addEventListener("htmx:after:request", begin); // the server has seen the person
  // a computer that slept wakes with timers that did not run
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && Date.now() >= ends - WARN && look());
}
