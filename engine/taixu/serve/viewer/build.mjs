// Builds dist/: the page, one script with its chunks, one style sheet, and the licences of what is in them.
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const watch = process.argv.includes("--watch");
// Built beside and put in place as a whole: who serves meanwhile, or builds too, never sees half of it.
const out = watch ? dist : join(here, `.building-${process.pid}`);

const options = {
  absWorkingDir: here,
  entryPoints: { viewer: "src/main.tsx", pictures: "src/pictures/player.ts" },
  outdir: out,
  bundle: true,
  format: "esm",
  splitting: true,
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  minify: !watch,
  sourcemap: watch,
  metafile: true,
  legalComments: "none", // they are in licences.txt, whole
  chunkNames: "part-[hash]",
  loader: { ".svg": "text", ".glsl": "text" },
  logLevel: "warning",
};

/** Names of the packages whose code is in the bundle. */
function packagesIn(metafile) {
  const found = new Set();
  for (const input of Object.keys(metafile.inputs)) {
    const match = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (match) found.add(match[1]);
  }
  return [...found].sort();
}

async function licences(metafile) {
  const parts = ["The viewer contains code of these packages.\n"];
  for (const name of packagesIn(metafile)) {
    const folder = join(here, "node_modules", name);
    const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const file = (await readdir(folder)).find((each) => /^licen[sc]e/i.test(each));
    const text = file ? await readFile(join(folder, file), "utf8") : "";
    parts.push(`\n${"=".repeat(78)}\n${name} ${version} (${license})\n\n${text.trim()}\n`);
  }
  return parts.join("");
}

/** A hash of what the page names, so that an update is never mixed with what a browser kept. */
async function stamped(page) {
  const hash = createHash("sha256");
  for (const name of (await readdir(out)).filter((each) => /\.(js|css)$/.test(each)).sort()) hash.update(await readFile(join(out, name)));
  return page.replaceAll("STAMP", hash.digest("hex").slice(0, 12));
}

async function putInPlace() {
  for (let tries = 0; ; tries++) {
    await rm(dist, { recursive: true, force: true });
    try {
      return await rename(out, dist);
    } catch (error) {
      if (tries === 5) throw error; // somebody else put his there between the two
    }
  }
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await copyFile(join(here, "src/icon.svg"), join(out, "icon.svg"));
if (watch) {
  const context = await esbuild.context(options);
  await writeFile(join(out, "index.html"), await readFile(join(here, "src/index.html"), "utf8"));
  await context.watch();
} else {
  try {
    const { metafile } = await esbuild.build(options);
    await writeFile(join(out, "licences.txt"), await licences(metafile));
    await writeFile(join(out, "index.html"), await stamped(await readFile(join(here, "src/index.html"), "utf8")));
    await putInPlace();
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}
