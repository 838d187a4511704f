// An interview that was begun outlives page and browser: {uuid, user, wave, language, place, placeName, surveyName,
// started_at, ended_at, answers, about, at, mends (of a record that is opened again)}. Each is held by one tab.
import { hold } from "./hold.js";
import * as queue from "./queue.js";

const PREFIX = "wawancara";
const key = (draft) => `${PREFIX}:${draft.uuid}`;
const held = new Set();
let writing = Promise.resolve();

// One after the other: what was kept last stands.
function after(work) {
  writing = writing.then(work).catch(() => {}); // no room: the page itself still holds it
  return writing;
}

export const keep = (draft) => after(() => queue.putNote(key(draft), structuredClone(draft)));
export const drop = (draft) => after(() => queue.dropNote(key(draft)));

const STAYS = 60 * 24 * 3600 * 1000; // milliseconds: whoever began it has long gone

/** What nobody went on with leaves the phone, with its answers. */
export async function tidy() {
  const oldest = new Date(Date.now() - STAYS).toISOString();
  for (const draft of await queue.notes(PREFIX)) if (draft.started_at < oldest) await drop(draft);
}

// False where another tab has it.
export async function take(draft) {
  if (held.has(draft.uuid)) return true;
  const got = await hold(`gaung-wawancara-${draft.uuid}`);
  if (got) held.add(draft.uuid);
  return got || !navigator.locks;
}

// The one of this person that no other tab has, the newest first; what was saved meanwhile is none any more.
export async function leftOver(person) {
  const drafts = (await queue.notes(PREFIX)).filter((draft) => draft.user === person);
  for (const draft of drafts.sort((a, b) => (a.started_at < b.started_at ? 1 : -1))) {
    const saved = await queue.get(draft.uuid);
    if (saved && saved.revision !== draft.mends) await drop(draft);
    else if (await take(draft)) return draft;
  }
  return null;
}
