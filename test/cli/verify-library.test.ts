import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { sampleBundle, utf8 } from "../fixtures/sample-bundle.ts";
import { tarOfFiles } from "../fixtures/tar.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");
const EXAMPLE = "docs/examples/verify.mjs";
const bundle = sampleBundle();
const folder = mkdtempSync(path.join(tmpdir(), "cto-library-"));
const signers = path.join(folder, "allowed_signers");
afterAll(() => {
  bundle.world.remove();
  rmSync(folder, { recursive: true, force: true });
});
beforeAll(() => {
  // A tree that was never built has no package to try.
  if (!existsSync(path.join(ROOT, "dist/verifier/verify.js")))
    execFileSync(process.execPath, ["tools/build.mjs"], { cwd: ROOT });
  writeFileSync(signers, bundle.world.allowedSigners);
});

const verified = (name: string, files: ReadonlyMap<string, Uint8Array>): ReturnType<typeof spawnSync> => {
  const tar = path.join(folder, name);
  writeFileSync(tar, tarOfFiles(files));
  return spawnSync(process.execPath, [EXAMPLE, tar, signers], { cwd: ROOT, encoding: "utf8" });
};

test("a stranger verifies a tar with the built package in ten lines, by WebCrypto (R117)", () => {
  const good = verified("good.tar", bundle.sealed());
  expect([good.stderr, good.status]).toEqual(["", 0]);
  expect(good.stdout).toContain("PASS not claimed: ");
  const bad = verified("bad.tar", bundle.sealed().set("test.log", utf8("x")));
  expect([bad.status, String(bad.stdout).split(" ")[0]]).toEqual([5, "FAIL"]);
  const lines = readFileSync(path.join(ROOT, EXAMPLE), "utf8").split("\n");
  expect(
    lines.filter((line) => line !== "" && !line.startsWith("import ") && !line.startsWith("//")).length,
  ).toBeLessThan(10);
});

test("the library of the package asks the machine for nothing", () => {
  const seen = new Set<string>();
  const walk = (file: string): readonly string[] => {
    if (seen.has(file)) return [];
    seen.add(file);
    const text = readFileSync(file, "utf8");
    return [...text.matchAll(/^(?:import|export)\b[^"'=;]*?(?:from )?["']([^"']+)["'];$/gm)].flatMap(([, from = ""]) =>
      from.startsWith(".") ? walk(path.resolve(path.dirname(file), from)) : [from],
    );
  };
  expect([...new Set(walk(path.join(ROOT, "dist/verifier/verify.js")))]).toEqual(["zod"]);
});
