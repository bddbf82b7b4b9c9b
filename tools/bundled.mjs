// What a build takes into its own files: packages that nobody installs with ours, and that are in it all the same.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

// An import of a client is bundled with it; of a program that builds, only the files that it copies come along.
const IMPORTED = /(?:from\s*|import\s*|url\(\s*)["']([^"'./][^"']*)["']/g;
const COPIED = /["']node_modules\/([^"']+)["']/g;
const PLACES = [
  ["src/control-surface/web", IMPORTED],
  ["src/verify-page", IMPORTED],
  ["tools/manual", COPIED],
];

/** Packages of package-lock.json by their place: those that the sources under `folder` name, and what they depend on. */
export const bundledIn = (folder, packages) => {
  const places = new Set();
  const take = (name) => {
    const place = `node_modules/${name}`;
    if (packages[place]?.dev !== true || places.has(place)) return;
    places.add(place);
    Object.keys(packages[place].dependencies ?? {}).forEach(take);
  };
  for (const [place, named] of PLACES)
    for (const file of sourcesOf(path.join(folder, place)))
      for (const [, specifier] of readFileSync(file, "utf8").matchAll(named)) take(nameOf(specifier));
  return [...places].sort((one, other) => (one < other ? -1 : 1));
};

const nameOf = (specifier) => {
  const [first = "", second = ""] = specifier.split("/");
  return first.startsWith("@") ? `${first}/${second}` : first;
};

const sourcesOf = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:tsx?|css|mjs)$/.test(entry.name) && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name));
