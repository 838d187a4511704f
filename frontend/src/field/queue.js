// The queue of this device: IndexedDB, so that it outlives the page, the browser and a new version of the application.
//
// records: {uuid, kind, user, name, revision, saved_at, content, photos: [uuid], state, why?, receipt?, flags?, sent_at?}
//   kind: activity (organisation_id, replaces?, hash?, link?, twins?), answer (at?: when the office received it)
//   state: saved (waits for a line), sent, problem (a person must look at it).
// photos: {uuid, record, blob (null once sent), name, thumb, sent}; record is "draf:…" while the form is open.
// meta: "sending", and "wawancara:…": interviews that were begun (survey-drafts.js).
import { openDB } from "idb";

export const NAME = "gaung-catat";
export const VERSION = 3;
const LEASE = 90_000;

async function upgrade(db, before, _after, transaction) {
  if (before < 1) db.createObjectStore("records", { keyPath: "uuid" });
  if (before < 2) {
    const photos = db.createObjectStore("photos", { keyPath: "uuid" });
    photos.createIndex("record", "record");
    db.createObjectStore("meta");
    // the first version kept the pictures inside their record
    for (let at = await transaction.objectStore("records").openCursor(); at; at = await at.continue()) {
      const record = at.value;
      const held = (record.photos ?? []).filter((photo) => typeof photo === "object");
      for (const photo of held) await photos.put({ thumb: null, sent: false, name: "foto.jpg", ...photo, record: record.uuid });
      record.photos = (record.photos ?? []).map((photo) => photo.uuid ?? photo);
      await at.update({ revision: 1, state: "saved", ...record });
    }
  }
  if (before < 3) {
    // the second version knew activities only
    for (let at = await transaction.objectStore("records").openCursor(); at; at = await at.continue()) {
      await at.update({ kind: "activity", ...at.value });
    }
  }
}

async function within(work) {
  const db = await openDB(NAME, VERSION, { upgrade, blocking: (_now, _wanted, event) => event.target.close() });
  try {
    return await work(db);
  } finally {
    db.close();
  }
}

export const isFull = (error) => error?.name === "QuotaExceededError" || error?.inner?.name === "QuotaExceededError";

// Resolves to true, or to false where there was room for the text but not for the pictures.
export async function save(item, photos) {
  try {
    await within((db) => write(db, item, photos));
    return true;
  } catch (error) {
    if (!isFull(error) || !photos.length) throw error;
    await within((db) => write(db, { ...item, photos: [] }, []));
    return false;
  }
}

async function write(db, item, photos) {
  const transaction = db.transaction(["records", "photos"], "readwrite");
  const store = transaction.objectStore("photos");
  const done = transaction.done.catch((error) => {
    throw error;
  });
  try {
    await transaction.objectStore("records").put(item);
    for (const photo of photos) await store.put(photo);
    const held = await store.index("record").getAll(item.uuid);
    for (const photo of held) if (!item.photos.includes(photo.uuid)) await store.delete(photo.uuid);
  } catch (error) {
    done.catch(() => {});
    try {
      transaction.abort();
    } catch {
      // it has ended by itself
    }
    throw error;
  }
  await done;
}

export const all = () => within((db) => db.getAll("records"));
export const ofKind = async (kind) => (await all()).filter((item) => item.kind === kind);
export const get = (uuid) => within((db) => db.get("records", uuid));
export const photosOf = (record) => within((db) => db.getAllFromIndex("photos", "record", record));
export const putPhoto = (photo) => within((db) => db.put("photos", photo));
export const removePhoto = (uuid) => within((db) => db.delete("photos", uuid));

// Changes what stands now; `alter` gives the new one, or null to leave it. Nothing else comes in between.
const altering = (store) => (uuid, alter) =>
  within(async (db) => {
    const transaction = db.transaction(store, "readwrite");
    const item = await transaction.store.get(uuid);
    const altered = item && alter(item);
    if (altered) await transaction.store.put(altered);
    await transaction.done;
    return altered || item;
  });
export const change = altering("records");
export const changePhoto = altering("photos");

// What is begun and not saved yet, by a key of the form "prefix:…".
const begunWith = (prefix) => IDBKeyRange.bound(`${prefix}:`, `${prefix}:\uffff`);
export const notes = (prefix) => within((db) => db.getAll("meta", begunWith(prefix)));
export const putNote = (key, note) => within((db) => db.put("meta", note, key));
export const dropNote = (key) => within((db) => db.delete("meta", key));

export const remove = (uuid) =>
  within(async (db) => {
    const transaction = db.transaction(["records", "photos"], "readwrite");
    await transaction.objectStore("records").delete(uuid);
    const photos = transaction.objectStore("photos");
    for (const key of await photos.index("record").getAllKeys(uuid)) await photos.delete(key);
    await transaction.done;
  });

// What has arrived needs no pictures here any more; only the small ones of those that it has stay, for the form.
export const release = (uuid) =>
  within(async (db) => {
    const transaction = db.transaction(["records", "photos"], "readwrite");
    const item = await transaction.objectStore("records").get(uuid);
    const photos = transaction.objectStore("photos");
    for (const photo of await photos.index("record").getAll(uuid)) {
      if (item?.photos.includes(photo.uuid)) await photos.put({ ...photo, blob: null, sent: true });
      else await photos.delete(photo.uuid);
    }
    await transaction.done;
  });

// For browsers without navigator.locks: one sender at a time, until its time is over.
export const lease = () =>
  within(async (db) => {
    const transaction = db.transaction("meta", "readwrite");
    const until = (await transaction.store.get("sending")) ?? 0;
    const free = until < Date.now();
    if (free) await transaction.store.put(Date.now() + LEASE, "sending");
    await transaction.done;
    return free;
  });
export const endLease = () => within((db) => db.put("meta", 0, "sending"));
