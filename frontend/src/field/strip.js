// Where the line stands, in the strip above everything else, and how much waits.
import { SAID } from "./words.js";

export function showStrip(strip, line, { waiting, problems }) {
  const shown = { done: "online", others: "online", busy: "sending" }[line] ?? line;
  strip.hidden = false;
  strip.dataset.state = shown === "sending" && !waiting ? "online" : shown;
  strip.querySelector("[data-line]").textContent = SAID.line[strip.dataset.state];
  const link = strip.querySelector("[data-count]");
  link.textContent = SAID.count(waiting, problems);
  link.hidden = !link.textContent;
  strip.querySelector("[data-send]").hidden = !waiting || ["sending", "signed_out"].includes(line) || !navigator.onLine;
  strip.querySelector("[data-sign-in]").hidden = line !== "signed_out";
}

// A browser that keeps nothing here, or whose store is newer than this page.
export function showStraight(strip, error) {
  strip.hidden = false;
  strip.dataset.state = "trouble";
  strip.querySelector("[data-line]").textContent = error?.name === "VersionError" ? SAID.line.old : SAID.line.straight;
}
