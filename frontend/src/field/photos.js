// The pictures of the form: shrunk as they are chosen, kept with the draft, shown small.
import * as queue from "./queue.js";
import { LARGEST, shrink } from "./shrink.js";
import { SAID } from "./words.js";
import { newUuid } from "./uuid.js";

export const MOST = 5;

export class Photos {
  constructor(form, changed) {
    this.list = [];
    this.key = "";
    this.place = form.querySelector("[data-thumbs]");
    this.changed = changed;
    this.note = document.getElementById("photos-salah");
    const field = form.elements.photos;
    field.addEventListener("change", () => {
      if (form.dataset.direct) return; // the browser sends the files itself
      const files = [...field.files];
      this.reading = this.add(files).finally(() => {
        field.value = "";
      });
    });
    this.reading = Promise.resolve();
  }

  async add(files) {
    const room = MOST - this.list.length;
    this.say(files.length > room ? SAID.tooMany(MOST) : "");
    for (const file of files.slice(0, Math.max(0, room))) {
      const small = await shrink(file);
      if (!small) {
        this.say(SAID.noPicture);
        continue;
      }
      if (small.blob.size > LARGEST) {
        this.say(SAID.tooLarge);
        continue;
      }
      const photo = { uuid: newUuid(), record: this.key, sent: false, ...small };
      this.list.push(photo);
      await queue.putPhoto(photo).catch(() => {}); // a full phone: it is still here until the page is left
      this.show();
    }
    this.changed();
  }

  set(photos, key) {
    this.list = photos;
    this.key = key;
    this.say("");
    this.show();
  }

  show() {
    const template = document.getElementById("tpl-foto");
    this.place.replaceChildren(
      ...this.list.map((photo) => {
        const line = template.content.firstElementChild.cloneNode(true);
        if (photo.thumb) line.querySelector("img").src = photo.thumb;
        line.querySelector("button").addEventListener("click", () => this.drop(photo));
        return line;
      }),
    );
  }

  async drop(photo) {
    this.list = this.list.filter((one) => one !== photo);
    this.show();
    if (photo.record.startsWith("draf:")) await queue.removePhoto(photo.uuid);
    this.changed();
  }

  say(text) {
    this.note.textContent = text;
    this.note.hidden = !text;
  }
}
