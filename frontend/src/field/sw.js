// Keeps the page and what it is made of, so that it opens without a line, and sends in the background where the browser
// can. The server puts `self.GAUNG = {build, kept}` before this script; another build is another worker.
import { CHANNEL, send } from "./send.js";
import { TAG } from "./tag.js";

const { build, kept } = self.GAUNG;
const NAME = `gaung-catat-${build}`;
const PAGE = "/catat/";
const PATIENCE = 4000; // a line that is slower than this counts as none

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", (event) => event.data === "take-over" && self.skipWaiting());

async function install() {
  const cache = await caches.open(NAME);
  const page = await fetch(PAGE, { cache: "no-store", credentials: "same-origin" });
  // signed out meanwhile: the worker before this one stays, with its page
  if (!isPage(page) || !isOwn(page)) throw new Error("no page");
  await Promise.all(kept.map((address) => cache.add(address)));
  await cache.put(PAGE, page);
}

async function activate() {
  const old = (await caches.keys()).filter((name) => name.startsWith("gaung-catat-") && name !== NAME);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

const isPage = (answer) => answer.ok && !answer.redirected && answer.type === "basic";
const isOwn = (answer) => answer.headers.get("X-Gaung-Build") === build;
const personOf = (answer) => answer.headers.get("X-Gaung-Person");

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate" && pathname === PAGE) event.respondWith(page(request));
  else if (kept.includes(pathname)) event.respondWith(asset(request));
});

async function page(request) {
  const cache = await caches.open(NAME);
  const held = await cache.match(PAGE);
  const asked = fetch(request);
  if (!held) return asked;
  const answered = asked.then((answer) => shown(cache, held, answer)).catch(() => held);
  return Promise.race([answered, new Promise((done) => setTimeout(() => done(held), PATIENCE))]);
}

async function shown(cache, held, answer) {
  // on the way to sign in: the page opens all the same, and says that one has to sign in to send
  if (!isPage(answer)) return held;
  if (isOwn(answer)) {
    await cache.put(PAGE, answer.clone()).catch(() => {});
    return answer;
  }
  // made of files that are not here and may not arrive: the next worker brings page and files together
  self.registration.update().catch(() => {});
  return personOf(answer) === personOf(held) ? held : answer;
}

async function asset(request) {
  const cache = await caches.open(NAME);
  return (await cache.match(request)) ?? fetch(request);
}

self.addEventListener("sync", (event) => {
  if (event.tag === TAG) event.waitUntil(inBackground());
});

async function inBackground() {
  const channel = new BroadcastChannel(CHANNEL);
  try {
    const state = await send(() => channel.postMessage("changed"));
    channel.postMessage("changed");
    if (state === "offline" || state === "trouble") throw new Error(state); // the browser tries again later
  } finally {
    channel.close();
  }
}
