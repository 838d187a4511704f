// Keeps the pictures that the surveys of this page show, for when there is no line; the worker hands them out.
import { SHOWN } from "./tag.js";

export async function keepPictures() {
  if (!("caches" in window)) return;
  const templates = [...document.querySelectorAll("template[data-survey]")];
  const pictures = templates.flatMap(({ content }) => [...content.querySelectorAll("img")]);
  const wanted = new Set(pictures.map((picture) => new URL(picture.getAttribute("src"), location.href).href)); // in a template `src` is no address
  const cache = await caches.open(SHOWN);
  for (const request of await cache.keys()) if (!wanted.has(request.url)) await cache.delete(request);
  for (const address of wanted) if (!(await cache.match(address, { ignoreVary: true }))) await cache.add(address);
}
