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
const next = form.querySelector("[data-next]");
const { code, seed } = form.dataset;
let interview = null;
let again = null;

for (const part of document.querySelectorAll("[data-no-script]")) part.remove();
for (const part of form.querySelectorAll("[data-only-script]")) part.hidden = false;
next.textContent = next.dataset.word;

function begin(draft) {
  const state = draft ?? { uuid: seed, started_at: new Date().toISOString() };
  hold(state.uuid);
  about.hidden = true;
  form.hidden = false;
  document.querySelector(".alert-danger")?.remove();
  document.body.classList.add("survey-answering");
  const kept = draft ? { answers: draft.answers, at: draft.at } : {};
  interview = new Interview(
    form,
    {
      changed(answers, at) {
        Object.assign(state, { answers, at });
        keep(code, state);
        if (interview?.canGoBack && !history.state?.answering) history.pushState({ answering: true }, "");
      },
      done(answers) {
        const sheet = { uuid: state.uuid, started_at: state.started_at, answers };
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
  const { receipt, problems, sentence } = await hand(form.action, sheet, form.elements.csrf_token);
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

async function open() {
  const [left] = waiting(code);
  if (left) return send(left);
  const { own, left: behind } = await begun(code);
  const draft = own ?? behind;
  if (draft) return begin(draft);
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
