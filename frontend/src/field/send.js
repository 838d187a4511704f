// Sends what waits: first the records that lack no picture, then the others one by one, each picture in a request of its
// own. A picture that does not get through holds up nothing but its own record. Runs in the page and in the service
// worker. A record that a person must look at is never sent by itself.
import { alone } from "./alone.js";
import * as queue from "./queue.js";
import { whoIsSignedIn } from "./session.js";
import { smaller } from "./shrink.js";

const WAIT = 60_000;
const SLOWEST = 2; // bytes in a millisecond; a line that is slower counts as none
const LONGEST = 900_000;
const LONG = 20_000; // a picture that broke off after this long goes smaller the next time
const AT_ONCE = 20;
const ROUNDS = 60;
const TRIES = 2;
const REFUSED = [409, 413, 422];

export const CHANNEL = "gaung-catat";

// Resolves to done, busy, others, offline, slow, signed_out, forbidden or trouble.
// `begun` hears that the office answers and something is on its way.
export async function send(told = () => {}, begun = () => {}) {
  return alone(async () => {
    const left = new Map(); // records that did not get through this time → why
    let stuck = 0;
    for (let round = 0; round < ROUNDS && stuck < TRIES; round += 1) {
      const waiting = (await queue.all()).filter((item) => item.state === "saved");
      if (!waiting.length) return "done";
      const session = await whoIsSignedIn();
      if (session.state !== "in") return session.state;
      const mine = waiting.filter((item) => item.user === session.user).sort((a, b) => (a.saved_at < b.saved_at ? -1 : 1));
      if (!mine.length) return "others";
      if (!round) await begun();
      const ended = await sendSome(mine, session, left);
      await told();
      if (ended === "again") stuck += 1;
      else if (ended !== "done") return ended;
    }
    return "trouble";
  });
}

async function sendSome(items, session, left) {
  const light = [];
  const heavy = [];
  for (const item of items) {
    if (!(left.get(item.uuid)?.tries >= TRIES)) ((await unsent(item)).length ? heavy : light).push(item);
  }
  if (light.length) return sendRecords(light.slice(0, AT_ONCE), session, left);
  if (!heavy.length) return [...left.values()].pop().why;
  // one record, then a look at the queue again: what was saved meanwhile goes before the next one
  const ended = await sendPhotos(heavy[0], session);
  if (["offline", "slow", "trouble"].includes(ended)) left.set(heavy[0].uuid, { why: ended, tries: TRIES });
  else if (ended !== "problem") return ended;
  return "done";
}

async function post(path, session, body, size, headers = {}) {
  try {
    const answer = await fetch(path, {
      method: "POST",
      body,
      headers: { "X-CSRFToken": session.csrf, ...headers },
      signal: AbortSignal.timeout(Math.min(LONGEST, Math.round(WAIT + size / SLOWEST))),
    });
    const said = await answer.json().catch(() => null);
    if (answer.ok && said && !answer.redirected) return { ended: "done", said };
    if (answer.status === 401 || answer.redirected) return { ended: "signed_out" };
    if (answer.status === 400) return { ended: "again" }; // the session was renewed meanwhile
    return { ended: REFUSED.includes(answer.status) ? "problem" : "trouble", said };
  } catch (error) {
    return { ended: error?.name === "TimeoutError" ? "slow" : "offline" };
  }
}

const unsent = async (item) =>
  (await queue.photosOf(item.uuid)).filter((photo) => !photo.sent && photo.blob && item.photos.includes(photo.uuid));

async function sendPhotos(item, session) {
  for (const photo of await unsent(item)) {
    const form = new FormData();
    form.set("uuid", photo.uuid);
    form.set("record_uuid", item.uuid);
    form.set("consent", "1"); // without it no picture is saved here
    form.set("file", photo.blob, photo.name);
    const began = Date.now();
    const { ended, said } = await post("/catat/foto", session, form, photo.blob.size);
    if (ended === "problem") await ask(item, { state: "photo", photos: [photo.uuid], message: said?.message });
    if (ended === "slow" || (ended === "offline" && Date.now() - began > LONG)) {
      const blob = await smaller(photo.blob);
      await queue.changePhoto(photo.uuid, (now) => now.blob && { ...now, blob });
    }
    if (ended !== "done") return ended;
    await queue.changePhoto(photo.uuid, (now) => ({ ...now, sent: true }));
  }
  return "done";
}

// What leaves the device of a record, by its kind.
export function asSent({ uuid, kind, organisation_id, saved_at, content, photos, replaces }) {
  if (kind === "answer") return { uuid, kind, saved_at, content };
  return { uuid, kind, organisation_id, saved_at, content, photos, ...(replaces ? { replaces } : {}) };
}

const batch = (items) => JSON.stringify({ device_now: new Date().toISOString(), records: items.map(asSent) });

// One record that this device has no room for: {ended, answer?}, where `ended` is as of send().
export async function sendStraight(item, person) {
  const session = await whoIsSignedIn();
  if (session.state !== "in") return { ended: session.state };
  if (session.user !== person) return { ended: "another" };
  const { ended, said } = await post("/catat/kirim", session, batch([item]), 0, { "Content-Type": "application/json" });
  return { ended: ended === "done" ? ended : ended === "problem" || ended === "again" ? "trouble" : ended, answer: said?.records?.[0] };
}

async function sendRecords(items, session, left) {
  const body = batch(items);
  const { ended, said } = await post("/catat/kirim", session, body, body.length, { "Content-Type": "application/json" });
  if (ended !== "done") return ended === "problem" ? "trouble" : ended;
  for (const answer of said.records) {
    const item = items.find((one) => one.uuid === answer.uuid);
    if (!item) continue;
    if (answer.state === "wait") {
      left.set(item.uuid, { why: "trouble", tries: (left.get(item.uuid)?.tries ?? 0) + 1 });
      await missing(item, answer.missing ?? []);
    } else await settle(item, answer);
  }
  return "done";
}

// What the office lacks is sent again, where it still is on this device.
async function missing(item, uuids) {
  const here = (await queue.photosOf(item.uuid)).filter((photo) => photo.blob && uuids.includes(photo.uuid)).map((photo) => photo.uuid);
  for (const uuid of here) await queue.changePhoto(uuid, (now) => ({ ...now, sent: false }));
  const gone = uuids.filter((uuid) => !here.includes(uuid));
  if (gone.length) await ask(item, { state: "photo", photos: gone, gone: true });
}

// A person must look at it.
const ask = (item, why) => queue.change(item.uuid, (now) => now.revision === item.revision && { ...now, state: "problem", why });

// Whether the office has it; other answers under an interview's number are kept there, and settled there.
const hasArrived = (item, { state }) => state === "stored" || state === "known" || (item.kind === "answer" && state === "conflict");

async function settle(item, answer) {
  const taken = hasArrived(item, answer);
  const now = await queue.change(item.uuid, (current) => {
    if (current.revision !== item.revision) {
      // changed here while it was on its way: what arrived is the version before this change
      return taken ? { ...current, replaces: answer.hash, receipt: answer.receipt } : null;
    }
    if (!taken) return { ...current, state: "problem", why: answer };
    const { replaces, why, ...rest } = current;
    return { ...arrived(rest, answer), state: "sent", sent_at: new Date().toISOString() };
  });
  if (now?.state === "sent") await queue.release(item.uuid);
}

// An interview leaves no answers behind on a phone that others look at.
function arrived(item, { state, receipt, hash, link, twins, flags, at }) {
  if (item.kind !== "answer") return { ...item, receipt, hash, link, twins, flags };
  const { answers, ...content } = item.content;
  return { ...item, content, receipt, flags, at, disputed: state === "conflict" };
}
