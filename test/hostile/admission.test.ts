import { cp, mkdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { makeKey } from "../../src/adapters/keys/make-key.ts";
import { makeSample } from "../../src/adapters/target/make-sample.ts";
import { admitTarget, removeAdmission } from "../../src/harness/admission/admit-target.ts";
import { present } from "../../src/harness/approval/present.ts";
import { ADMISSION_NAMESPACE } from "../../src/workflow/admission/admission-record.ts";
import { ADMISSION, admit } from "../journeys/ground.ts";
import { holdsAfterwards } from "./support/after-every-case.ts";
import { gateCodes, isBlocked } from "./support/blocked.ts";
import { approve, type Field } from "./support/field.ts";
import { openFields } from "./support/fields.ts";
import { elsewhere, meanwhile, WORKING } from "./support/meanwhile.ts";

const SIGNATURE = `${ADMISSION}.sig`;
const { field, close } = openFields();
afterAll(close);

const placeOf = ({ ground }: Field, name: string): string => path.join(ground.home, name);

describe("a record that is not the owner's standing word", { timeout: 120_000 }, () => {
  let one: Field;
  beforeAll(async () => {
    one = await field();
    await approve(one, []);
  });

  const edited = async (from: string, to: string): Promise<void> => one.ground.edit(ADMISSION, from, to);
  const signedAgain = async (key: string): Promise<void> => {
    const signed = await one.world.keys.askHumanToSign(
      await readFile(placeOf(one, ADMISSION)),
      ADMISSION_NAMESPACE,
      key,
    );
    if (!signed.ok) throw new Error("not signed");
    await writeFile(placeOf(one, SIGNATURE), signed.value);
  };

  test.each<[string, string, () => Promise<unknown>]>([
    ["suspended by an editor", "admission/suspended", () => edited('"status": "admitted"', '"status": "suspended"')],
    ["revoked by an editor", "admission/revoked", () => edited('"status": "admitted"', '"status": "revoked"')],
    [
      "only proposed, though signed",
      "admission/proposed",
      async () => {
        await edited('"status": "admitted"', '"status": "proposed"');
        await signedAgain(one.ground.key);
      },
    ],
    [
      "expired, though signed",
      "admission/expired",
      async () => {
        const text = (await readFile(placeOf(one, ADMISSION), "utf8")).replace(
          /"admittedAt": "[^"]*"/,
          '"admittedAt": "2026-01-01T00:00:00.000Z"',
        );
        await writeFile(
          placeOf(one, ADMISSION),
          text.replace(/"expiresAt": "[^"]*"/, '"expiresAt": "2026-01-02T00:00:00.000Z"'),
        );
        await signedAgain(one.ground.key);
      },
    ],
    ["unsigned", "admission/not-signed", () => rm(placeOf(one, SIGNATURE))],
    [
      "signed by somebody else",
      "admission/not-the-owner",
      async () => {
        const key = path.join(one.ground.root, "stranger");
        await makeKey(key, "jp");
        await signedAgain(key);
      },
    ],
    [
      "wider by one stage than what was signed",
      "admission/signature-invalid",
      () => edited('"stages": [\n    5\n  ]', '"stages": [\n    4,\n    5\n  ]'),
    ],
    ["of another owner", "admission/not-the-owner", () => edited('"owner": "jp"', '"owner": "mallory"')],
    ["of another path", "admission/not-the-repository", () => layOther("other")],
    [
      "of a member twice",
      "admission/record-unreadable",
      () => edited('"status": "admitted"', '"status": "revoked",\n  "status": "admitted"'),
    ],
    ["of a member more", "admission/record-unreadable", () => edited('"reason"', '"trust": "me",\n  "reason"')],
    ["no JSON", "admission/record-unreadable", () => writeFile(placeOf(one, ADMISSION), "admitted\n")],
    ["gone", "admission/absent", () => rm(placeOf(one, ADMISSION))],
  ])("admission-suspended: a record that is %s is refused as %s (R037)", async (_, code, change) => {
    const [record, signature] = [await readFile(placeOf(one, ADMISSION)), await readFile(placeOf(one, SIGNATURE))];
    try {
      await change();
      expect(await gateCodes(one.world, one.ground.work)).toContain(code);
    } finally {
      await writeFile(placeOf(one, ADMISSION), record);
      await writeFile(placeOf(one, SIGNATURE), signature);
    }
    expect(await gateCodes(one.world, one.ground.work)).toEqual([]);
  });

  /** A real admission by the same owner, of another repository, in the place of this one's. */
  const layOther = async (name: string): Promise<void> => {
    const target = path.join(one.ground.root, name);
    await makeSample(target, { "a.txt": "a\n" });
    const order = { id: undefined, owner: "jp", risk: undefined, stages: [5], backends: ["scripted"] as const };
    const made = await admitTarget(one.world, {
      ...order,
      target,
      expiresMs: 60_000,
      reason: "another",
      key: one.ground.key,
    });
    if (!made.ok) throw new Error("not admitted");
    await cp(placeOf(one, made.value.path), placeOf(one, ADMISSION));
    await cp(placeOf(one, `${made.value.path}.sig`), placeOf(one, SIGNATURE));
  };
});

test.each(["suspended", "revoked"] as const)(
  "admission-suspended: a %s record blocks, and laid back with its old signature it admits nothing (R043)",
  async (status) => {
    const one = await field();
    await approve(one, []);
    const [record, signature] = [await readFile(placeOf(one, ADMISSION)), await readFile(placeOf(one, SIGNATURE))];
    expect(await removeAdmission(one.world, ADMISSION, status, "an incident")).toMatchObject({ ok: true });
    expect(await one.world.store.work(one.ground.work)).toMatchObject({ state: "candidate" });
    const blocked = await isBlocked(one, `admission/${status}`, "approval/stale");
    expect(blocked.refusals[0]?.facts).toEqual({ reason: "an incident" });

    await writeFile(placeOf(one, ADMISSION), record);
    await writeFile(placeOf(one, SIGNATURE), signature);
    const again = await isBlocked(one, `admission/${status}`, "gate/work-not-approved");
    expect(again.refusals[0]?.facts).toEqual({ reason: "an incident" });
    expect(await present(one.world, one.ground.work)).toMatchObject({
      ok: false,
      refusals: [{ code: `admission/${status}` }],
    });

    await admit(one.world, one.ground);
    await approve(one, []);
    expect(await gateCodes(one.world, one.ground.work)).toEqual([]);
  },
);

test("admission-suspended: a suspension while the agent works voids the run (R043)", { timeout: 120_000 }, async () => {
  const one = await field();
  await approve(one, WORKING);
  const host = await elsewhere(one);
  const ended = await meanwhile(one, async () => {
    expect(await removeAdmission(host, ADMISSION, "suspended", "an incident")).toMatchObject({ ok: true });
    await host.store.close();
  });
  expect(ended.codes).toEqual(["voided", "admission/suspended", "approval/stale"]);
  await holdsAfterwards(one, ended);
});

describe("a target that is reached through a link", { timeout: 120_000 }, () => {
  test("admission-symlink: neither a link nor a path through one can be admitted (R039)", async () => {
    const one = await field();
    const { target, root, key } = one.ground;
    await symlink(target, path.join(root, "link"));
    await symlink(root, path.join(root, "parent"));
    const order = { id: "CTO-LINK", owner: "jp", risk: undefined, stages: [5], backends: ["scripted"] as const };
    const before = await one.world.host.fingerprint(placeOf(one, ".sot"));
    for (const place of [
      path.join(root, "link"),
      path.join(root, "parent/target"),
      `${target}/../target`,
      `${target}/`,
    ]) {
      const refused = await admitTarget(one.world, {
        ...order,
        target: place,
        expiresMs: 60_000,
        reason: "a link",
        key,
      });
      expect(refused).toMatchObject({ ok: false, refusals: [{ code: "admission/not-the-repository" }] });
    }
    expect(await one.world.host.fingerprint(placeOf(one, ".sot"))).toBe(before);
  });

  test("admission-symlink: a target, or its parent, that became a link after the approval is refused, whatever it leads to", async () => {
    const one = await field();
    const { target, root, work } = one.ground;
    await approve(one, []);
    await rename(target, path.join(root, "aside"));
    await symlink(path.join(root, "aside"), target);
    expect(await gateCodes(one.world, work)).toContain("admission/not-the-repository");
    await rm(target);
    await cp(path.join(root, "aside"), target, { recursive: true });
    expect(await gateCodes(one.world, work)).toContain("admission/not-the-repository");
    await rm(target, { recursive: true });
    await rename(path.join(root, "aside"), target);
    expect(await gateCodes(one.world, work)).toEqual([]);
  });

  test("admission-symlink: a target that becomes a link to another repository while the agent works gets no commit", async () => {
    const one = await field();
    const { target, root } = one.ground;
    const [aside, other] = [path.join(root, "aside"), path.join(root, "other")];
    await approve(one, WORKING);
    await cp(target, other, { recursive: true });
    const copied = await one.world.target.fingerprint(other);
    const ended = await meanwhile(one, async () => {
      await rename(target, aside);
      await symlink(other, target);
    });
    expect(ended.codes).toEqual(["voided", "admission/not-the-repository"]);
    expect(await one.world.target.fingerprint(other)).toEqual(copied);
    await rm(target);
    await rename(aside, target);
    await holdsAfterwards(one, ended);
  });
});

test(
  "admission-symlink: a parent of the target that becomes a link is refused (R039)",
  { timeout: 120_000 },
  async () => {
    const one = await field();
    const { root } = one.ground;
    const folder = path.join(root, "folder");
    await mkdir(folder);
    const target = path.join(folder, "repository");
    await makeSample(target, { "a.txt": "a\n" });
    expect(await one.world.target.observe(target)).toMatchObject({ ok: true });
    await rename(folder, path.join(root, "moved"));
    await symlink(path.join(root, "moved"), folder);
    expect(await one.world.target.observe(target)).toMatchObject({
      ok: false,
      refusals: [{ code: "admission/not-the-repository" }],
    });
  },
);
