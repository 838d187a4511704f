// What can be done with a record of the list: by a person, never by itself.
import { download } from "./export.js";
import * as queue from "./queue.js";
import { newUuid } from "./uuid.js";
import { sure } from "./sure.js";
import { SAID } from "./words.js";

const again = (item) => ({ ...item, state: "saved", why: undefined, revision: item.revision + 1 });

// `open` shows a record in the form; `closed` hears of one whose content here is gone.
export function listen(sender, { open, closed }) {
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
      await closed(item.uuid);
      await sender.changed();
    },
    async theirs(item) {
      await settled(item, asTheirs);
      await queue.release(item.uuid);
      await closed(item.uuid);
    },
    mine: (item) => settled(item, (now) => ({ ...again(now), replaces: now.why.hash })),
    async new(item) {
      await asNew(item);
      await sender.changed();
      await sender.now();
    },
    async without(item) {
      const out = item.why.photos ?? [item.why.photo]; // one, in a queue of an older version
      for (const uuid of out) await queue.removePhoto(uuid);
      await settled(item, (now) => ({ ...again(now), photos: now.photos.filter((uuid) => !out.includes(uuid)) }));
    },
  };
  document.querySelector("[data-items]").addEventListener("click", async (event) => {
    const name = event.target.closest("[data-do]")?.dataset.do;
    const uuid = event.target.closest("[data-uuid]")?.dataset.uuid;
    const item = name in doing && uuid ? await queue.get(uuid) : null;
    if (item) await doing[name](item);
  });
}

// What stands at the office takes the place of what stands here; without its content only its words are shown.
const asTheirs = (item) => {
  const { receipt, hash, link, theirs } = item.why;
  const taken = theirs?.content ? { content: theirs.content, photos: theirs.pictures ?? item.photos, shown: undefined } : { shown: theirs };
  return { ...item, ...taken, state: "sent", receipt, hash, link, why: undefined, replaces: undefined, sent_at: new Date().toISOString() };
};

// The same record under a number of its own.
async function asNew(item) {
  const uuid = newUuid();
  const pictures = (await queue.photosOf(item.uuid)).map((photo) => ({ ...photo, uuid: newUuid(), record: uuid, sent: false }));
  await queue.save({ ...again(item), uuid, replaces: undefined, photos: pictures.map((photo) => photo.uuid) }, pictures);
  await queue.remove(item.uuid);
}
