// How long records stay on this device: as long as the browser promises, and 60 days once they were sent.
import * as queue from "./queue.js";
import { SAID } from "./words.js";

const SENT_STAYS = 60 * 24 * 3600 * 1000;

export async function askToKeep() {
  await navigator.storage?.persist?.().catch(() => false);
  await sayWhetherKept();
}

export async function sayWhetherKept() {
  const kept = await navigator.storage?.persisted?.().catch(() => false);
  document.querySelector("[data-kept]").textContent = kept ? SAID.kept : SAID.notKept;
}

export async function tidy() {
  const oldest = new Date(Date.now() - SENT_STAYS).toISOString();
  for (const item of await queue.all()) if (item.state === "sent" && item.sent_at < oldest) await queue.remove(item.uuid);
}
