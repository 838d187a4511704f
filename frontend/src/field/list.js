// The records of this device, each with where it stands in words and what can be done with it.
import { button, card, counted, foreign, lead, say } from "./cards.js";
import * as queue from "./queue.js";
import { SAID, brief, day, dayHere, headcount } from "./words.js";

const place = document.querySelector("[data-items]");

const villageOf = (code) => document.querySelector(`#village_code option[value="${CSS.escape(code ?? "")}"]`)?.textContent ?? "";
const titleOf = (item) => (item.shown ?? item.content).title || SAID.nameless;

export async function show(person, line) {
  const items = (await queue.ofKind("activity")).sort((a, b) => (a.saved_at < b.saved_at ? 1 : -1));
  const shown = items.filter((item) => item.user === person || item.state !== "sent"); // what others have sent waits no more
  place.replaceChildren(...shown.map((item) => (item.user === person ? own(item, line) : foreign(item))));
  document.querySelector("[data-empty]").hidden = shown.length > 0;
  return { ...counted(items.filter((item) => item.user === person)), plans: items.map((item) => item.content.event_id) };
}

function own(item, waits) {
  const line = card(item);
  const { content } = item;
  line.querySelector("[data-title]").textContent = titleOf(item);
  // `shown`: what is at the office, where that was chosen and not what stands here
  const seen = item.shown ?? { date: content.date, place: content.place || villageOf(content.village_code), people: headcount(content), photos: item.photos.length };
  const facts = [day(seen.date), seen.place, SAID.people(seen.people), seen.photos ? SAID.photos(seen.photos) : ""];
  line.querySelector("[data-when]").textContent = facts.filter(Boolean).join(" · ");
  if (item.state === "saved") {
    say(line, [content.date > dayHere() && SAID.ahead, item.lost && SAID.noPhotos, SAID.waits[waits]].filter(Boolean).join(" "));
    button(line, "sign-in", waits === "signed_out");
  } else if (item.state === "problem") {
    say(line, item.why?.gone ? SAID.photoGone : (item.why?.message ?? ""));
    for (const choice of ["theirs", "mine", "new"]) button(line, choice, item.why?.choices?.includes(choice));
    button(line, "without", item.why?.state === "photo");
    if (item.why?.theirs) compare(line, item);
  } else {
    say(line, [...(item.flags ?? []).map((flag) => SAID.flag[flag]), item.twins && SAID.twins].filter(Boolean).join(" "));
    const link = line.querySelector('[data-do="link"]');
    if (item.link) link.href = item.link;
    button(line, "link", item.link);
    for (const other of ["open", "export"]) button(line, other, !item.shown); // what stands here is not what is at the office
  }
  lead(line);
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
