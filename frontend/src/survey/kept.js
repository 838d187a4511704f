// What stays on this device, each under the number (UUID) of its answer, so that people who share a phone do not push
// each other out: what is being filled in (a day long), and whole sets of answers that have not got through yet (until
// they have). The tab remembers which one it is filling in. A browser that keeps nothing loses only that.

const STAYS = 24 * 3600_000; // milliseconds that somebody may leave a survey half done
const draftName = (code, uuid) => `isian:${code}:${uuid}`;
const sheetName = (code, uuid) => `survei:${code}:${uuid}`;
const tabName = (code) => `isian:${code}`;
const local = () => localStorage;
const tab = () => sessionStorage;

export const keepWaiting = (code, sheet) => write(local, sheetName(code, sheet.uuid), sheet);
export const sent = (code, uuid) => remove(local, sheetName(code, uuid));

/** All that wait, of whoever used this phone. */
export const waiting = (code) => all(sheetName(code, "")).filter(({ uuid }) => uuid);

export function keep(code, draft) {
  write(local, draftName(code, draft.uuid), { ...draft, kept_at: Date.now() });
  write(tab, tabName(code), draft.uuid);
}

export function forget(code, uuid) {
  remove(local, draftName(code, uuid));
  remove(tab, tabName(code));
}

/**
 * {own, left}: what this tab was filling in, and what a closed one has left behind, each or null; only what no other
 * tab goes on with. What is too old is taken away.
 */
export async function begun(code) {
  const mine = read(tab, tabName(code));
  const drafts = all(draftName(code, "")).sort((a, b) => b.kept_at - a.kept_at);
  const found = { own: null, left: null };
  for (const draft of drafts) {
    if (!(Date.now() - draft.kept_at < STAYS)) remove(local, draftName(code, draft.uuid));
    else if (draft.uuid === mine) found.own = (await hold(draft.uuid)) ? draft : null;
    else if (!found.left && (await isFree(draft.uuid))) found.left = draft;
  }
  if (mine && !found.own) remove(tab, tabName(code)); // a copy of a tab is another person
  return found;
}

const lock = (uuid) => `gaung-isian-${uuid}`;
const SOON = 2000; // milliseconds: a tab that is just being left lets go by then

/** Takes an answer's number for as long as this tab lives; false where another tab has it. */
export function hold(uuid) {
  if (!navigator.locks) return Promise.resolve(true);
  return new Promise((told) => {
    const held = () => {
      told(true);
      return new Promise(() => {});
    };
    navigator.locks.request(lock(uuid), { signal: AbortSignal.timeout(SOON) }, held).catch(() => told(false));
  });
}

async function isFree(uuid) {
  const held = (await navigator.locks?.query())?.held ?? [];
  return !held.some(({ name }) => name === lock(uuid));
}

function all(prefix) {
  try {
    const names = Object.keys(localStorage).filter((name) => name.startsWith(prefix));
    return names.map((name) => read(local, name)).filter((one) => one?.uuid);
  } catch {
    return [];
  }
}

function read(store, name) {
  try {
    return JSON.parse(store().getItem(name));
  } catch {
    return null;
  }
}

function write(store, name, value) {
  try {
    store().setItem(name, JSON.stringify(value));
  } catch {
    // keeps nothing
  }
}

function remove(store, name) {
  try {
    store().removeItem(name);
  } catch {
    // keeps nothing
  }
}
