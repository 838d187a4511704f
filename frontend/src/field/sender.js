// When to send: on load, when a line comes back, when the page is looked at, after saving, and again and again with
// longer pauses while something waits. In the background where the browser can.
import { CHANNEL, send } from "./send.js";
import { TAG } from "./tag.js";

const FIRST = 15_000;
const SOON = 3000;
const LONGEST = 300_000;

export class Sender {
  constructor(told) {
    this.told = told; // (state) → promise
    this.pause = FIRST;
    this.channel = "BroadcastChannel" in window ? new BroadcastChannel(CHANNEL) : null;
    this.channel?.addEventListener("message", () => this.told(null));
    window.addEventListener("online", () => this.now());
    window.addEventListener("offline", () => this.told("offline"));
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.now());
  }

  now() {
    this.pause = FIRST;
    return this.go();
  }

  async go() {
    clearTimeout(this.timer);
    if (this.going) {
      this.wanted = true; // something was saved while the others were on their way
      return this.going;
    }
    this.going = this.run();
    try {
      return await this.going;
    } finally {
      this.going = null;
      if (this.wanted) {
        this.wanted = false;
        this.go();
      }
    }
  }

  async run() {
    let state = "trouble";
    try {
      state = await send(() => this.changed(), () => this.told("sending"));
    } catch {
      // the storage of this device: the list says so
    }
    await this.told(state);
    if (state === "busy") {
      this.timer = setTimeout(() => this.go(), SOON); // another tab or the service worker is at it
    } else if (state !== "done" && state !== "others") {
      this.timer = setTimeout(() => this.go(), this.pause);
      this.pause = Math.min(this.pause * 2, LONGEST);
    }
    return state;
  }

  changed() {
    this.channel?.postMessage("changed");
    return this.told(null);
  }

  // Lets the browser send also after the page is closed, where it can.
  async inBackground() {
    try {
      const worker = await navigator.serviceWorker?.ready;
      await worker?.sync?.register(TAG);
    } catch {
      // not here: the page sends by itself
    }
  }
}
