import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, expect, test } from "vitest";

import { sampleBundle } from "../fixtures/sample-bundle.ts";
import { tarOf, tarOfFiles } from "../fixtures/tar.ts";
import { jsonOf, runCto } from "./cli.ts";

const bundle = sampleBundle();
const typed = sampleBundle({
  isTyped: true,
  minimum: "A0",
  policy: (text) => text.replace("minimumAssurance: A2", "minimumAssurance: A0"),
});
const cwd = mkdtempSync(path.join(tmpdir(), "cto-verify-"));
afterAll(() => {
  bundle.world.remove();
  typed.world.remove();
  rmSync(cwd, { recursive: true, force: true });
});

const write = (name: string, bytes: Uint8Array): void => {
  mkdirSync(path.dirname(path.join(cwd, name)), { recursive: true });
  writeFileSync(path.join(cwd, name), bytes);
};
for (const [name, bytes] of bundle.sealed()) write(`moved/${name}`, bytes);
write("moved.tar", tarOfFiles(bundle.sealed()));
write("linked.tar", tarOf([{ name: "report.json", type: "2", link: "/etc/passwd" }]));
write("signers", bundle.world.allowedSigners);
write("typed.tar", tarOfFiles(typed.sealed()));
write("typed-signers", typed.world.allowedSigners);

test.each(["moved", "moved.tar"])(
  "%s, moved to a machine without a home, passes with trust from outside",
  async (place) => {
    const said = await runCto(["verify", place, "--trust", "signers"], { cwd });
    expect(said).toMatchObject({ exit: 0, stderr: "" });
    expect(said.stdout).toMatch(/^PASS .*trust allowed_signers sha256 [0-9a-f]{8}… from --trust/);
  },
);

test.each(["moved", "moved.tar"])("%s without trust is at best not proven, and exits 5", async (place) => {
  const said = await runCto(["verify", place], { cwd });
  expect(said.exit).toBe(5);
  expect(said.stdout).toMatch(/^NOT-PROVEN .*no trust given\nnot-proven +trust /);
});

test("R047 a run that nobody signed for says why it is not proven, and passes for whoever asks for no more", async () => {
  const said = await runCto(["verify", "typed.tar", "--trust", "typed-signers"], { cwd });
  expect(said.exit).toBe(5);
  expect(said.stdout).toMatch(
    /^NOT-PROVEN .*\nnot-proven +approval .*A0: consent is host-attested only, no human signed it/,
  );
  const less = await runCto(["verify", "typed.tar", "--trust", "typed-signers", "--minimum", "A0"], { cwd });
  expect(less.exit).toBe(0);
  expect(less.stdout).toMatch(/^PASS .*\n[^]*not claimed +a human's approval: consent is host-attested only$/m);
});

test("a folder that is no bundle is told so in one row, with every check for whoever asks for them", async () => {
  write("plain/notes.txt", new TextEncoder().encode("hello"));
  const said = await runCto(["verify", "plain"], { cwd });
  expect(said.exit).toBe(5);
  expect(said.stdout.split("\n").filter((line) => line !== "")).toEqual([
    "FAIL        plain is no bundle of a run: it has no bundle.json",
    expect.stringMatching(/^next {8}name a run/),
  ]);
  expect((await runCto(["verify", "plain", "-v"], { cwd })).stdout.split("\n").length).toBeGreaterThan(20);
  expect(jsonOf(await runCto(["verify", "plain", "--json"], { cwd }))).toMatchObject({ verdict: "FAIL" });
});

test("an entry that no bundle may have is named, and exits 5", async () => {
  const said = await runCto(["verify", "linked.tar", "--trust", "signers", "--json"], { cwd });
  expect(said.exit).toBe(5);
  expect(jsonOf(said)).toMatchObject({
    verdict: "FAIL",
    checks: expect.arrayContaining([
      expect.objectContaining({ id: "files", file: "report.json", says: "it is a symbolic link" }),
    ]),
  });
});

test("what is neither run nor folder nor file is a usage error", async () => {
  expect((await runCto(["verify", "nothing-here"], { cwd })).exit).toBe(2);
});
