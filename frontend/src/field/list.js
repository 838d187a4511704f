// The records of this device, each with where it stands in words and what can be done with it.
import * as queue from "./queue.js";
import { SAID, brief, day, dayHere, headcount } from "./words.js";

const LOOK = { saved: "wait", sent: "ok", problem: "warn" };
const place = document.querySelector("[data-items]");
const template = document.getElementById("tpl-kiriman");

const villageOf = (code) => document.querySelector(`#village_code option[value="${CSS.escape(code ?? "")}"]`)?.textContent ?? "";
const titleOf = (item) => (item.shown ?? item.content).title || SAID.nameless;

export async function show(person, line) {
  const items = (await queue.all()).sort((a, b) => (a.saved_at < b.saved_at ? 1 : -1));
  place.replaceChildren(...items.map((item) => (item.user === person ? own(item, line) : foreign(item))));
  document.querySelector("[data-empty]").hidden = items.length > 0;
  const mine = items.filter((item) => item.user === person);
  return {
    waiting: mine.filter((item) => item.state === "saved").length,
    problems: mine.filter((item) => item.state === "problem").length,
    plans: items.map((item) => item.content.event_id),
  };
}

function blank(item, look, state) {
  const line = template.content.firstElementChild.cloneNode(true);
  line.dataset.uuid = item.uuid;
  const badge = line.querySelector("[data-state]");
  badge.textContent = state;
  badge.classList.add(`state-${look}`);
  return line;
}

function foreign(item) {
  const line = blank(item, "muted", SAID.saved);
  line.querySelector("[data-title]").textContent = SAID.others(item.name ?? "");
  say(line, SAID.othersWhy);
  line.querySelector(".item-buttons").remove();
  return line;
}

function own(item, waits) {
  const line = blank(item, LOOK[item.state], item.state === "sent" ? SAID.sent(item.receipt) : SAID[item.state]);
  const { content } = item;
  line.querySelector("[data-title]").textContent = titleOf(item);
  // `shown`: what is at the office, where that was chosen and not what stands here
  const seen = item.shown ?? { date: content.date, place: content.place || villageOf(content.village_code), people: headcount(content), photos: item.photos.length };
  const facts = [day(seen.date), seen.place, SAID.people(seen.people), seen.photos ? SAID.photos(seen.photos) : ""];
  line.querySelector("[data-when]").textContent = facts.filter(Boolean).join(" · ");
  const button = (name, shown) => {
    line.querySelector(`[data-do="${name}"]`).hidden = !shown;
  };
  if (item.state === "saved") {
    say(line, [content.date > dayHere() && SAID.ahead, item.lost && SAID.noPhotos, SAID.waits[waits]].filter(Boolean).join(" "));
    button("sign-in", waits === "signed_out");
  } else if (item.state === "problem") {
    say(line, item.why?.gone ? SAID.photoGone : (item.why?.message ?? ""));
    for (const choice of ["theirs", "mine", "new"]) button(choice, item.why?.choices?.includes(choice));
    button("without", item.why?.state === "photo");
    if (item.why?.theirs) compare(line, item);
  } else {
    say(line, [...(item.flags ?? []).map((flag) => SAID.flag[flag]), item.twins && SAID.twins].filter(Boolean).join(" "));
    const link = line.querySelector('[data-do="link"]');
    if (item.link) link.href = item.link;
    button("link", item.link);
    for (const other of ["open", "export"]) button(other, !item.shown); // what stands here is not what is at the office
  }
  line.querySelector(".item-buttons > .link-button:not([hidden], .link-danger)")?.classList.replace("link-button", "btn");
  return line;
}

function compare(line, item) {
  const { content } = item;
  const mine = { ...content, place: [content.place, villageOf(content.village_code)].filter(Boolean).join(", ") };
  line.querySelector("[data-two]").hidden = false;
  lines(line.querySelector("[data-theirs]"), brief(item.why.theirs));
  lines(line.querySelector("[data-mine]"), brief({ ...mine, people: headcount(content), photos: item.photos.length, questions: content.questions.length }));
}

function lines(element, texts) {
  element.replaceChildren(...texts.flatMap((text) => [document.createTextNode(text), document.createElement("br")]));
}

function say(line, text) {
  const why = line.querySelector("[data-why]");
  why.textContent = text;
  why.hidden = !text;
}
