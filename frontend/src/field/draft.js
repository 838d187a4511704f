// What is being typed in this tab outlives a reload, also the one that a camera causes on a small phone: the text in
// sessionStorage, pictures in IndexedDB. A duplicated tab gets the same text but a draft of its own.
import { hold } from "./hold.js";
import * as queue from "./queue.js";
import { newUuid } from "./uuid.js";

const KEY = "gaung-draf";

export function heldDraft() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}

function write(draft) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(draft));
  } catch {
    // no room: the form itself still holds it
  }
}

export async function openDraft() {
  const found = heldDraft();
  // false: another tab has it, of which this one is a copy
  if (found && (await hold(`gaung-draf-${found.id}`))) return found;
  const draft = { id: newUuid(), item: found?.item ?? null, uuid: found?.uuid ?? null, number: null };
  await hold(`gaung-draf-${draft.id}`);
  write(draft);
  return draft;
}

export const draftKey = (draft) => `draf:${draft.id}`;
export const keepDraft = write;

// The record's number: of the one that is changed, else one of the draft's own. However often and by whichever way the
// same draft leaves this page, the office knows it by this; a duplicated tab has another.
export function numberOf(draft) {
  draft.number ??= newUuid();
  write(draft);
  return draft.uuid ?? draft.number;
}

export async function dropDraft(draft) {
  draft.item = null;
  draft.uuid = null;
  draft.number = null;
  write(draft);
  for (const photo of await queue.photosOf(draftKey(draft))) await queue.removePhoto(photo.uuid);
}
