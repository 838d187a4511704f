// Which Tabler icons the pages use: those in icons.txt, and every name that is written out in a template or in a Python
// file that speaks of icons. A name that is certainly meant as an icon and does not exist stops the build.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const outline = join(dirname(fileURLToPath(import.meta.url)), "node_modules/@tabler/icons/icons/outline");
const NAME = /["']([a-z][a-z0-9]*(?:-[a-z0-9]+)*)["']/g;
const MEANT = /(?:\bicon\(|\bicon=|\bui\.empty\()\s*["']([^"']+)["']/g;

const exists = (name) => existsSync(join(outline, `${name}.svg`));

function* files(folder, endings) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !["static", "__pycache__"].includes(entry.name)) yield* files(path, endings);
    else if (entry.isFile() && endings.some((ending) => path.endsWith(ending))) yield path;
  }
}

export function chosenIcons(root) {
  const chosen = new Set();
  const unknown = [];
  const listed = readFileSync(join(root, "frontend/icons.txt"), "utf8").split("\n").map((line) => line.trim());
  for (const name of listed.filter((line) => line && !line.startsWith("#"))) {
    if (exists(name)) chosen.add(name);
    else unknown.push(`frontend/icons.txt: ${name}`);
  }
  for (const path of files(join(root, "app"), [".html", ".py"])) {
    const text = readFileSync(path, "utf8");
    const python = path.endsWith(".py");
    if (python && !/icon/i.test(text)) continue;
    if (!python) {
      for (const [, name] of text.matchAll(MEANT)) if (!exists(name)) unknown.push(`${path}: ${name}`);
    }
    const code = python ? text : (text.match(/\{[{%][\s\S]*?[%}]\}/g) ?? []).join("\n");
    for (const [, name] of code.matchAll(NAME)) {
      if (exists(name)) chosen.add(name);
    }
  }
  if (unknown.length) {
    console.error(`There is no Tabler icon with this name:\n  ${unknown.join("\n  ")}`);
    process.exit(1);
  }
  return chosen;
}
