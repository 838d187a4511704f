// What can be done with a record of the list: by a person, never by itself.
import { download } from "./export.js";
import * as queue from "./queue.js";
import { newUuid } from "./uuid.js";
import { SAID } from "./words.js";

const again = (item) => ({ ...item, state: "saved", why: undefined, revision: item.revision + 1 });

// `open` shows a record in the form; `removed` hears of one that was deleted.
export function listen(sender, { open, removed }) {
  const settled = async (item, alter) => {
    await queue.change(item.uuid, alter);
    await sender.changed();
    await sender.now();
  };
  const doing = {
    open,
    export: async (item) => download(item, await queue.photosOf(item.uuid)),
    async remove(item) {
      if (!(await sure(item.state === "sent" ? SAID.sureSent : SAID.sureUnsent))) return;
      await queue.remove(item.uuid);
      await removed(item.uuid);
      await sender.changed();
    },
    theirs: (item) => settled(item, asTheirs),
    mine: (item) => settled(item, (now) => ({ ...again(now), replaces: now.why.hash })),
    async new(item) {
      await asNew(item);
      await sender.changed();
      await sender.now();
    },
    async without(item) {
      await queue.removePhoto(item.why.photo);
      await settled(item, (now) => ({ ...again(now), photos: now.photos.filter((uuid) => uuid !== item.why.photo) }));
    },
  };
  document.querySelector("[data-items]").addEventListener("click", async (event) => {
    const name = event.target.closest("[data-do]")?.dataset.do;
    const uuid = event.target.closest("[data-uuid]")?.dataset.uuid;
    const item = name in doing && uuid ? await queue.get(uuid) : null;
    if (item) await doing[name](item);
  });
}

const asTheirs = (item) => {
  const { receipt, hash, link, theirs } = item.why;
  return { ...item, state: "sent", receipt, hash, link, shown: theirs, why: undefined, sent_at: new Date().toISOString() };
};

// The same record under a number of its own.
async function asNew(item) {
  const uuid = newUuid();
  const pictures = (await queue.photosOf(item.uuid)).map((photo) => ({ ...photo, uuid: newUuid(), record: uuid, sent: false }));
  await queue.save({ ...again(item), uuid, replaces: undefined, photos: pictures.map((photo) => photo.uuid) }, pictures);
  await queue.remove(item.uuid);
}

function sure(question) {
  const dialog = document.getElementById("yakin");
  dialog.querySelector("[data-question]").textContent = question;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((done) => dialog.addEventListener("close", () => done(dialog.returnValue === "yes"), { once: true }));
}
