// The interviews of this device: where, when and how each stands. What was answered is not for bystanders.
import { button, card, counted, foreign, lead, say } from "./cards.js";
import * as queue from "./queue.js";
import { templateOf } from "./survey-setup.js";
import { SAID, day, dayOf } from "./words.js";

const place = document.querySelector("[data-items]");
const time = new Intl.DateTimeFormat("id", { hour: "2-digit", minute: "2-digit" });

export async function show(person, line) {
  const items = (await queue.ofKind("answer")).sort((a, b) => (a.saved_at < b.saved_at ? 1 : -1));
  const shown = items.filter((item) => item.user === person || item.state !== "sent"); // what others have sent waits no more
  place.replaceChildren(...shown.map((item) => (item.user === person ? own(item, line) : foreign(item))));
  document.querySelector("[data-empty]").hidden = shown.length > 0;
  return { items, ...counted(items.filter((item) => item.user === person)) };
}

export const when = (moment) => `${day(dayOf(new Date(moment)))} ${time.format(new Date(moment))}`;

function own(item, waits) {
  const line = card(item);
  line.querySelector("[data-title]").textContent = item.place;
  line.querySelector("[data-when]").textContent = [when(item.content.ended_at), item.survey].join(" · ");
  const { state } = item;
  if (state === "saved") say(line, SAID.waits[waits] ?? "");
  else if (state === "problem") say(line, [item.why?.message, !isOpen(item) && SAID.gone].filter(Boolean).join(" "));
  else say(line, [item.disputed && SAID.disputed, ...(item.flags ?? []).map((flag) => SAID.flag[flag])].filter(Boolean).join(" "));
  button(line, "sign-in", state === "saved" && waits === "signed_out");
  button(line, "open", state === "problem" && isOpen(item));
  button(line, "again", state === "problem");
  button(line, "export", state !== "sent");
  button(line, "remove", state === "sent");
  lead(line);
  return line;
}

const isOpen = (item) => Boolean(templateOf(item.content.wave, item.content.language) ?? templateOf(item.content.wave, "id"));
