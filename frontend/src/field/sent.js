// What went straight to the office from the form has arrived: it is typed, and waits, here no more.
import { dropDraft, heldDraft } from "./draft.js";
import * as queue from "./queue.js";

const { arrived } = document.querySelector("[data-arrived]").dataset;
const draft = heldDraft();
if (draft && arrived === (draft.uuid ?? draft.number)) {
  dropDraft(draft)
    .then(() => queue.remove(arrived))
    .catch(() => {});
}
