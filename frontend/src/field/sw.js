// Keeps the pages and what they are made of, so that they open without a line, and sends in the background where the
// browser can. The server puts `self.GAUNG = {build, kept}` before this script; another build is another worker.
import { CHANNEL, send } from "./send.js";
import { SHOWN, TAG } from "./tag.js";

const { build, kept } = self.GAUNG;
const NAME = `gaung-catat-${build}`;
const PAGES = ["/catat/", "/catat/survei/"]; // whose endpoints are PAGES in app/gatherings/field/routes_app.py
const PICTURES = "/m/"; // what a survey shows: pages put them into the cache, see survey-pictures.js
const PATIENCE = 4000; // a line that is slower than this counts as none

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", (event) => event.data === "take-over" && self.skipWaiting());

async function install() {
  const cache = await caches.open(NAME);
  const pages = await Promise.all(PAGES.map(fetched));
  // signed out meanwhile: the worker before this one stays, with its pages
  if (pages.every((page) => !page)) throw new Error("no page");
  await Promise.all(kept.map((address) => cache.add(address)));
  await Promise.all(PAGES.map((address, at) => pages[at] && cache.put(address, pages[at])));
}

// The page, or null for one that this person's roles do not open.
async function fetched(address) {
  const page = await fetch(address, { cache: "no-store", credentials: "same-origin" });
  if (page.status === 403) return null;
  if (!isPage(page) || !isOwn(page)) throw new Error("no page");
  return page;
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
  if (request.mode === "navigate" && PAGES.includes(pathname)) event.respondWith(page(event, pathname));
  else if (kept.includes(pathname)) event.respondWith(asset(NAME, request));
  else if (pathname.startsWith(PICTURES)) event.respondWith(asset(SHOWN, request));
});

async function page(event, address) {
  const cache = await caches.open(NAME);
  const held = await cache.match(address);
  const asked = fetch(event.request);
  const answered = asked.then((answer) => shown(event, cache, address, held, answer));
  if (!held) return answered;
  return Promise.race([answered.catch(() => held), new Promise((done) => setTimeout(() => done(held), PATIENCE))]);
}

async function shown(event, cache, address, held, answer) {
  if (isPage(answer) && isOwn(answer)) {
    await cache.put(address, answer.clone()).catch(() => {});
    event.waitUntil(others(cache, address, personOf(answer)).catch(() => {}));
    return answer;
  }
  // on the way to sign in: the page opens all the same, and says that one has to sign in to send
  if (!held || !isPage(answer)) return held ?? answer;
  // made of files that are not here and may not arrive: the next worker brings pages and files together
  self.registration.update().catch(() => {});
  return personOf(answer) === personOf(held) ? held : answer;
}

// On a shared phone: the other pages are of whoever was here last.
async function others(cache, address, person) {
  for (const other of PAGES.filter((one) => one !== address)) {
    const held = await cache.match(other);
    if (!held || personOf(held) === person) continue;
    await cache.delete(other);
    const fresh = await fetched(other);
    if (fresh) await cache.put(other, fresh);
  }
}

async function asset(name, request) {
  const cache = await caches.open(name);
  return (await cache.match(request, { ignoreVary: true })) ?? fetch(request);
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
