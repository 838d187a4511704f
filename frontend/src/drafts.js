// What is typed into a form with data-keep="form-record" stays on this device until the server has taken it.
//
// The key names the form and its record, so that nothing turns up at another record. A form about a person is not kept.
// A kept form is sent only when the server answers; without a line the page says so, and sends it by itself when the
// line is back. A form that was not taken (failed line, ended session, fault) is offered again on the next visit.
const PREFIX = "gaung:isian:";
const KEPT_DAYS = 14;
const WAIT = 6000;
const LOOK_AGAIN = 10000;
const person = document.body.dataset.person ?? "";
const TICKET = "_isian"; // the server gives it back in one of these cookies (app/base/web/kept.py)
const TAKEN = "isian_tersimpan";
const RETURNED = "isian_kembali";

let gone = false; // the person has signed out

const name = (form) => `${PREFIX}${person}:${form.dataset.keep}`;

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function write(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false; // storage is full or forbidden: the form still works
  }
}

function isKept(field) {
  if (!field.name || field.disabled || field.dataset.keepNot !== undefined) return false;
  if (["password", "file", "submit", "button", "reset", "image"].includes(field.type)) return false;
  return field.type !== "hidden" || field.dataset.keepField !== undefined;
}

const fieldsOf = (form) => [...form.elements].filter(isKept);

function valuesOf(form) {
  return fieldsOf(form).map((field) => {
    if (["checkbox", "radio"].includes(field.type)) return [field.name, field.value, field.checked];
    if (field.multiple && field.options) return [field.name, [...field.selectedOptions].map((option) => option.value)];
    return [field.name, field.value];
  });
}

function restore(form, values) {
  const left = [...values];
  for (const field of fieldsOf(form)) {
    const choice = ["checkbox", "radio"].includes(field.type);
    const at = left.findIndex((entry) => entry[0] === field.name && (!choice || entry[1] === field.value));
    if (at < 0) continue;
    const [, value, checked] = left.splice(at, 1)[0];
    if (choice) field.checked = checked;
    else if (Array.isArray(value)) for (const option of field.options) option.selected = value.includes(option.value);
    else field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
  form.dispatchEvent(new CustomEvent("gaung:restored", { bubbles: true, detail: { values } }));
}

function copy(template) {
  return document.getElementById(template).content.firstElementChild.cloneNode(true);
}

function tell(form, template) {
  form.querySelector(":scope > .kept-note")?.remove();
  if (!template) return null;
  const note = copy(template);
  note.classList.add("kept-note");
  form.prepend(note);
  return note;
}

async function lineIsUp() {
  if (!navigator.onLine) return false;
  try {
    await fetch("/healthz", { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(WAIT) });
    return true;
  } catch {
    return false;
  }
}

function keep(form) {
  const key = name(form);
  const found = read(key);
  const here = () => JSON.stringify(valuesOf(form));
  const before = here();
  const returned = cameBack && found?.ticket === cameBack; // the page shows what was typed: only the device has it
  let sent = null; // what was sent last, and its ticket
  let own = false; // the copy on the device comes from this page
  let timer;
  const save = (more = {}) => {
    if (gone) return;
    own = write(key, { at: Date.now(), values: valuesOf(form), ...more });
  };
  const saveChange = () => {
    if (here() === sent?.values) save({ ticket: sent.ticket });
    else if (here() !== before || returned) save();
    else if (own) localStorage.removeItem(key);
  };

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(saveChange, 400);
  });
  window.addEventListener("pagehide", () => {
    if (!timer || form.dataset.leaving) return;
    clearTimeout(timer);
    saveChange();
  });

  if (found && !returned && JSON.stringify(found.values) !== before) offer(form, key, found);

  let waiting = null;
  const send = async (submitter) => {
    if (await lineIsUp()) {
      clearInterval(waiting?.timer);
      waiting = null;
      clearTimeout(timer);
      const ticket = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`.replace(/\./g, "");
      ticketField(form).value = ticket;
      sent = { values: here(), ticket };
      save({ ticket });
      form.dataset.leaving = "1";
      tell(form, null);
      form.requestSubmit(submitter ?? undefined);
      return;
    }
    if (waiting) return;
    save();
    const note = tell(form, "tpl-belum-terkirim");
    note.focus();
    waiting = { submitter, timer: setInterval(() => send(submitter), LOOK_AGAIN) };
  };
  window.addEventListener("online", () => waiting && send(waiting.submitter));
  form.addEventListener("gaung:send", (event) => send(event.detail));
}

function ticketField(form) {
  const known = form.querySelector(`input[name="${TICKET}"]`);
  if (known) return known;
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = TICKET;
  form.append(field);
  return field;
}

function offer(form, key, found) {
  const note = tell(form, "tpl-pulihkan");
  const when = new Intl.DateTimeFormat("id", { weekday: "long", hour: "2-digit", minute: "2-digit" });
  note.querySelector("[data-when]").textContent = when.format(new Date(found.at));
  note.querySelector("[data-restore]").addEventListener("click", () => {
    restore(form, found.values);
    note.remove();
    form.querySelector("input:not([type=hidden]), textarea, select")?.focus();
  });
  note.querySelector("[data-drop]").addEventListener("click", () => {
    localStorage.removeItem(key);
    note.remove();
  });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented) return;
  if (form.matches("[data-sign-out]")) forgetAll();
  if (!form.dataset.keep) return;
  if (form.dataset.leaving) {
    setTimeout(() => delete form.dataset.leaving, 8000);
    return;
  }
  event.preventDefault();
  form.dispatchEvent(new CustomEvent("gaung:send", { detail: event.submitter }));
});

function told(cookie) {
  const value = document.cookie.split("; ").find((part) => part.startsWith(`${cookie}=`))?.slice(cookie.length + 1);
  if (value) document.cookie = `${cookie}=; path=/; max-age=0; samesite=lax`;
  return value;
}

// Whoever signs out leaves nothing behind: others use the same device.
function forgetAll() {
  gone = true;
  for (const key of Object.keys(localStorage)) if (key.startsWith(`${PREFIX}${person}:`)) localStorage.removeItem(key);
}

function tidy(taken) {
  const oldest = Date.now() - KEPT_DAYS * 24 * 3600 * 1000;
  for (const key of Object.keys(localStorage).filter((each) => each.startsWith(PREFIX))) {
    const kept = read(key);
    if (!kept || key.endsWith(":") || kept.at < oldest || (taken && kept.ticket === taken)) localStorage.removeItem(key);
  }
}

const [taken, cameBack] = [told(TAKEN), told(RETURNED)];
const forms = [...document.querySelectorAll('form[data-keep]:not([data-keep=""])')];
try {
  tidy(taken);
} catch {
  // no storage on this device
}
forms.forEach(keep);

const lineNote = document.getElementById("tanpa-jaringan");
if (lineNote) {
  const show = () => {
    lineNote.hidden = navigator.onLine;
    lineNote.querySelector("[data-kept]").hidden = forms.length === 0;
  };
  window.addEventListener("offline", () => {
    forms.forEach((form) => form.dispatchEvent(new Event("input", { bubbles: true })));
    show();
  });
  window.addEventListener("online", show);
  show();
}
