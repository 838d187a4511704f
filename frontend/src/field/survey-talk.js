// One interview: consent, sex, age, then a question a screen (frontend/src/survey/interview.js). What was answered is
// kept with every touch, so that it goes on after the browser was closed.
import { Interview } from "../survey/interview.js";
import { keep } from "./survey-drafts.js";
import { placesOf, templateOf } from "./survey-setup.js";
import { SAID } from "./words.js";

const root = document.getElementById("wawancara");
const screens = root?.querySelector("[data-screens]");
let interview = null;

// `done` hears that all is answered, `declined` that the person does not want to.
export function talk(draft, { done, declined }) {
  stop();
  const template = templateOf(draft.wave, draft.language) ?? templateOf(draft.wave, "id");
  screens.replaceChildren(template.content.cloneNode(true));
  if (draft.mends) screens.prepend(placeOf(draft));
  for (const box of screens.querySelectorAll("[data-silent]")) notAloud(box);
  screens.querySelector("[data-declined]").addEventListener("click", declined);
  root.querySelector("[data-where]").textContent = [draft.placeName, draft.surveyName].filter(Boolean).join(" · ");
  root.querySelector("[data-mended]").hidden = !draft.mends;
  root.hidden = false;
  const { uuid: seed, answers, about, at } = draft;
  interview = new Interview(root, { done, changed: (...now) => changed(draft, ...now) }, { seed, answers, about, at: at ?? undefined });
  focus();
}

function changed(draft, answers, at, about) {
  Object.assign(draft, { answers, at, about });
  if (draft.mends) {
    draft.place = about.place ?? draft.place;
    draft.placeName = screens.querySelector('[name="about.place"]')?.selectedOptions[0]?.textContent ?? draft.placeName;
  }
  if (about.consent) keep(draft); // before it there is nothing to lose
}

// Where a record is opened again, its place can be mended too.
function placeOf(draft) {
  const box = document.getElementById("tpl-tempat").content.firstElementChild.cloneNode(true);
  box.querySelector("select").append(new Option(SAID.choosePlace, ""), placesOf(draft.wave));
  return box;
}

function notAloud(box) {
  const note = document.getElementById("tpl-jangan").content.firstElementChild.cloneNode(true);
  note.querySelector("span").textContent = box.dataset.kind === "text" ? SAID.silentText : SAID.silent;
  box.querySelector("legend").after(note);
}

// What the office said about one of the answers.
export function complain(field, sentence) {
  const isAbout = ["place", "sex", "age_band"].includes(field);
  if (isAbout || screens.querySelector(`[data-question="${CSS.escape(field)}"]`)) interview.complain(isAbout ? `~${field}` : field, sentence);
}

// Where only one thing had to be mended, the rest need not be gone through again.
export function mended(done) {
  const wrong = interview.path.find((screen) => screen.problem());
  if (wrong) interview.complain(wrong.id, wrong.problem());
  else done(interview.answers, interview.about);
}

export const look = () => {
  root.hidden = false;
  interview.show(interview.path.find((screen) => !screen.noback)?.id);
};

export function pause() {
  root.hidden = true;
}

export function stop() {
  interview?.stop();
  interview = null;
  if (root) root.hidden = true;
  screens?.replaceChildren();
}

const focus = () => {
  root.scrollIntoView({ block: "start" });
  screens.querySelector("fieldset:not([hidden]) legend")?.focus({ preventScroll: true });
};
