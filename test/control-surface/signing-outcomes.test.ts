import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import type { Served } from "../../src/harness/home/served.ts";
import type { DraftObject, OutcomeSigning } from "../../src/harness/objects/signing.ts";
import type { World } from "../../src/harness/world.ts";
import { passkey, stockAccepts, toBeSigned, type Assertion, type Passkey } from "../fixtures/ssh.ts";
import { admit, approveBy, HONEST_STEPS, makeGround, runOnce, type Ground } from "../journeys/ground.ts";
import { enrol, getFrom, originOf, postTo, servedOver, type Answer } from "./posting.ts";
import { RUN } from "./surface.ts";

const NAMESPACE = "outcome@cto-harness";
const own = passkey();
const approvalsOnly = passkey();
const bobs = passkey();

let ground: Ground;
let world: World;
let served: Served;
let signing: OutcomeSigning;

beforeAll(async () => {
  ground = await makeGround({
    criteria: [
      "The words of the strings read well.",
      "Target repository ends clean after Harness post-processing.",
      "Harness Evidence Interface artifacts exist.",
    ],
  });
  await enrol(ground, "jp", own);
  await enrol(ground, "jp", approvalsOnly, { roles: "approval@cto-harness" });
  await enrol(ground, "bob", bobs);
  await ground.plays([{ run: "git push origin main" }, ...HONEST_STEPS]);
  world = await ground.open();
  await admit(world, ground);
  expect(await approveBy(world, ground)).toEqual([]);
  await runOnce(world, ground);
  served = await servedOver(world, () => ground.open({}));
  signing = (await getFrom(served, `/api/r/${RUN}/signing`)).body as unknown as OutcomeSigning;
});
afterAll(async () => {
  await served.close();
  await ground.close();
});

const ticks = (): readonly { readonly id: string; readonly note?: string }[] =>
  signing.ticks.map(({ id, needsNote }) => (needsNote ? { id, note: `read ${id}` } : { id }));

const draftWith = (more: object = {}): Promise<Answer> =>
  postTo(served, `/api/r/${RUN}/outcome-draft`, {
    outcome: "accepted",
    sentence: signing.sentence,
    key: own.fingerprint,
    ticks: ticks(),
    ...more,
  });

const signedBy = (record: string, key: Passkey = own, odd: Assertion = {}, namespace = NAMESPACE): object => {
  const parts = key.assert(toBeSigned(record, namespace), { origin: originOf(served), ...odd });
  return Object.fromEntries(Object.entries(parts).map(([name, bytes]) => [name, bytes.toString("base64url")]));
};

const send = (record: string, signature: unknown, more: object = {}): Promise<Answer> =>
  postTo(served, `/api/r/${RUN}/outcome`, { record, signature, ticks: ticks(), ...more });

const codesOf = ({ status, body }: Answer): readonly [number, ...string[]] => [
  status,
  ...((body["refusals"] ?? []) as readonly { readonly code: string }[]).map(({ code }) => code),
];

const outcomes = async (): Promise<readonly string[]> =>
  (await world.store.leaves(0)).filter(({ type }) => /^outcome\.(?:acc|rej)/.test(type)).map(({ type }) => type);

test("whoever decides is shown what has to be looked at, what was denied, and that the evidence verifies", () => {
  expect(signing).toMatchObject({
    run: RUN,
    evidence: "PASS",
    locked: [],
    signers: [{ principal: "jp" }, { key: own.fingerprint, passkey: true }],
  });
  expect(signing.ticks).toMatchObject([
    { id: "C1", kind: "eye", needsNote: true, label: "The words of the strings read well." },
    { id: "denied/push", kind: "denied", needsNote: false },
  ]);
  expect(signing.commands.accept).toBe(`cto outcome ${RUN} --accept --acknowledge denied/push --key KEY`);
});

const HOSTILE: Readonly<Record<string, readonly [() => object, ...string[]]>> = {
  "one homoglyph": [() => ({ sentence: signing.sentence.replace("accept", "\u0430ccept") }), "outcome/not-exact"],
  "a space at the end": [() => ({ sentence: `${signing.sentence} ` }), "outcome/not-exact"],
  "no tick": [() => ({ ticks: [] }), "outcome/finding-not-acknowledged", "outcome/not-judged"],
  "no note": [() => ({ ticks: ticks().map(({ id }) => ({ id })) }), "outcome/not-judged"],
  "a note of blanks": [() => ({ ticks: ticks().map(({ id }) => ({ id, note: "  " })) }), "outcome/not-judged"],
  "a denied attempt that is not named": [() => ({ ticks: ticks().slice(0, 1) }), "outcome/finding-not-acknowledged"],
  "a key of somebody else": [() => ({ key: bobs.fingerprint }), "outcome/not-the-owner"],
  "a key for approvals": [() => ({ key: approvalsOnly.fingerprint }), "outcome/not-the-owner"],
};

test.each(Object.entries(HOSTILE))("R120 %s: no draft is made", async (_, [change, ...codes]) => {
  expect(codesOf(await draftWith(change())).slice(1)).toEqual(codes);
});

test("a rejection needs a reason, and what it signs is not what accepts", async () => {
  const rejecting = { outcome: "rejected", key: own.fingerprint };
  const at = `/api/r/${RUN}/outcome-draft`;
  expect(codesOf(await postTo(served, at, { ...rejecting, reason: " " }))).toEqual([409, "outcome/reason-missing"]);
  expect(await postTo(served, at, { ...rejecting, reason: "no", sentence: signing.sentence })).toMatchObject({
    status: 400,
  });
});

const DRAFTED = "outcome/not-as-drafted";

test("R119 a signature that is of another page, namespace, person or record decides nothing, and evidence that does not verify is not accepted", async () => {
  const drafted = await draftWith();
  expect(drafted.status).toBe(201);
  const { record } = drafted.body as unknown as DraftObject;
  const ask = async (...given: Parameters<typeof signedBy>): Promise<readonly [number, ...string[]]> =>
    codesOf(await send(given[0], signedBy(...given)));
  expect(await ask(record, own, { origin: "http://localhost:9999" })).toEqual([403, "outcome/not-the-owner"]);
  expect(await ask(record, own, {}, "approval@cto-harness")).toEqual([403, "outcome/not-the-owner"]);
  expect(await ask(record, own, { flags: 1 })).toEqual([403, "outcome/not-the-owner"]);
  expect(await ask(record, own, { rpId: "evil.example" })).toEqual([403, "outcome/signature-invalid"]);
  expect(await ask(record, bobs)).toEqual([403, "outcome/not-the-owner"]);
  const swapped: readonly (readonly [RegExp, string, number, ...string[]])[] = [
    [/"reason":""/, '"reason":"it is perfect"', 409, DRAFTED],
    [/"notes":\[.*?\]/, '"notes":[{"id":"C1","note":"looked"}]', 409, DRAFTED],
    [/"judged":\["C1"\]/, '"judged":[]', 409, DRAFTED],
    [/(?<="base":")[0-9a-f]{4}/, "0000", 409, DRAFTED],
    [/(?<="SHA256SUMS","digest":\{"sha256":")[0-9a-f]{4}/, "0000", 409, DRAFTED],
    [/"decidedAt":"2/, '"decidedAt":"1', 409, "outcome/draft-ended"],
    [/(?<="rootHash":")[^"]{4}/, "AAAA", 409, DRAFTED],
    [/,"origin":"[^"]+"/, "", 403, "outcome/not-the-owner"],
  ];
  for (const [from, to, ...answered] of swapped) {
    const other = record.replace(from, to);
    expect(other).not.toBe(record);
    expect.soft([from.source, ...(await ask(other))]).toEqual([from.source, ...answered]);
  }
  expect(codesOf(await send(record, signedBy(record), { ticks: [] }))).toEqual([409, "outcome/not-as-drafted"]);
  const elsewhere = await postTo(served, "/api/r/R-049-99/outcome", { record, signature: signedBy(record), ticks: [] });
  expect(elsewhere.status).toBe(404);

  const log = path.join(ground.home, ".cto/runs", RUN, "test.log");
  const kept = readFileSync(log);
  writeFileSync(log, Buffer.concat([kept, Buffer.from("\n")]), { flag: "r+" });
  expect(await ask(record)).toEqual([409, "outcome/evidence-does-not-verify"]);
  writeFileSync(log, kept);
  expect(await outcomes()).toEqual([]);
});

test("R119 a passkey accepts once: the record lies beside the bundle, with a signature that stock ssh-keygen accepts", async () => {
  const draft = (await draftWith()).body as unknown as DraftObject;
  expect(draft).toMatchObject({ namespace: NAMESPACE, passkey: { rpId: "localhost", credentials: [] } });
  const signature = signedBy(draft.record);
  const both = await Promise.all([send(draft.record, signature), send(draft.record, signature)]);
  expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
  const done = both.find(({ status }) => status === 201);
  expect(await outcomes()).toEqual(["outcome.accepted"]);
  const leaf = (await world.store.leaves(0)).findLast(({ type }) => type === "outcome.accepted");
  expect(done).toEqual({
    status: 201,
    body: { outcome: "accepted", run: RUN, by: "jp", assurance: "A3", seq: leaf?.seq, next: `cto show ${RUN}` },
  });
  expect(leaf).toMatchObject({ channel: "web", actor: "jp", run: RUN });
  const [record, sig] = ["outcome.json", "outcome.json.sig"].map((name) =>
    readFileSync(path.join(ground.home, ".cto/runs", `${RUN}.addenda`, name)),
  );
  if (record === undefined || sig === undefined) throw new Error("they are read");
  expect(JSON.parse(record.toString())).toMatchObject({ predicate: { notes: [{ id: "C1", note: "read C1" }] } });
  const signers = readFileSync(path.join(ground.home, ".sot/authority/allowed_signers"), "utf8");
  const asked = { signers, principal: "jp", namespace: NAMESPACE, message: record, signature: sig };
  expect(stockAccepts(ground.root, asked)).toBe(true);
  expect((await getFrom(served, `/api/r/${RUN}/verify`)).body).toMatchObject({ verdict: "PASS" });
  expect(codesOf(await send(draft.record, signature))).toEqual([409, "outcome/already-recorded"]);
  expect(codesOf(await draftWith())).toEqual([409, "outcome/already-recorded"]);
  expect(await getFrom(served, `/api/r/${RUN}/signing`)).toMatchObject({ status: 409 });
  expect(await outcomes()).toEqual(["outcome.accepted"]);
});
