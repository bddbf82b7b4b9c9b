import { readFileSync } from "node:fs";
import path from "node:path";

import { expect, test } from "vitest";

import { bundledIn } from "../../tools/bundled.mjs";
import { ROOT } from "../architecture/source.ts";

const { packages } = JSON.parse(readFileSync(path.join(ROOT, "package-lock.json"), "utf8")) as {
  readonly packages: Parameters<typeof bundledIn>[1];
};

test("what the build takes into its pages is told: the client's libraries and what they rest on, and the fonts", () => {
  expect(bundledIn(ROOT, packages)).toEqual([
    "node_modules/@fontsource-variable/ibm-plex-sans",
    "node_modules/@fontsource/ibm-plex-mono",
    "node_modules/@preact/signals",
    "node_modules/@preact/signals-core",
    "node_modules/preact",
  ]);
});

test("what is installed with the package is told elsewhere, and what is in no lock is nothing", () => {
  expect(bundledIn(ROOT, { "node_modules/preact": {}, "node_modules/vite": { dev: true } })).toEqual([]);
});
