// Sends what waits: pictures first, each in a request of its own, then the records. Runs in the page and in the service
// worker. A record that a person must look at is never sent by itself.
import { alone } from "./alone.js";
import * as queue from "./queue.js";
import { whoIsSignedIn } from "./session.js";

const WAIT = 60_000;
const AT_ONCE = 20;
const ROUNDS = 30;
const REFUSED = [409, 413, 422];

export const CHANNEL = "gaung-catat";

// Resolves to done, busy, others, offline, signed_out, forbidden or trouble.
export async function send(told = () => {}) {
  return alone(async () => {
    let stuck = 0;
    for (let round = 0; round < ROUNDS && stuck < 2; round += 1) {
      const waiting = (await queue.all()).filter((item) => item.state === "saved");
      if (!waiting.length) return "done";
      const session = await whoIsSignedIn();
      if (session.state !== "in") return session.state;
      const mine = waiting.filter((item) => item.user === session.user).sort((a, b) => (a.saved_at < b.saved_at ? -1 : 1));
      if (!mine.length) return "others";
      const ended = await sendSome(mine.slice(0, AT_ONCE), session);
      await told();
      if (ended === "again") stuck += 1;
      else if (ended !== "done") return ended;
    }
    return "trouble";
  });
}

async function sendSome(items, session) {
  const ready = [];
  for (const item of items) {
    const ended = await sendPhotos(item, session);
    if (ended === "done") ready.push(item);
    else if (ended !== "problem") return ended;
  }
  return ready.length ? sendRecords(ready, session) : "done";
}

async function post(path, session, body, headers = {}) {
  try {
    const answer = await fetch(path, {
      method: "POST",
      body,
      headers: { "X-CSRFToken": session.csrf, ...headers },
      signal: AbortSignal.timeout(WAIT),
    });
    const said = await answer.json().catch(() => null);
    if (answer.ok && said && !answer.redirected) return { ended: "done", said };
    if (answer.status === 401 || answer.redirected) return { ended: "signed_out" };
    if (answer.status === 400) return { ended: "again" }; // the session was renewed meanwhile
    return { ended: REFUSED.includes(answer.status) ? "problem" : "trouble", said };
  } catch {
    return { ended: "offline" };
  }
}

async function sendPhotos(item, session) {
  for (const photo of await queue.photosOf(item.uuid)) {
    if (photo.sent || !item.photos.includes(photo.uuid) || !photo.blob) continue;
    const form = new FormData();
    form.set("uuid", photo.uuid);
    form.set("record_uuid", item.uuid);
    form.set("consent", "1"); // without it no picture is saved here
    form.set("file", photo.blob, photo.name);
    const { ended, said } = await post("/catat/foto", session, form);
    if (ended === "problem") {
      const why = { state: "photo", photo: photo.uuid, message: said?.message };
      await queue.change(item.uuid, (now) => now.revision === item.revision && { ...now, state: "problem", why });
      return "problem";
    }
    if (ended !== "done") return ended;
    await queue.putPhoto({ ...photo, sent: true });
  }
  return "done";
}

function asSent(item) {
  const { uuid, organisation_id, saved_at, content, photos, replaces } = item;
  return { uuid, kind: "activity", organisation_id, saved_at, content, photos, ...(replaces ? { replaces } : {}) };
}

async function sendRecords(items, session) {
  const body = JSON.stringify({ device_now: new Date().toISOString(), records: items.map(asSent) });
  const { ended, said } = await post("/catat/kirim", session, body, { "Content-Type": "application/json" });
  if (ended !== "done") return ended === "problem" ? "trouble" : ended;
  let again = false;
  for (const answer of said.records) {
    const item = items.find((one) => one.uuid === answer.uuid);
    if (!item) continue;
    if (answer.state === "wait") again = true;
    await settle(item, answer);
  }
  return again ? "again" : "done";
}

async function settle(item, answer) {
  if (answer.state === "wait") {
    for (const photo of await queue.photosOf(item.uuid)) {
      if (answer.missing?.includes(photo.uuid)) await queue.putPhoto({ ...photo, sent: false });
    }
    return;
  }
  const taken = answer.state === "stored" || answer.state === "known";
  const now = await queue.change(item.uuid, (current) => {
    if (current.revision !== item.revision) {
      // changed here while it was on its way: what arrived is the version before this change
      return taken ? { ...current, replaces: answer.hash, receipt: answer.receipt } : null;
    }
    if (!taken) return { ...current, state: "problem", why: answer };
    const { replaces, why, ...rest } = current;
    const { receipt, hash, link, twins } = answer;
    return { ...rest, state: "sent", receipt, hash, link, twins, sent_at: new Date().toISOString() };
  });
  if (now?.state === "sent") await queue.release(item.uuid);
}
