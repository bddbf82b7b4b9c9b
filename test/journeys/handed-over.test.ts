import { cp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { compose } from "../../src/compose.ts";
import { verifyFolder } from "../../src/harness/evidence/verify-folder.ts";
import { readAudit, type AuditView } from "../../src/harness/home/read-audit.ts";
import { REVOKED_PATH, SIGNERS_PATH } from "../../src/harness/home/read-facts.ts";
import { rotateKey } from "../../src/harness/keys/rotate-key.ts";
import type { World } from "../../src/harness/world.ts";
import { sigstoreBundle, toSign } from "../../src/workflow/evidence/envelope.ts";
import { handoverPath, writeHandover, type Handover } from "../../src/workflow/evidence/key-handover.ts";
import { runId, type RunId } from "../../src/workflow/ids.ts";
import type { SourceDocument } from "../../src/workflow/packet/packet.ts";
import { readTrustRoot } from "../../src/workflow/trust-root.ts";
import { makeOwnKeys } from "../fixtures/own-keys.ts";
import { UNITTEST_FILES, UNITTEST_STEPS } from "./ended.ts";
import { admit, approveBy, endOf, makeGround, runOnce, type Ground } from "./ground.ts";

let ground: Ground;
let world: World;
/** The trust root as it stood before the first hand-over, after it, and after the last. */
const trust: SourceDocument[] = [];
let first: Handover;
let copies = 0;

const signersNow = async (): Promise<SourceDocument> => {
  const source = await world.home.read(SIGNERS_PATH);
  if (source === "absent") throw new Error("the home has signers");
  return source;
};
const rotated = async (role: "harness" | "verifier"): Promise<Handover> => {
  const done = await rotateKey(world, role);
  if (!done.ok) throw new Error(JSON.stringify(done.refusals));
  return done.value;
};
const verdictOf = async (run: RunId, by: SourceDocument | undefined): Promise<string> =>
  (await verifyFolder(world, { run }, by ?? "absent")).verdict;

beforeAll(async () => {
  ground = await makeGround({ validation: ["python3", "-m", "unittest", "-q"] }, UNITTEST_FILES);
  world = await ground.open();
  await admit(world, ground);
});
afterAll(async () => {
  await world.store.close();
  await ground.close();
});

/** A copy of the whole home, changed while nobody has it open, and then read as an auditor does. */
const audited = async (change: (home: string) => Promise<unknown>): Promise<AuditView> => {
  copies += 1;
  const home = path.join(ground.root, `copy-${copies}`);
  await cp(ground.home, home, { recursive: true });
  await change(home);
  const copy = await compose({ home, environment: {}, terminal: false, mode: "read" });
  try {
    const read = readTrustRoot(await copy.home.read(SIGNERS_PATH), await copy.home.read(REVOKED_PATH));
    if (!read.ok) throw new Error("the home has a trust root");
    return await readAudit(copy, read.value);
  } finally {
    await copy.store.close();
  }
};
/** What the alarms say; every one of them is about a hand-over. */
const alarmsOf = async (change: (home: string) => Promise<unknown>): Promise<string> => {
  const { verdict, alarms } = await audited(change);
  expect([verdict, new Set(alarms.map(({ code }) => code))]).toEqual(["FAIL", new Set(["ledger/handover-wrong"])]);
  return alarms.map(({ facts }) => `${facts["what"]}: ${facts["says"]}`).join("\n");
};

/** Another key in the place of the home's own, which nobody handed anything. */
const exchanged = async (home: string): Promise<void> => {
  const keys = path.join(home, ".cto/keys");
  for (const name of await readdir(keys))
    if (name.startsWith("harness")) await rm(path.join(keys, name), { recursive: true });
  const copy = await compose({ home, environment: {}, terminal: false, mode: "write" });
  expect(await copy.ownKeys.make()).toEqual(["harness"]);
  await copy.store.close();
};

test("a run that was sealed before its home's keys were handed over verifies by the trust root of then and of now", async () => {
  await ground.plays([{ say: "It is fine as it is." }]);
  expect(await approveBy(world, ground)).toEqual([]);
  expect(endOf(await runOnce(world, ground))).toEqual(["voided", "policy/no-change"]);
  trust.push(await signersNow());
  // What the owner approved with is known, though no key was ever handed over.
  expect(await alarmsOf(exchanged)).toContain("the ledger tells of no hand-over to it");

  first = await rotated("harness");
  await rotated("verifier");
  trust.push(await signersNow());
  const old = runId(ground.work, 1);
  expect([await verdictOf(old, trust[0]), await verdictOf(old, trust[1])]).toEqual(["PASS", "PASS"]);
});

test("a run after that is signed by the new keys, and nothing that was trusted before passes it", async () => {
  await ground.plays(UNITTEST_STEPS);
  expect(await approveBy(world, ground)).toEqual([]);
  expect(endOf(await runOnce(world, ground))).toEqual(["awaiting_outcome"]);
  const fresh = runId(ground.work, 2);
  expect([await verdictOf(fresh, trust[1]), await verdictOf(fresh, trust[0])]).toEqual(["PASS", "FAIL"]);
  await rotated("harness");
  trust.push(await signersNow());
  for (const run of [runId(ground.work, 1), fresh]) expect(await verdictOf(run, trust[2])).toBe("PASS");
});

test("R137 hand-overs that both keys signed and the ledger tells of raise no alarm", async () => {
  const view = await audited(async () => undefined);
  expect(view).toMatchObject({ verdict: "PASS", alarms: [] });
});

const atFirst = (home: string, by: "from" | "to"): string => path.join(home, handoverPath(first.to, by));
const rewritten = async (file: string, change: (text: string) => string): Promise<void> => {
  const text = await readFile(file, "utf8");
  const changed = change(text);
  expect(changed).not.toBe(text);
  await writeFile(file, changed);
};
/** A hand-over between two keys of an attacker, in all its forms. */
const planted = async (home: string): Promise<void> => {
  const [from, to] = [makeOwnKeys().harness, makeOwnKeys().harness];
  const asked = toSign(writeHandover({ ...first, from: shownOf(from), to: shownOf(to) }));
  await writeFile(
    path.join(home, handoverPath(to, "from")),
    sigstoreBundle(asked, from.fingerprint, from.sign(asked.signed)),
  );
  await writeFile(
    path.join(home, handoverPath(to, "to")),
    sigstoreBundle(asked, to.fingerprint, to.sign(asked.signed)),
  );
};
const shownOf = ({ role, line, fingerprint }: Handover["to"]): Handover["to"] => ({ role, line, fingerprint });

test.each<readonly [string, (home: string) => Promise<unknown>, string]>([
  ["whose old key's signature is not there", (home) => rm(atFirst(home, "from")), "signed is not there"],
  ["whose new key's signature is not there", (home) => rm(atFirst(home, "to")), "signed is not there"],
  [
    "with a changed signature",
    (home) =>
      rewritten(atFirst(home, "from"), (text) =>
        text.replace(/("sig": ")(.)/, (_, head, letter) => `${head}${letter === "A" ? "B" : "A"}`),
      ),
    "it is not signed by SHA256:",
  ],
  [
    "with a changed statement",
    (home) =>
      rewritten(atFirst(home, "to"), (text) =>
        text.replace(
          /("payload": ")([^"]+)/,
          (_, head, payload) =>
            `${head}${Buffer.from(String(Buffer.from(payload, "base64")).replace(first.at, "2026-01-01T00:00:00.000Z")).toString("base64")}`,
        ),
      ),
    "it is not signed by SHA256:",
  ],
  [
    "with a member twice",
    (home) => rewritten(atFirst(home, "to"), (text) => text.replace('"keyid"', '"keyid": "x", "keyid"')),
    "it does not read as a signed hand-over",
  ],
  ["that is no JSON", (home) => writeFile(atFirst(home, "from"), "nonsense"), "it does not read as a signed hand-over"],
  [
    "whose files are exchanged",
    async (home) => {
      await rename(atFirst(home, "from"), atFirst(home, "from").replace(".from.", ".x."));
      await rename(atFirst(home, "to"), atFirst(home, "from"));
      await rename(atFirst(home, "from").replace(".from.", ".x."), atFirst(home, "to"));
    },
    "it is not signed by SHA256:",
  ],
  [
    "under another name",
    (home) =>
      rename(atFirst(home, "to"), path.join(path.dirname(atFirst(home, "to")), "0000000000000000.to.sigstore.json")),
    "it lies under another name",
  ],
  ["that an attacker's keys signed for each other", planted, "no record of the ledger tells of it"],
  ["that never was, to the key that signs now", exchanged, "the ledger tells of no hand-over to it"],
])("R137 a hand-over is an alarm: one %s", async (_, change, says) => {
  expect(await alarmsOf(change)).toContain(says);
});
