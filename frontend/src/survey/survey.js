// Answering by a public link: the whole form is here from the beginning, and one request at the end hands it in.
import { Interview } from "./interview.js";
import { forget, kept, keep, keepWaiting, waiting } from "./kept.js";
import { hand } from "./handing.js";
import { splitPlaces } from "./places.js";

const RETRY = 15_000; // milliseconds

const start = document.querySelector("[data-start]");
const consent = document.querySelector("[data-consent]");
const end = document.querySelector("[data-end]");
const form = document.querySelector("#isian").content.querySelector("form");
const { code, uuid, language, young, place, key } = form.dataset;
let again = null;

function begin() {
  const before = kept(code);
  const state = before?.language === language ? before : { uuid, language, started_at: new Date().toISOString() };
  consent.hidden = true;
  document.body.classList.add("survey-answering");
  consent.after(form);
  for (const select of form.querySelectorAll("[data-split]")) splitPlaces(select, state.about?.place);
  const interview = new Interview(
    form,
    {
      changed(answers, at, about) {
        Object.assign(state, { answers, at, about });
        keep(code, state);
      },
      passed: (_at, about) => about.age_band !== young || (finish("young"), forget(code), false),
      done(answers, about) {
        const sheet = { ...state, answers, ...(place ? { place } : {}), ...about, key, ended_at: new Date().toISOString() };
        delete sheet.about;
        delete sheet.at;
        keepWaiting(code, sheet);
        send(sheet, interview);
      },
    },
    { seed: state.uuid, answers: state.answers, about: state.about, at: state.at },
  );
  interview.show(interview.at);
}

function finish(state, sentence) {
  form.hidden = true;
  consent.hidden = true;
  end.hidden = false;
  for (const part of end.querySelectorAll("[data-state]")) part.hidden = part.dataset.state !== state;
  if (sentence) end.querySelector("[data-sentence]").textContent = sentence;
  if (state !== "sending") end.focus();
}

async function send(sheet, interview) {
  clearTimeout(again);
  finish("sending");
  const answer = await hand(form.getAttribute("action"), sheet, start.elements.csrf_token);
  if (answer.receipt) {
    forget(code);
    end.querySelector("[data-receipt]").textContent = answer.receipt;
    finish("sent");
  } else if (answer.problems && interview) {
    const about = ["place", "sex", "age_band"];
    const [{ field, sentence }] = answer.problems;
    forget(code, { waitingOnly: true });
    end.hidden = true;
    form.hidden = false;
    interview.complain(about.includes(field) ? `~${field}` : field, sentence);
  } else if (answer.problems || answer.sentence || answer.refused) {
    forget(code);
    finish("refused", answer.sentence ?? answer.problems?.[0].sentence);
  } else {
    finish("waiting");
    end.querySelector("[data-again]").onclick = () => send(sheet, interview);
    again = setTimeout(() => send(sheet, interview), RETRY);
  }
}

start.addEventListener("submit", (event) => {
  event.preventDefault();
  begin();
});
addEventListener("online", () => {
  if (!end.querySelector("[data-state=waiting]").hidden && !end.hidden) end.querySelector("[data-again]").click();
});
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload(); // the form of somebody who is done must not come back for the next person
});

const left = waiting(code);
if (left) send(left, null);
else if (kept(code)?.language === language) begin();
