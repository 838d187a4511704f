// Which planned event a record reports: one of those that came with the page, or that of a record which is changed and
// is offered no more; it then has a line of its own, so that another can be chosen.
import { SAID } from "./words.js";

const block = document.getElementById("rencana");
const kept = () => block.querySelector("[data-kept-plan]");
const chosen = () => block.querySelector('[name="event_id"]:checked');

export const planOf = () => Number(chosen()?.value) || null;
export const wordsOfPlan = () => chosen()?.closest("[data-planned]")?.dataset;

export function choosePlan(content) {
  const wanted = String(content.event_id ?? "");
  forgetPlan();
  const offered = [...block.querySelectorAll('[name="event_id"]')].find((field) => field.value === wanted);
  (offered ?? add(content)).checked = true;
  tidy();
}

function add({ event_id, title, date, start, village_code, place }) {
  const line = document.getElementById("tpl-rencana").content.firstElementChild.cloneNode(true);
  Object.assign(line.dataset, { title, date: date ?? "", start: start ?? "", village: village_code ?? "", place });
  line.querySelector("strong").textContent = title || SAID.nameless;
  line.querySelector("input").value = event_id;
  block.querySelector(".choices").prepend(line);
  return line.querySelector("input");
}

export function forgetPlan() {
  kept()?.remove();
  tidy();
}

// Plans that have not begun by this device's clock are not reported yet; those that wait here are not reported twice.
export function showPlans(written) {
  for (const plan of block.querySelectorAll("[data-starts]")) {
    const field = plan.querySelector("input");
    plan.hidden = !field.checked && (written.includes(Number(field.value)) || new Date(plan.dataset.starts) > new Date());
  }
  tidy();
}

function tidy() {
  block.hidden = [...block.querySelectorAll("[data-planned]")].every((plan) => plan.hidden);
}
