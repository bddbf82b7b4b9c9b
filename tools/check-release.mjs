// `npm run release:check [-- --out DIR]`: the package as it would be published. Builds and packs the tree twice, at two
// places, in two time zones, languages and umasks: both packages are the same bytes. Its contents are held to packed.mjs,
// and its parts are listed in a CycloneDX SBOM. With --out the package and the SBOM are kept there.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

import { bundledIn } from "./bundled.mjs";
import { objectionsToPackage } from "./packed.mjs";

const { values } = parseArgs({ options: { out: { type: "string" } } });
const BUILD_MS = 300_000;

const run = (command, args, options) =>
  execFileSync(command, args, { encoding: "utf8", timeout: BUILD_MS, maxBuffer: 64 * 1024 * 1024, ...options });

/** The files that git has or would take, without what is ignored. */
const sources = run("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
  .split("\0")
  .filter(Boolean);

const packedAt = (folder, umask, env) => {
  mkdirSync(folder, { recursive: true });
  for (const file of sources) cpSync(file, path.join(folder, file), { recursive: true, verbatimSymlinks: true });
  try {
    run("cp", ["-al", "node_modules", folder], { stdio: "ignore" });
  } catch {
    // Another disk takes no hard links.
    rmSync(path.join(folder, "node_modules"), { recursive: true, force: true });
    run("cp", ["-a", "node_modules", folder]);
  }
  const before = process.umask(umask);
  try {
    const options = { cwd: folder, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "inherit"] };
    run("npm", ["run", "--silent", "build"], options);
    const [{ filename, files }] = JSON.parse(run("npm", ["pack", "--json", "--ignore-scripts"], options));
    const tarball = path.join(folder, filename);
    return { folder, tarball, files, bytes: readFileSync(tarball) };
  } finally {
    process.umask(before);
  }
};

const digestOf = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** Paths whose bytes or kinds differ in the two builds. */
const differing = (one, other) => {
  const digests = ({ folder, files }) =>
    new Map(files.map(({ path: file, mode }) => [file, `${mode} ${digestOf(readFileSync(path.join(folder, file)))}`]));
  const [here, there] = [digests(one), digests(other)];
  return [...new Set([...here.keys(), ...there.keys()])].filter((file) => here.get(file) !== there.get(file));
};

const shown = (files) =>
  files.length === 0
    ? "in the package alone"
    : `${files.slice(0, 10).join(", ")}${files.length > 10 ? `, ${files.length} in all` : ""}`;

/** Every package that comes with it or is in it, with the digest that the lock has of it: the lock names no registry to ask. */
const sbomOf = ({ folder }) => {
  const args = [
    "--omit",
    "dev",
    "--no-workspaces",
    "--output-reproducible",
    "--output-format",
    "JSON",
    "--output-file",
    "-",
  ];
  const sbom = JSON.parse(
    run("node_modules/.bin/cyclonedx-npm", args, { cwd: folder, stdio: ["ignore", "pipe", "inherit"] }),
  );
  const { packages } = JSON.parse(readFileSync(path.join(folder, "package-lock.json"), "utf8"));
  const wrong = [];
  sbom.components.push(...bundledIn(folder, packages).map((place) => bundledPart(place, packages[place])));
  for (const component of sbom.components) {
    const place = component.properties.find(({ name }) => name === "cdx:npm:package:path").value;
    const [, base64] = /^sha512-(.+)$/.exec(packages[place]?.integrity ?? "") ?? [];
    if (base64 === undefined) wrong.push(`${component.purl}: the lock has no digest of it`);
    else component.hashes = [{ alg: "SHA-512", content: Buffer.from(base64, "base64").toString("hex") }];
  }
  const direct = Object.keys(JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")).dependencies);
  const listed = new Set(sbom.components.map(({ group, name }) => (group === undefined ? name : `${group}/${name}`)));
  wrong.push(...direct.filter((name) => !listed.has(name)).map((name) => `${name}: the SBOM does not list it`));
  return { text: `${JSON.stringify(sbom, undefined, 2)}\n`, components: sbom.components.length, wrong };
};

/** One that is installed by nobody: its files were taken into ours. */
const bundledPart = (place, { version, license }) => {
  const [name, group] = place.slice("node_modules/".length).split("/").reverse();
  const purl = `pkg:npm/${group === undefined ? "" : `${encodeURIComponent(group)}/`}${name}@${version}`;
  return {
    type: "library",
    ...(group === undefined ? {} : { group }),
    name,
    version,
    scope: "required",
    "bom-ref": purl,
    ...(license === undefined ? {} : { licenses: [{ license: { id: license } }] }),
    purl,
    properties: [
      { name: "cdx:npm:package:path", value: place },
      { name: "cdx:npm:package:bundled", value: "true" },
    ],
  };
};

const folder = mkdtempSync(path.join(tmpdir(), "cto-release-"));
try {
  const one = packedAt(path.join(folder, "a", "cto-harness"), 0o022, { TZ: "UTC", LC_ALL: "C" });
  const other = packedAt(path.join(folder, "another-place", "cto-harness"), 0o077, {
    TZ: "Pacific/Kiritimati",
    LC_ALL: "C.UTF-8",
  });
  const isSame = one.bytes.equals(other.bytes);
  const sbom = sbomOf(one);
  const wrong = [
    ...(isSame ? [] : [`two builds differ: ${shown(differing(one, other))}`]),
    ...objectionsToPackage(one.files, one.bytes.length),
    ...sbom.wrong,
  ];
  const unpacked = one.files.reduce((sum, { size }) => sum + size, 0);
  console.log(
    `package   ${path.basename(one.tarball)}: ${one.files.length} files, ${one.bytes.length} bytes packed, ${unpacked} unpacked`,
  );
  console.log(`sha256    ${digestOf(one.bytes)}${isSame ? ", the same of two builds" : ""}`);
  console.log(`SBOM      CycloneDX, ${sbom.components} components`);
  for (const line of wrong) console.log(`WRONG     ${line}`);
  if (wrong.length > 0) process.exitCode = 1;
  else if (values.out !== undefined) {
    mkdirSync(values.out, { recursive: true });
    copyFileSync(one.tarball, path.join(values.out, path.basename(one.tarball)));
    writeFileSync(path.join(values.out, "sbom.cdx.json"), sbom.text);
    writeFileSync(
      path.join(values.out, "SHA256SUMS"),
      `${digestOf(one.bytes)}  ${path.basename(one.tarball)}\n${digestOf(sbom.text)}  sbom.cdx.json\n`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
