// One record of this device as a card of the list.
import { SAID } from "./words.js";

const LOOK = { saved: "wait", sent: "ok", problem: "warn" };
const template = document.getElementById("tpl-kiriman");

function blank(item, look, state) {
  const line = template.content.firstElementChild.cloneNode(true);
  line.dataset.uuid = item.uuid;
  const badge = line.querySelector("[data-state]");
  badge.textContent = state;
  badge.classList.add(`state-${look}`);
  return line;
}

export const card = (item) => blank(item, LOOK[item.state], item.state === "sent" ? SAID.sent(item.receipt) : SAID[item.state]);

export function foreign(item) {
  const line = blank(item, "muted", SAID.saved);
  line.querySelector("[data-title]").textContent = SAID.others(item.name ?? "");
  say(line, SAID.othersWhy);
  line.querySelector(".item-buttons").remove();
  return line;
}

export function say(line, text) {
  const why = line.querySelector("[data-why]");
  why.textContent = text;
  why.hidden = !text;
}

export const button = (line, name, shown) => {
  line.querySelector(`[data-do="${name}"]`).hidden = !shown;
};

// The first thing that can be done looks like a button.
export function lead(line) {
  line.querySelector(".item-buttons > .link-button:not([hidden], .link-danger)")?.classList.replace("link-button", "btn");
}

export const counted = (items) => ({
  waiting: items.filter((item) => item.state === "saved").length,
  problems: items.filter((item) => item.state === "problem").length,
});
