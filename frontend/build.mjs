// Builds app/base/web/static/build/: scripts, styles, font and one sprite of icons, with hashed names and a manifest.
// Every text file also gets a .br and a .gz, so that the server never compresses them itself.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import esbuild from "esbuild";
import { chosenIcons } from "./icons.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const out = join(root, "app/base/web/static/build");
const fresh = join(here, "node_modules", `.build-${process.pid}`);

rmSync(fresh, { recursive: true, force: true });
mkdirSync(fresh, { recursive: true });

const result = await esbuild.build({
  absWorkingDir: here,
  entryPoints: ["src/main.js", "src/main.css", "src/public.css", "src/sign-in.js", "src/passkeys.js", "src/survey/survey.css", "src/survey/survey.js", "src/assessments/answer.css", "src/assessments/answer.js", "src/results.css", "src/results.js", "src/field/field.js", "src/field/sent.js", "src/field/field.css", "src/field/survey-field.js", "src/field/survey-field.css", "src/field/sw.js"],
  outdir: fresh,
  bundle: true,
  minify: true,
  format: "esm",
  target: ["chrome109", "firefox115", "safari16"],
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".woff2": "file" },
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
});

const manifest = {};
for (const [path, output] of Object.entries(result.metafile.outputs)) {
  if (output.entryPoint) manifest[basename(output.entryPoint)] = basename(path);
  else if (extname(path) === ".woff2") manifest["font.woff2"] = basename(path);
}

function write(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8);
  const built = name.replace(/(\.\w+)$/, `-${hash}$1`);
  writeFileSync(join(fresh, built), content);
  manifest[name] = built;
}

write("icons.svg", sprite(chosenIcons(root)));
for (const name of ["icon-192.png", "icon-512.png", "icon-mask.png"]) write(name, readFileSync(join(here, "src/field", name)));
for (const name of readdirSync(join(here, "src/steps"))) write(`step-${name}`, readFileSync(join(here, "src/steps", name), "utf8"));
write("favicon.svg", readFileSync(join(here, "src/favicon.svg"), "utf8"));

for (const name of readdirSync(fresh)) {
  if (![".js", ".css", ".svg"].includes(extname(name))) continue;
  const bytes = readFileSync(join(fresh, name));
  writeFileSync(join(fresh, `${name}.gz`), gzipSync(bytes, { level: 9 }));
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } };
  writeFileSync(join(fresh, `${name}.br`), brotliCompressSync(bytes, options));
}
writeFileSync(join(fresh, "manifest.json"), JSON.stringify(manifest, null, 1));

// pages that are open keep their old names: files of the build before this one stay for one more build
const before = existsSync(join(out, "manifest.json")) ? JSON.parse(readFileSync(join(out, "manifest.json"), "utf8")) : {};
for (const old of Object.values(before)) {
  for (const name of [old, `${old}.gz`, `${old}.br`]) {
    if (existsSync(join(out, name)) && !existsSync(join(fresh, name))) renameSync(join(out, name), join(fresh, name));
  }
}
mkdirSync(dirname(out), { recursive: true });
rmSync(out, { recursive: true, force: true });
renameSync(fresh, out);

function sprite(names) {
  const symbols = [...names].sort().map((name) => {
    const svg = readFileSync(join(here, "node_modules/@tabler/icons/icons/outline", `${name}.svg`), "utf8");
    const inner = svg
      .slice(svg.indexOf(">") + 1, svg.lastIndexOf("</svg>"))
      .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none" \/>/, "")
      .replace(/\s*\n\s*/g, "");
    return (
      `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" ` +
      `stroke-linecap="round" stroke-linejoin="round">${inner}</symbol>`
    );
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("\n")}</svg>\n`;
}
