import { verify } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { expect, test } from "vitest";

import { makeKey } from "../../src/adapters/keys/make-key.ts";
import { compose, makeHome } from "../../src/compose.ts";
import { makeOwnKeys } from "../../src/harness/keys/make-own-keys.ts";
import { rotateKey } from "../../src/harness/keys/rotate-key.ts";
import { listWork } from "../../src/harness/packet/list-work.ts";
import type { World } from "../../src/harness/world.ts";
import { hasRole, readAllowedSigners, type Signer } from "../../src/workflow/allowed-signers.ts";
import { Failure } from "../../src/workflow/failure.ts";
import { workId } from "../../src/workflow/ids.ts";
import type { KeyRole } from "../../src/workflow/own-keys.ts";
import { readPublicKeyLine } from "../../src/workflow/ssh-public-key.ts";

const withHome = async (act: (world: World, home: string) => Promise<void>): Promise<void> => {
  const root = await mkdtemp(path.join(tmpdir(), "cto-rotate-"));
  const home = path.join(root, "home");
  await makeKey(path.join(root, "owner"), "owner");
  await makeHome({ folder: home, owner: "jp", publicKey: await readFile(path.join(root, "owner.pub"), "utf8") });
  const world = await compose({ home, environment: {}, terminal: false, mode: "write" });
  try {
    await act(world, home);
  } finally {
    await world.store.close();
    await rm(root, { recursive: true, force: true });
  }
};

const signersOf = async (home: string): Promise<readonly Signer[]> => {
  const read = readAllowedSigners(await readFile(path.join(home, ".sot/authority/allowed_signers")));
  if (!read.ok) throw new Error(JSON.stringify(read.refusals));
  return read.value;
};

/** The place of one key was taken by another: what stands in the trust file, the folder and the ledger. */
const expectRotated = async (world: World, home: string, role: KeyRole, before: string): Promise<void> => {
  const { fingerprint } = await world.ownKeys.publicKey(role);
  expect(fingerprint).not.toBe(before);
  const lines = (await signersOf(home)).filter(({ principals }) => principals.includes(role));
  expect(lines.map(({ key }) => key.fingerprint)).toEqual([before, fingerprint]);
  const [old, now] = lines;
  if (old === undefined || now === undefined) throw new Error("two lines");
  const namespace = role === "harness" ? "run@cto-harness" : "verdict@cto-harness";
  // Whatever was sealed before still verifies by the old key, whatever is sealed from now on by the new one only.
  const { validAfter } = now;
  const { validBefore } = old;
  if (validAfter === null || validBefore === null) throw new Error("both windows have an end");
  expect(validBefore).toBeGreaterThanOrEqual(validAfter);
  expect(hasRole(old, namespace, (validAfter - 60) * 1000)).toBe(true);
  expect(hasRole(old, namespace, (validBefore + 1) * 1000)).toBe(false);
  expect(hasRole(now, namespace, (validAfter - 1) * 1000)).toBe(false);
  const told = (await world.store.leaves(0)).filter(({ type }) => type === "authority.changed");
  expect(told.map(({ detail }) => detail)).toEqual([
    { what: `${role} key hands over`, from: before, to: fingerprint },
    { what: `${role} key takes over`, from: before, to: fingerprint },
  ]);
  expect((await readdir(path.join(home, ".cto/keys"))).filter((name) => name.includes("next"))).toEqual([]);
  expect(await world.store.check()).toEqual([]);
};

test.each(["harness", "verifier"] as const)(
  "the %s key gives its place to another, and both sign for it",
  async (role) => {
    await withHome(async (world, home) => {
      const before = await world.ownKeys.publicKey(role);
      const other = role === "harness" ? "verifier" : "harness";
      const untouched = await world.ownKeys.publicKey(other);
      const done = await rotateKey(world, role);
      if (!done.ok) throw new Error(JSON.stringify(done.refusals));
      await expectRotated(world, home, role, before.fingerprint);
      expect(await world.ownKeys.publicKey(other)).toEqual(untouched);
      const folder = path.join(home, ".cto/keys/handovers");
      for (const [by, line] of [
        ["from", before.line],
        ["to", done.value.to.line],
      ] as const) {
        const [name = ""] = (await readdir(folder)).filter((file) => file.endsWith(`.${by}.sigstore.json`));
        const { dsseEnvelope } = JSON.parse(await readFile(path.join(folder, name), "utf8")) as {
          readonly dsseEnvelope: { readonly payload: string; readonly signatures: readonly { readonly sig: string }[] };
        };
        const payload = Buffer.from(dsseEnvelope.payload, "base64");
        const signed = Buffer.concat([
          Buffer.from(`DSSEv1 28 application/vnd.in-toto+json ${payload.length} `),
          payload,
        ]);
        const key = readPublicKeyLine(line);
        if (!key.ok) throw new Error(line);
        expect(verify(null, signed, key.value.key, Buffer.from(dsseEnvelope.signatures[0]?.sig ?? "", "base64"))).toBe(
          true,
        );
        expect(payload.toString()).toContain('"rootHash"');
      }
    });
  },
);

/** The world, whose nth change of anything breaks it off, before or after it was made. */
const breakingAt = (world: World, nth: number, when: "before" | "after"): World => {
  let count = 0;
  const counted = async <T>(act: () => Promise<T>): Promise<T> => {
    count += 1;
    const breaks = count === nth;
    if (breaks && when === "before") throw new Failure("store/busy", "broken off");
    const value = await act();
    if (breaks) throw new Failure("store/busy", "broken off");
    return value;
  };
  const { home, store, ownKeys } = world;
  return {
    ...world,
    home: { ...home, write: (...given) => counted(() => home.write(...given)) },
    store: { ...store, transact: (work) => counted(() => store.transact(work)) },
    ownKeys: {
      ...ownKeys,
      successor: (role) => counted(() => ownKeys.successor(role)),
      promote: (role) => counted(() => ownKeys.promote(role)),
    },
  };
};

test.each(["before", "after"] as const)(
  "broken off %s any of its changes, the same command ends with one new key",
  async (when) => {
    const changes = 7;
    for (let nth = 1; nth <= changes; nth += 1)
      await withHome(async (world, home) => {
        const before = await world.ownKeys.publicKey("harness");
        await expect(rotateKey(breakingAt(world, nth, when), "harness")).rejects.toMatchObject({ code: "store/busy" });
        expect((await rotateKey(world, "harness")).ok).toBe(true);
        // After its very last change nothing was left to do: then it was a rotation of its own.
        if (when === "after" && nth === changes) return;
        await expectRotated(world, home, "harness", before.fingerprint);
      });
  },
);

test("cto keys make ends a rotation that was broken off when the new key had its place and no line", async () => {
  await withHome(async (world, home) => {
    const before = await world.ownKeys.publicKey("harness");
    await expect(rotateKey(breakingAt(world, 7, "before"), "harness")).rejects.toMatchObject({
      code: "store/busy",
    });
    expect((await makeOwnKeys(world)).ok).toBe(true);
    await expectRotated(world, home, "harness", before.fingerprint);
  });
});

test("no key is rotated while a run is open: it is signed by the one that its owner approved it with", async () => {
  await withHome(async (world) => {
    const work = workId("CTO-WORK-049");
    if (work === undefined) throw new Error("no work id");
    await listWork(world, work);
    await world.store.transact((ledger) =>
      ledger.openRun(
        {
          kind: "execute",
          work,
          targetId: "target",
          ofRun: null,
          orderedAt: "2026-06-01T10:00:00.000Z",
          epochSeconds: 1_780_308_000,
          holder: world.holder,
          summary: {},
        },
        1,
      ),
    );
    const before = await world.ownKeys.publicKey("harness");
    expect(await rotateKey(world, "harness")).toMatchObject({
      ok: false,
      refusals: [{ code: "gate/key-in-use", facts: { role: "harness", run: "R-049-01" } }],
    });
    expect(await world.ownKeys.publicKey("harness")).toEqual(before);
  });
});
