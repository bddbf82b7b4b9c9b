import { chmod, cp, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { verifyFolder } from "../../src/harness/evidence/verify-folder.ts";
import { toAcknowledge } from "../../src/harness/outcome/outcome-ground.ts";
import { digestOf } from "../../src/workflow/digest.ts";
import { accept } from "./support/accept.ts";
import { HONEST, trial, type Field, type Trial } from "./support/field.ts";
import { openFields } from "./support/fields.ts";

const { field, close } = openFields();
afterAll(close);

describe("a test.log of another run", { timeout: 120_000 }, () => {
  let one: Field;
  let red: Trial;
  let green: Trial;
  beforeAll(async () => {
    one = await field();
    red = await trial(one, [{ write: "src/strings.py", content: "def slugify(text):\n    return text\n" }]);
    expect(red.codes).toEqual(["voided", "validation/failed"]);
    green = await trial(one, [HONEST]);
    expect(green.codes).toEqual(["awaiting_outcome"]);
  }, 120_000);
  const verdictOf = async (folder: string): Promise<readonly (readonly [string | undefined, string | undefined])[]> => {
    const verdict = await verifyFolder(
      one.world,
      { folder },
      await one.world.home.read(".sot/authority/allowed_signers"),
    );
    expect(verdict.verdict).toBe("FAIL");
    return verdict.checks.filter((check) => check.verdict === "FAIL").map(({ code, file }) => [code, file] as const);
  };
  const copied = async (): Promise<string> => {
    const folder = path.join(one.ground.root, `copy-${(await readdir(one.ground.root)).length}`);
    await cp(green.result.folder, folder, { recursive: true });
    await open(folder);
    return folder;
  };
  const lay = async (folder: string): Promise<void> => {
    await open(folder);
    await writeFile(path.join(folder, "test.log"), red.files.get("test.log") ?? "");
  };
  const open = async (folder: string): Promise<void> => {
    await chmod(folder, 0o700);
    for (const name of ["test.log", "SHA256SUMS", "bundle.json"]) await chmod(path.join(folder, name), 0o600);
  };

  test("stale-test-log: laid into the bundle, its digest differs", async () => {
    const folder = await copied();
    await lay(folder);
    expect(await verdictOf(folder)).toContainEqual(["evidence/digest-differs", "test.log"]);
  });

  test("stale-test-log: with the sums and the manifest made to agree, the events still tell of another one", async () => {
    const folder = await copied();
    await lay(folder);
    const swap = async (name: string, from: string, to: string): Promise<void> => {
      const text = await readFile(path.join(folder, name), "utf8");
      await writeFile(path.join(folder, name), text.replaceAll(from, to));
    };
    const [old, laid] = [green.files, red.files].map((files) => files.get("test.log") ?? new Uint8Array());
    const manifest = digestOf(green.files.get("bundle.json") ?? "");
    await swap("bundle.json", digestOf(old ?? ""), digestOf(laid ?? ""));
    await swap("bundle.json", `"size":${old?.length}`, `"size":${laid?.length}`);
    await swap("bundle.json", `"size": ${old?.length}`, `"size": ${laid?.length}`);
    await swap("SHA256SUMS", digestOf(old ?? ""), digestOf(laid ?? ""));
    await swap("SHA256SUMS", manifest, digestOf(await readFile(path.join(folder, "bundle.json"))));
    const failed = await verdictOf(folder);
    expect(failed.map(([code]) => code)).not.toContain("evidence/digest-differs");
    expect(failed).toContainEqual(["evidence/report-contradicted", "test.log"]);
  });

  test("stale-test-log: a run whose log was exchanged cannot be accepted, and nothing is recorded", async () => {
    await lay(green.result.folder);
    const refused = await accept(one, green, toAcknowledge(green.report));
    expect(refused).toMatchObject({
      ok: false,
      refusals: [{ code: "outcome/evidence-does-not-verify", facts: { verdict: "FAIL" } }],
    });
    expect(await one.world.store.work(one.ground.work)).toMatchObject({ state: "awaiting_outcome" });
  });
});
