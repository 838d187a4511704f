// Answering by a public link: the whole form is here from the beginning, and one request at the end hands it in.
import { hand } from "./handing.js";
import { Interview } from "./interview.js";
import { begun, forget, hold, keep, keepWaiting, sent, waiting } from "./kept.js";
import { splitPlaces } from "./places.js";

const RETRY = 15_000; // milliseconds
const ABOUT = ["place", "sex", "age_band"];

const start = document.querySelector("[data-start]");
const consent = document.querySelector("[data-consent]");
const end = document.querySelector("[data-end]");
const form = document.querySelector("#isian")?.content.querySelector("form"); // none: closed, and only what waits is sent
const { code } = start.dataset;
let interview = null;
let own = null; // the number of the answer that is being given here
let again = null;

function begin(draft) {
  const { uuid, language, young, place, key } = form.dataset;
  const state = draft ?? { uuid, language, started_at: new Date().toISOString() };
  own = state.uuid;
  hold(own);
  consent.hidden = true;
  document.body.classList.add("survey-answering");
  consent.after(form);
  for (const select of form.querySelectorAll("[data-split]")) splitPlaces(select, state.about?.place);
  interview = new Interview(
    form,
    {
      changed(answers, at, about) {
        Object.assign(state, { answers, at, about });
        keep(code, state);
        if (interview?.canGoBack && !history.state?.survey) history.pushState({ survey: true }, "");
      },
      passed: (_at, about) => about.age_band !== young || (finish("young"), forget(code, state.uuid), false),
      done(answers, about) {
        const sheet = { ...state, answers, ...(place ? { place } : {}), ...about, key, ended_at: new Date().toISOString() };
        delete sheet.about;
        delete sheet.at;
        keepWaiting(code, sheet);
        send([sheet, ...waiting(code).filter(({ uuid }) => uuid !== sheet.uuid)]);
      },
    },
    { seed: state.uuid, answers: state.answers, about: state.about, at: state.at },
  );
  interview.show(interview.at);
}

function finish(state, sentence) {
  if (form) form.hidden = true;
  consent.hidden = true;
  end.hidden = false;
  for (const part of end.querySelectorAll("[data-state]")) part.hidden = part.dataset.state !== state;
  if (sentence) end.querySelector("[data-sentence]").textContent = sentence;
  if (state !== "sending") end.focus();
}

// One after the other; what does not get through waits, and all of it is tried again.
async function send(sheets) {
  clearTimeout(again);
  finish("sending");
  const later = [];
  const refused = [];
  const receipts = [];
  for (const sheet of sheets) {
    const answer = later.length ? {} : await hand(start.dataset.send, sheet, start.elements.csrf_token);
    if (answer.receipt) receipts.push(answer.receipt);
    else if (answer.problems && form && (!own || own === sheet.uuid)) {
      sent(code, sheet.uuid);
      return mend(sheet, answer.problems[0]); // what is left over waits until the next time
    } else if (answer.problems || answer.sentence) refused.push(answer.sentence ?? answer.problems[0].sentence);
    else later.push(sheet);
    if (!later.includes(sheet)) sent(code, sheet.uuid);
    forget(code, sheet.uuid); // it is whole: whoever opens the link next begins anew
  }
  if (later.length) return wait(later);
  end.querySelector("[data-receipt]").textContent = receipts.join(", ");
  finish(receipts.length ? "sent" : "refused", refused[0]);
}

function wait(sheets) {
  finish("waiting");
  end.querySelector("[data-again]").onclick = () => send(sheets);
  again = setTimeout(() => send(sheets), RETRY);
}

// The office found something: back to that question, with everything that was answered.
function mend(sheet, { field, sentence }) {
  const { answers, started_at, language, uuid } = sheet;
  end.hidden = true;
  form.hidden = false;
  if (!interview) begin({ uuid, language, started_at, answers, about: Object.fromEntries(ABOUT.map((name) => [name, sheet[name]])) });
  interview.complain(ABOUT.includes(field) ? `~${field}` : field, sentence);
}

function offer(draft) {
  const note = document.querySelector("[data-left]");
  note.hidden = false;
  note.querySelector("[data-resume]").addEventListener("click", () => begin(draft));
  note.querySelector("[data-drop]").addEventListener("click", () => {
    forget(code, draft.uuid);
    note.hidden = true;
  });
}

async function open() {
  const left = waiting(code);
  if (left.length) return send(left);
  if (!form) return;
  const { own, left: behind } = await begun(code);
  const spoken = (draft) => draft?.language === form.dataset.language;
  if (spoken(own)) begin(own);
  else if (spoken(behind)) offer(behind);
}

start.addEventListener("submit", (event) => {
  event.preventDefault();
  begin(null);
});
end.querySelector("[data-undo]")?.addEventListener("click", () => {
  end.hidden = true;
  form.hidden = false;
  interview.show(interview.at);
});
addEventListener("popstate", () => {
  if (interview && !form.hidden) interview.back();
});
addEventListener("online", () => {
  if (!end.querySelector("[data-state=waiting]").hidden && !end.hidden) end.querySelector("[data-again]").click();
});
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload(); // the form of somebody who is done must not come back for the next person
});

open();
