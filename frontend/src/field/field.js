// Catat Kegiatan: the form is saved on the device first, always; sending comes after.
import { Photos } from "./photos.js";
import { Sender } from "./sender.js";
import { addRow, contentOf, count, fill, isLate, mended, problemOf, told } from "./form.js";
import { draftKey, dropDraft, keepDraft, numberOf, openDraft } from "./draft.js";
import { download } from "./export.js";
import { listen } from "./actions.js";
import { askToKeep, sayWhetherKept, tidy } from "./keep.js";
import * as list from "./list.js";
import * as queue from "./queue.js";
import { forgetPlan, planOf, showPlans } from "./plans.js";
import { register } from "./worker.js";
import { newUuid } from "./uuid.js";
import { whoIsSignedIn } from "./session.js";
import { showStraight, showStrip } from "./strip.js";
import { sure } from "./sure.js";
import { SAID, dayHere } from "./words.js";

const page = document.getElementById("catat");
const form = page.querySelector("form.catat-form");
const person = Number(page.dataset.person);
const strip = document.getElementById("keadaan");
const full = document.getElementById("penuh");

let draft = { id: "", item: null, uuid: null };
let line = navigator.onLine ? "trying" : "offline";
const photos = new Photos(form, () => typed());
const sender = new Sender(tell);

// --- the form ---------------------------------------------------------------------------------------------------

function typed() {
  draft.item = { organisation_id: Number(form.elements.organisation_id?.value) || null, content: contentOf(form), photos: photos.list.map((photo) => photo.uuid) };
  keepDraft(draft);
}

function sum() {
  const fields = [...form.querySelectorAll('[name^="people."]')];
  const people = fields.reduce((all, field) => all + (Number(field.value.replaceAll(".", "")) || 0), 0);
  form.querySelector("[data-sum]").textContent = SAID.sum(people);
}

function home() {
  const group = form.elements.organisation_id;
  const chosen = group?.selectedOptions?.[0]?.dataset.village;
  if (chosen && !form.elements.village_code.value) form.elements.village_code.value = chosen;
}

function planned() {
  document.getElementById("apa").hidden = Boolean(planOf());
}

function late() {
  form.querySelector("[data-late]").hidden = !isLate({ start: form.elements.start.value, end: form.elements.end.value });
}

function clear() {
  form.reset();
  forgetPlan();
  for (const kind of ["material", "asked"]) {
    const place = form.querySelector(`[data-rows="${kind}"]`);
    for (const row of place.querySelectorAll("[data-row]")) row.remove();
    addRow(form, kind);
  }
  for (const part of form.querySelectorAll("details")) part.open = part.id === "tanya"; // wanted most
  today();
  photos.set([], draftKey(draft));
  count(form, "groups");
  document.getElementById("mengubah").hidden = true;
  told(form, null);
  sum();
  planned();
  late();
}

function today() {
  form.elements.date.value = dayHere(); // the page may be days old
}

form.addEventListener("submit", async (event) => {
  if (form.dataset.direct) return;
  event.preventDefault();
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  try {
    await photos.reading;
    await save();
  } finally {
    delete form.dataset.busy;
  }
});

async function made() {
  const uuid = numberOf(draft);
  const before = await queue.get(uuid).catch(() => null);
  const pictures = photos.list.map((photo) => (photo.record === uuid ? photo : { ...photo, record: uuid, sent: false }));
  const item = {
    uuid,
    kind: "activity",
    user: person,
    name: page.dataset.name,
    revision: (before?.revision ?? 0) + 1,
    saved_at: new Date().toISOString(),
    organisation_id: Number(form.elements.organisation_id.value),
    content: contentOf(form),
    photos: pictures.map((photo) => photo.uuid),
    state: "saved",
  };
  // what is already there is changed knowingly
  const replaces = before?.state === "sent" ? before.hash : before?.replaces;
  return { item: replaces ? { ...item, replaces, receipt: before.receipt } : item, pictures };
}

async function save() {
  const problem = problemOf(form, contentOf(form), photos.list.length);
  told(form, problem);
  if (problem) return;
  const { item, pictures } = await made();
  if (!(await meant(item))) return told(form, ["date", SAID.need.ahead]);
  try {
    const whole = await queue.save(item, pictures);
    if (!whole) await queue.change(item.uuid, (now) => ({ ...now, lost: true }));
    full.hidden = whole;
    if (!whole) fullSays(SAID.noPhotos, false);
  } catch (error) {
    fullSays(queue.isFull(error) ? SAID.full : SAID.broken, true);
    return;
  }
  await dropDraft(draft);
  clear();
  await sender.changed();
  shine(item.uuid);
  sender.now();
  sender.inBackground();
  askToKeep();
}

// A day that has not come by this device's clock is asked about, once.
async function meant({ uuid, content: { date, event_id } }) {
  if (event_id || date <= dayHere() || (await queue.get(uuid).catch(() => null))?.content.date === date) return true;
  return sure(SAID.sureAhead(date), SAID.sureAheadYes);
}

function fullSays(words, notSaved) {
  full.hidden = false;
  full.querySelector("[data-words]").textContent = words;
  full.querySelector(".item-buttons").hidden = !notSaved;
  full.scrollIntoView({ block: "center" });
}

function shine(uuid) {
  const saved = document.querySelector(`[data-uuid="${uuid}"]`);
  saved?.classList.add("item-new");
  document.getElementById("kiriman").scrollIntoView({ block: "start" });
  strip.querySelector("[data-line]").textContent = SAID.savedNow;
}

// No room on the device: the same form goes straight to the office, as without a script.
full.querySelector("[data-full-send]").addEventListener("click", async () => {
  const { item, pictures } = await made();
  // the form cannot say what it changes, nor name pictures that are at the office only
  if (item.replaces || pictures.some((photo) => !photo.blob)) return fullSays(SAID.fullChange, true);
  const session = await whoIsSignedIn();
  if (session.state !== "in" || session.user !== person) return fullSays(`${SAID.full} ${SAID.waits[session.state] ?? ""}`, true);
  form.elements.csrf_token.value = session.csrf;
  form.elements.uuid.value = item.uuid;
  const files = new DataTransfer();
  for (const photo of photos.list) files.items.add(new File([photo.blob], photo.name, { type: photo.blob.type }));
  form.elements.photos.files = files.files;
  form.dataset.direct = "1";
  form.requestSubmit();
});
full.querySelector("[data-full-export]").addEventListener("click", async () => {
  const { item, pictures } = await made();
  await download(item, pictures);
});

// --- the list ---------------------------------------------------------------------------------------------------

async function open(item) {
  draft.uuid = item.uuid;
  fill(form, item);
  photos.set((await queue.photosOf(item.uuid)).filter((photo) => item.photos.includes(photo.uuid)), draftKey(draft));
  const note = document.getElementById("mengubah");
  note.hidden = false;
  note.querySelector("[data-words]").textContent = SAID.changing(item.content.title || SAID.nameless);
  told(form, item.state === "problem" && item.why.field ? [item.why.field, item.why.message] : null);
  planned();
  late();
  sum();
  typed();
  note.scrollIntoView({ block: "center" });
}

async function stopChanging() {
  await dropDraft(draft);
  clear();
}
document.querySelector("#mengubah [data-stop]").addEventListener("click", stopChanging);

listen(sender, { open, closed: (uuid) => draft.uuid === uuid && stopChanging() });

// --- where it stands --------------------------------------------------------------------------------------------

async function tell(state) {
  if (state) line = state;
  const counts = await list.show(person, line === "sending" ? "busy" : line);
  showPlans(counts.plans);
  showStrip(strip, line, counts);
  file.setAttribute("aria-disabled", String(unreachable()));
  document.querySelector("[data-file-needs]").hidden = !unreachable();
}
// Reading a file in is done at the office's side.
const file = document.querySelector("[data-file]");
const unreachable = () => line === "offline" || !navigator.onLine;
file.addEventListener("click", (event) => unreachable() && event.preventDefault());

strip.querySelector("[data-send]").addEventListener("click", () => sender.now());

// The page may come from this device's store: whether its person is still signed in is asked for.
async function who() {
  if (line !== "done" && line !== "others") return;
  const session = await whoIsSignedIn();
  if (session.state !== "in") await tell(session.state);
  else if (session.user !== person) await tell("another");
}

// --- begin ------------------------------------------------------------------------------------------------------

function prepare() {
  for (const hidden of form.querySelectorAll("[data-tabs], [data-step], [data-add], [data-sum]")) hidden.hidden = false;
  document.getElementById("kiriman").hidden = false;
  form.addEventListener("input", ({ target }) => {
    mended(form, target);
    sum();
    late();
    typed();
  });
  form.addEventListener("change", ({ target }) => {
    mended(form, target);
    home();
    planned();
    typed();
  });
  form.addEventListener("click", (event) => {
    const { step, tab, add } = event.target.dataset;
    if (tab) count(form, tab);
    if (add) addRow(form, add).querySelector("input, textarea").focus();
    if (step) {
      const field = event.target.parentElement.querySelector("input");
      field.value = Math.max(0, (Number(field.value) || 0) + Number(step)) || "";
      sum();
    }
    if (tab || step) typed();
  });
  for (const field of form.querySelectorAll('[name^="copies."]')) {
    field.addEventListener("input", () => {
      if (field.value) field.closest(".piece").querySelector("[type=checkbox]").checked = true;
    });
  }
}

// A browser that keeps nothing: the form goes straight to the office, as without a script. The page, and with it the
// record's number, may come from this device's store; each time it is opened it is for another record.
function straight(refused, error) {
  if (!refused) form.elements.uuid.value = newUuid();
  form.dataset.direct = "1";
  showStraight(strip, error);
}

async function begin() {
  prepare();
  const refused = !document.getElementById("salah").hidden;
  try {
    await queue.all();
  } catch (error) {
    document.getElementById("kiriman").hidden = true;
    straight(refused, error);
    document.documentElement.dataset.ready = "1";
    return;
  }
  count(form, form.elements.total.value ? "total" : "groups");
  draft = await openDraft();
  const kept = (await queue.photosOf(draftKey(draft)).catch(() => [])) ?? [];
  photos.set(kept, draftKey(draft));
  if (draft.item && !refused) {
    fill(form, { ...draft.item, photos: [] });
    if (draft.uuid) {
      const changed = await queue.get(draft.uuid).catch(() => null);
      if (changed) {
        const own = (await queue.photosOf(changed.uuid)).filter((photo) => draft.item.photos.includes(photo.uuid));
        photos.set([...own, ...kept], draftKey(draft));
        document.getElementById("mengubah").hidden = false;
        document.querySelector("#mengubah [data-words]").textContent = SAID.changing(changed.content.title || SAID.nameless);
      } else draft.uuid = null;
    }
    form.elements.consent.checked = photos.list.length > 0 && form.elements.consent.checked;
  } else if (!refused) today();
  planned();
  late();
  sum();
  await tidy().catch(() => {});
  await tell(null).catch(() => {});
  await sayWhetherKept();
  await sender.now();
  await who();
  document.documentElement.dataset.ready = "1";
  await register(page.dataset.worker, () => !draft.item).catch(() => {});
}

begin();
