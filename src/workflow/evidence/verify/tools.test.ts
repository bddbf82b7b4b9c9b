import { afterAll, expect, test } from "vitest";

import { failures, sampleBundle } from "../../../../test/fixtures/sample-bundle.ts";
import { nodeVerifyTools } from "../../../adapters/archive/verify-tools.ts";
import type { BundleContent, DigestedFile } from "./reading.ts";
import { CannotJudge, type VerifyTools } from "./tools.ts";
import { verifyBundle } from "./verify.ts";

const bundle = sampleBundle();
const trust = { allowedSigners: bundle.world.allowedSigners };
afterAll(() => bundle.world.remove());

const later: VerifyTools = {
  sha256: async (bytes) => nodeVerifyTools.sha256(bytes),
  sha512: async (bytes) => nodeVerifyTools.sha512(bytes),
  sha1: async (bytes) => nodeVerifyTools.sha1(bytes),
  verifyKey: async (...given) => nodeVerifyTools.verifyKey(...given),
  inflate: async (...given) => nodeVerifyTools.inflate(...given),
};

test("tools that answer later give the very same verdict", async () => {
  const broken = bundle.sealed().set("test.log", new Uint8Array([1]));
  for (const files of [bundle.sealed(), broken])
    expect(await verifyBundle(files, [], trust, later)).toEqual(await bundle.verify(files));
});

test("tools without an algorithm leave the checks that need it not proven, and every other check judged", async () => {
  const poor: VerifyTools = {
    ...later,
    verifyKey: async () => {
      throw new CannotJudge("no Ed25519 here");
    },
  };
  const verdict = await verifyBundle(bundle.sealed(), [], trust, poor);
  expect(verdict.verdict).toBe("NOT-PROVEN");
  expect(failures(verdict)).toEqual(
    expect.arrayContaining(["approval : no Ed25519 here", "admission : no Ed25519 here"]),
  );
  expect(verdict.checks.find(({ id }) => id === "events")?.verdict).toBe("PASS");
});

const withDigestOf = async (name: string, change: (file: DigestedFile) => DigestedFile): Promise<BundleContent> => {
  const files = bundle.sealed();
  const bytes = files.get(name) ?? new Uint8Array();
  const file = { size: bytes.length, sha256: await nodeVerifyTools.sha256(bytes) };
  return new Map<string, Uint8Array | DigestedFile>(files).set(name, change(file));
};

test("a log of the backend that is too large to hold is judged by its digest and its size", async () => {
  const log = "backend/stderr.log";
  expect((await bundle.verify(await withDigestOf(log, (file) => file))).verdict).toBe("PASS");
  const other = await withDigestOf(log, ({ size }) => ({ size, sha256: new Uint8Array(32) }));
  expect(failures(await bundle.verify(other)).join("\n")).toContain(`digests ${log}: sealed`);
  const longer = await withDigestOf(log, ({ size, sha256 }) => ({ size: size + 1, sha256 }));
  expect((await bundle.verify(longer)).verdict).toBe("FAIL");
});

test("any other file of which only a digest is known fails by its name: its content counts", async () => {
  for (const name of [...bundle.sealed().keys()].filter((path) => !path.startsWith("backend/"))) {
    const verdict = await bundle.verify(await withDigestOf(name, (file) => file));
    expect(failures(verdict)).toContain(`files ${name}: it is too large to be read, and its content counts`);
  }
});
