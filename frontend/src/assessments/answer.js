// A paper that a participant fills in with the own link. The questions stand on the page, so that it works without a
// script; with one they come one at a time, what was answered stays on this device, and one request hands all of it in.
import { hand } from "../survey/handing.js";
import { Interview } from "../survey/interview.js";
import { begun, forget, hold, keep, keepWaiting, sent, waiting } from "../survey/kept.js";

const RETRY = 15_000; // milliseconds

const form = document.querySelector("[data-start]");
const about = document.querySelector("[data-consent]");
const start = document.querySelector("[data-begin]");
const end = document.querySelector("[data-end]");
const changed = document.querySelector("[data-changed]");
const next = form.querySelector("[data-next]");
const { code, seed } = form.dataset;
const version = Number(form.elements.versi.value); // of the questions on this page
let interview = null;
let again = null;

for (const part of document.querySelectorAll("[data-no-script]")) part.remove();
for (const part of form.querySelectorAll("[data-only-script]")) part.hidden = false;
next.textContent = next.dataset.word;

function begin(draft) {
  const state = { uuid: seed, started_at: new Date().toISOString(), ...draft, version };
  hold(state.uuid);
  about.hidden = true;
  form.hidden = false;
  document.querySelector(".alert-danger")?.remove();
  document.body.classList.add("survey-answering");
  // other questions since: what still fits stands there, and every question is shown once more
  const kept = draft ? { answers: draft.answers, at: draft.version === version ? draft.at : null } : {};
  interview = new Interview(
    form,
    {
      changed(answers, at) {
        Object.assign(state, { answers, at });
        keep(code, state);
        if (interview?.canGoBack && !history.state?.answering) history.pushState({ answering: true }, "");
      },
      done(answers) {
        const sheet = { uuid: state.uuid, started_at: state.started_at, version, answers };
        keepWaiting(code, sheet);
        send(sheet);
      },
    },
    { seed, ...kept },
  );
  interview.show(interview.at);
}

function finish(state, sentence) {
  about.hidden = form.hidden = true;
  end.hidden = false;
  for (const part of end.querySelectorAll("[data-state]")) part.hidden = part.dataset.state !== state;
  if (sentence) end.querySelector("[data-sentence]").textContent = sentence;
  if (state !== "sending") end.focus();
}

async function send(sheet) {
  clearTimeout(again);
  finish("sending");
  const { receipt, problems, sentence, kept } = await hand(form.action, sheet, form.elements.csrf_token);
  if (kept) return askAgain(sheet, kept);
  if (problems) return mend(sheet, problems[0]);
  if (!receipt && !sentence) return wait(sheet);
  if (receipt) {
    sent(code, sheet.uuid);
    forget(code, sheet.uuid);
  }
  finish(receipt ? "sent" : "refused", sentence); // what is refused stays: it may be opened again
}

function wait(sheet) {
  finish("waiting");
  end.querySelector("[data-again]").onclick = () => send(sheet);
  again = setTimeout(() => send(sheet), RETRY);
}

// Something does not fit: back to that question, with everything that was answered.
function mend(sheet, { field, sentence }) {
  sent(code, sheet.uuid);
  end.hidden = true;
  form.hidden = false;
  if (!interview) begin(sheet);
  interview.complain(field, sentence);
}

// The office changed the questions meanwhile: the page with those of now, and what was answered to the same ones.
function askAgain(sheet, answers) {
  sent(code, sheet.uuid);
  keep(code, { uuid: sheet.uuid, started_at: sheet.started_at, version: 0, answers });
  location.reload();
}

async function open() {
  const [left] = waiting(code);
  if (left) return send(left);
  const { own, left: behind } = await begun(code);
  const draft = own ?? behind;
  if (draft) {
    changed.hidden = draft.version === version;
    return begin(draft);
  }
  if (document.querySelector(".question-wrong")) return; // sent without a script: everything stays in view
  form.hidden = true;
  start.hidden = false;
  start.querySelector("button").addEventListener("click", () => begin(null));
}

addEventListener("popstate", () => {
  if (interview && !form.hidden) interview.back();
});
addEventListener("online", () => {
  if (!end.querySelector("[data-state=waiting]").hidden && !end.hidden) end.querySelector("[data-again]").click();
});
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

open();
