// Wawancara Survei: interviews in quick succession, each saved on the device first, always; sending comes after.
import { download } from "./export.js";
import { askToKeep, sayWhetherKept, tidy } from "./keep.js";
import * as queue from "./queue.js";
import { sendStraight } from "./send.js";
import { Sender } from "./sender.js";
import { whoIsSignedIn } from "./session.js";
import { showStraight, showStrip } from "./strip.js";
import { sure } from "./sure.js";
import * as drafts from "./survey-drafts.js";
import * as list from "./survey-list.js";
import { keepPictures } from "./survey-pictures.js";
import * as setup from "./survey-setup.js";
import { complain, look, mended, pause, stop, talk } from "./survey-talk.js";
import { newUuid } from "./uuid.js";
import { SAID, dayHere, dayOf } from "./words.js";
import { register } from "./worker.js";

const page = document.getElementById("catat");
const person = Number(page.dataset.person);
const strip = document.getElementById("keadaan");
const form = document.getElementById("mulai");
const ended = document.getElementById("selesai");
const full = document.getElementById("penuh");
const queued = document.getElementById("kiriman");

let line = navigator.onLine ? "trying" : "offline";
let keeps = true; // whether this browser keeps anything
let draft = null; // the interview that goes on
let left = null; // one that was begun before
let busy = false;
const sender = new Sender(tell);

// --- one after the other ------------------------------------------------------------------------------------------

function showSetup() {
  draft = null;
  stop();
  if (ended) ended.hidden = true;
  if (form) form.hidden = false;
  queued.hidden = !keeps;
  showLeft();
}

function talking() {
  form.hidden = true;
  ended.hidden = true;
  queued.hidden = true;
  full.hidden = true;
}

function begin() {
  const { wave, language, place } = setup.chosen();
  if (!place) return setup.missing(SAID.needPlace);
  start({
    uuid: newUuid(), user: person, wave, language, place, ...setup.namesOf(), started_at: new Date().toISOString(), ended_at: null,
    answers: {}, about: {}, at: null, mends: 0,
  });
}

async function start(begun) {
  talking();
  draft = begun;
  await drafts.take(draft);
  talk(draft, { done, declined: discard });
}

function done(answers, about) {
  // an interview that is mended was held when it was held
  Object.assign(draft, { answers, about, ended_at: draft.mends ? draft.ended_at : new Date().toISOString() });
  drafts.keep(draft);
  pause();
  const thanks = setup.templateOf(draft.wave, draft.language)?.dataset.thanks ?? "";
  ended.querySelector("[data-thanks]").textContent = thanks;
  ended.querySelector("[data-thanks-block]").hidden = !thanks;
  ended.querySelector("[data-save-next]").hidden = Boolean(draft.mends);
  ended.querySelector("[data-save]").classList.toggle("btn-primary", Boolean(draft.mends));
  ended.hidden = false;
  ended.querySelector("h2").focus();
}

async function discard() {
  const gone = draft;
  showSetup();
  await drafts.drop(gone);
}

async function leave() {
  if (!(await sure(SAID.sureDiscard, SAID.sureDiscardYes))) return;
  await discard();
}

// --- saving -------------------------------------------------------------------------------------------------------

async function made() {
  const { wave, language, place, started_at, ended_at, about, answers } = draft;
  const before = await queue.get(draft.uuid).catch(() => null);
  // two tabs that went on with the same: neither takes the place of the other
  if (before && before.revision !== draft.mends) Object.assign(draft, { uuid: newUuid(), mends: 0 });
  return {
    uuid: draft.uuid, kind: "answer", user: person, name: page.dataset.name, revision: draft.mends + 1, saved_at: new Date().toISOString(),
    place: draft.placeName, survey: draft.surveyName, photos: [], state: "saved",
    content: { wave, place, sex: about.sex, age_band: about.age_band, language, started_at, ended_at, answers },
  };
}

async function save(andNext) {
  if (busy) return;
  busy = true;
  try {
    const item = await made();
    if (!keeps) return await straight(item, andNext);
    try {
      await queue.save(item, []);
    } catch (error) {
      return fullSays(queue.isFull(error) ? SAID.full : SAID.broken);
    }
    await saved(item, andNext);
    strip.querySelector("[data-line]").textContent = SAID.savedNow;
    sender.now();
    sender.inBackground();
    askToKeep();
  } finally {
    busy = false;
  }
}

async function saved(item, andNext) {
  await drafts.drop(draft);
  full.hidden = true;
  showSetup();
  await sender.changed();
  document.querySelector(`[data-uuid="${item.uuid}"]`)?.classList.add("item-new");
  if (andNext) begin();
  else form.scrollIntoView({ block: "start" });
}

function fullSays(words) {
  full.hidden = false;
  full.querySelector("[data-words]").textContent = words;
  full.scrollIntoView({ block: "center" });
  full.focus({ preventScroll: true });
}

// No room on the device: the same interview goes straight to the office.
async function straight(item, andNext) {
  const { ended: how, answer } = await sendStraight(item, person);
  if (how !== "done") return fullSays([SAID.full, SAID.line[how] ?? SAID.waits[how]].filter(Boolean).join(" "));
  if (!["stored", "known", "conflict"].includes(answer?.state)) return fullSays(answer?.message ?? SAID.waits.trouble);
  await saved(item, andNext);
  strip.querySelector("[data-line]").textContent = answer.state === "conflict" ? SAID.disputed : SAID.sentNow(answer.receipt);
}

full.querySelector("[data-full-send]").addEventListener("click", async () => straight(await made(), false));
full.querySelector("[data-full-export]").addEventListener("click", async () => download(await made(), []));

// --- what was begun, and what waits ---------------------------------------------------------------------------------

async function findLeft() {
  left = form && keeps ? await drafts.leftOver(person).catch(() => null) : null;
  showLeft();
}

function showLeft() {
  const note = document.getElementById("sisa");
  if (!note) return;
  note.hidden = !left;
  if (!left) return;
  note.querySelector("[data-words]").textContent = SAID.say("held", { place: left.placeName, when: list.when(left.started_at) });
  note.querySelector("[data-resume]").hidden = !setup.templateOf(left.wave, left.language);
}

async function resume() {
  const begun = left;
  left = null;
  await start(begun);
  if (begun.ended_at && !begun.mends) done(begun.answers, begun.about);
}

async function throwAway() {
  if (!(await sure(SAID.sureDiscard, SAID.sureDiscardYes))) return;
  await drafts.drop(left);
  await findLeft();
}

const doing = {
  async open(item) {
    const { wave, language, place, started_at, ended_at, answers, sex, age_band } = item.content;
    await start({
      uuid: item.uuid, user: person, wave, language, place, placeName: item.place, surveyName: item.survey, started_at, ended_at, answers,
      about: { consent: ["ya"], place, sex, age_band }, at: null, mends: item.revision,
    });
    if (item.why?.field) complain(item.why.field, item.why.message);
  },
  async again(item) {
    await queue.change(item.uuid, (now) => ({ ...now, state: "saved", why: undefined, revision: now.revision + 1 }));
    await sender.changed();
    await sender.now();
  },
  export: (item) => download(item, []),
  async remove(item) {
    if (item.state !== "sent" || !(await sure(SAID.sureSent))) return;
    await queue.remove(item.uuid);
    await sender.changed();
  },
};

queued.addEventListener("click", async (event) => {
  const name = event.target.closest("[data-do]")?.dataset.do;
  const uuid = event.target.closest("[data-uuid]")?.dataset.uuid;
  const item = name in doing && uuid ? await queue.get(uuid) : null;
  if (item?.user === person) await doing[name](item);
});

// --- where it stands ----------------------------------------------------------------------------------------------

async function tell(state) {
  if (state) line = state;
  if (!keeps) return;
  const { items, waiting, problems } = await list.show(person, line === "sending" ? "busy" : line);
  showStrip(strip, line, { waiting, problems });
  if (!form) return;
  setup.showReach(items);
  const today = items.filter((item) => item.user === person && dayOf(new Date(item.content.ended_at)) === dayHere());
  const unsent = today.filter((item) => item.state !== "sent").length;
  const words = unsent ? SAID.say("todayWaiting", { count: today.length, waiting: unsent }) : SAID.say("today", { count: today.length });
  for (const place of document.querySelectorAll("[data-today]")) place.textContent = words;
}

// The page may come from this device's store: whether its person is still signed in is asked for.
async function who() {
  if (line !== "done" && line !== "others") return;
  const session = await whoIsSignedIn();
  if (session.state !== "in") await tell(session.state);
  else if (session.user !== person) await tell("another");
}

function prepare() {
  strip.querySelector("[data-send]").addEventListener("click", () => sender.now());
  if (!form) return;
  setup.prepare(() => tell(null));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    begin();
  });
  form.querySelector("[data-resume]").addEventListener("click", resume);
  form.querySelector("[data-drop]").addEventListener("click", throwAway);
  document.querySelector("#wawancara [data-stop]").addEventListener("click", leave);
  document.querySelector("#wawancara [data-mended]").addEventListener("click", () => mended(done));
  ended.querySelector("[data-save-next]").addEventListener("click", () => save(true));
  ended.querySelector("[data-save]").addEventListener("click", () => save(false));
  ended.querySelector("[data-look]").addEventListener("click", () => {
    ended.hidden = true;
    look();
  });
}

async function open() {
  prepare();
  try {
    await queue.all();
  } catch (error) {
    keeps = false;
    showStraight(strip, error);
    showSetup();
    document.documentElement.dataset.ready = "1";
    return;
  }
  await drafts.tidy().catch(() => {});
  await findLeft();
  showSetup();
  await tidy().catch(() => {});
  await tell(null).catch(() => {});
  await sayWhetherKept();
  await sender.now();
  await who();
  document.documentElement.dataset.ready = "1";
  await keepPictures().catch(() => {}); // the next time there is a line
  await register(page.dataset.worker, () => !draft).catch(() => {});
}

open();
