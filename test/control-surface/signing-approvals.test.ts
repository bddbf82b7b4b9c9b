import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import type { Served } from "../../src/harness/home/served.ts";
import type { ApprovalSigning, DraftObject } from "../../src/harness/objects/signing.ts";
import type { World } from "../../src/harness/world.ts";
import { LIMITS } from "../../src/workflow/limits.ts";
import { hardwareKey, passkey, stockAccepts, toBeSigned, type Assertion, type Passkey } from "../fixtures/ssh.ts";
import { admit, makeGround, runOnce, type Ground } from "../journeys/ground.ts";
import { enrol, getFrom, originOf, postTo, servedOver, type Answer } from "./posting.ts";
import { WORK } from "./surface.ts";

const NAMESPACE = "approval@cto-harness";
const own = passkey();
const strangers = passkey();
const bobs = passkey();
const outcomes = passkey();
const plain = hardwareKey("ecdsa", "localhost");

let ground: Ground;
let world: World;
let served: Served;
let signing: ApprovalSigning;
let laterMs = 0;

/** The home as it would be opened so much later. */
const openLater = async (): Promise<World> => {
  const opened = await ground.open({});
  const now = (): ReturnType<World["clock"]["now"]> => {
    const at = opened.clock.now();
    return { ...at, epochMs: at.epochMs + laterMs, bootMs: at.bootMs + laterMs };
  };
  return { ...opened, clock: { ...opened.clock, now } };
};

beforeAll(async () => {
  ground = await makeGround();
  await enrol(ground, "jp", own, { comment: " passkey:Q3JlZGVudGlhbA" });
  await enrol(ground, "bob", bobs);
  await enrol(ground, "jp", outcomes, { roles: "outcome@cto-harness" });
  await enrol(ground, "jp", plain);
  world = await ground.open();
  await admit(world, ground);
  served = await servedOver(world, openLater);
  signing = (await getFrom(served, `/api/w/${WORK}/signing`)).body as unknown as ApprovalSigning;
});
afterAll(async () => {
  await served.close();
  await ground.close();
});

const draftWith = (more: object = {}): Promise<Answer> =>
  postTo(served, `/api/w/${WORK}/approval-draft`, {
    sentence: signing.sentence,
    entry: "typed",
    presentedSha256: signing.presentedSha256,
    key: own.fingerprint,
    ticks: signing.ticks.map(({ id }) => id),
    ...more,
  });

const drafted = async (more: object = {}): Promise<DraftObject> => {
  const { status, body } = await draftWith(more);
  expect({ status, body: status === 201 ? {} : body }).toEqual({ status: 201, body: {} });
  return body as unknown as DraftObject;
};

const assertion = (draft: DraftObject, odd: Assertion = {}, key: Passkey = own): object => {
  const challenge = Buffer.from(draft.passkey?.challenge ?? "", "base64url");
  const parts = key.assert(challenge, { origin: originOf(served), ...odd });
  return Object.fromEntries(Object.entries(parts).map(([name, bytes]) => [name, bytes.toString("base64url")]));
};

const send = (record: string, signature: unknown, more: object = {}): Promise<Answer> =>
  postTo(served, "/api/approvals", { record, signature, entry: "typed", ...more });

const approvals = async (): Promise<number> =>
  (await world.store.leaves(0)).filter(({ type }) => type === "approval.recorded" || type === "approval.joined").length;

const codesOf = ({ status, body }: Answer): readonly [number, ...string[]] => [
  status,
  ...((body["refusals"] ?? []) as readonly { readonly code: string }[]).map(({ code }) => code),
];

test("whoever approves is shown what the signature will bind, and by which keys it can be made", async () => {
  expect(signing).toMatchObject({
    work: WORK,
    minimum: "A2",
    reviewedFrom: null,
    command: `cto approve ${WORK} --key KEY`,
  });
  expect(signing.presented).toContain(signing.digests.packet);
  expect(signing.ticks.every(({ kind }) => kind === "section")).toBe(true);
  expect(signing.ticks.map(({ id }) => id)).toContain("section/allowedPaths");
  expect(signing.signers.filter((signer) => signer.passkey)).toMatchObject([
    { principal: "jp", key: own.fingerprint, credential: "Q3JlZGVudGlhbA" },
    { principal: "jp", credential: null },
  ]);
  expect(signing.signers).toHaveLength(3);
});

const SENTENCES: readonly (readonly [string, (exact: string) => string, number])[] = [
  ["one homoglyph", (exact) => exact.replace("approve", "\u0430pprove"), 3],
  ["a space at the end", (exact) => `${exact} `, 0],
  ["a space in front", (exact) => ` ${exact}`, 1],
  ["another case", (exact) => exact.replace("I approve", "i approve"), 1],
  ["a space that cannot be seen", (exact) => exact.replace(" ", "\u00A0"), 2],
  ["nothing", () => "", 1],
  ["two line ends", (exact) => `${exact}\n\n`, 0],
  ["a return alone", (exact) => `${exact}\r`, 0],
];

test.each(SENTENCES)("R044 %s in the sentence is told with its place, and no draft is made", async (_, change, at) => {
  const { sentence } = signing;
  const answer = await draftWith({ sentence: change(sentence) });
  expect(codesOf(answer)).toEqual([409, "approval/not-exact"]);
  const expected = { at: at === 0 ? sentence.length + 1 : at };
  expect(answer.body).toMatchObject({ refusals: [{ detail: expected }] });
  expect(answer.body).not.toHaveProperty("record");
});

test("every reason why there is no draft is told at once", async () => {
  const [first, ...others] = signing.ticks;
  const answer = await draftWith({ sentence: "yes", ticks: others.map(({ id }) => id), key: strangers.fingerprint });
  expect(codesOf(answer)).toEqual([409, "approval/not-exact", "approval/not-eligible", "approval/not-ticked"]);
  expect(answer.body).toMatchObject({ refusals: [{}, {}, { detail: { missing: first?.label } }] });
  expect(codesOf(await draftWith({ key: bobs.fingerprint }))).toEqual([403, "approval/not-eligible"]);
  expect(codesOf(await draftWith({ key: outcomes.fingerprint }))).toEqual([403, "approval/not-eligible"]);
  expect(await draftWith({ entry: "cli" })).toMatchObject({ status: 400 });
  expect(await approvals()).toBe(0);
});

interface Hostile {
  readonly record?: (record: string) => string;
  /** A record that is changed is signed anew, by the same passkey, unless this says otherwise. */
  readonly odd?: Assertion;
  readonly key?: Passkey;
  readonly namespace?: string;
  readonly entry?: string;
  readonly codes: readonly [number, ...string[]];
}

const DRAFTED = "approval/not-as-drafted";
const INVALID = "approval/signature-invalid";
const MOVED = "surface/digest-moved";
const swap = (from: RegExp, to: string) => ({ record: (record: string) => record.replace(from, to) });
const OTHER = "0".repeat(64);

const HOSTILE: Readonly<Record<string, Hostile>> = {
  "another port": { odd: { origin: "http://localhost:9999" }, codes: [403, INVALID] },
  "another RP id": { odd: { rpId: "evil.example" }, codes: [403, INVALID] },
  "no user verification": { odd: { flags: 1 }, codes: [403, "approval/no-user-verification"] },
  "a frame of another page": { odd: { crossOrigin: true }, codes: [403, INVALID] },
  "the passkey of a stranger": { key: strangers, codes: [403, INVALID] },
  "the passkey of another person": { key: bobs, codes: [403, INVALID] },
  "a passkey of the owner for outcomes": { key: outcomes, codes: [403, INVALID] },
  "the challenge of an outcome": { namespace: "outcome@cto-harness", codes: [403, INVALID] },
  "another entry than was signed": { entry: "pasted", codes: [409, DRAFTED] },
  "another packet": {
    ...swap(/(?<="packet",\s*"digest": \{\s*"sha256": ")[0-9a-f]{64}/, OTHER),
    codes: [412, MOVED, "approval/stale"],
  },
  "another sentence": {
    ...swap(/"sentence": "I approve/, '"sentence": "I APPROVE'),
    codes: [409, "approval/record-unreadable"],
  },
  "another work item": {
    ...swap(/"workId": "CTO-WORK-049"/, '"workId": "CTO-WORK-050"'),
    codes: [409, "contract/packet-absent"],
  },
  "another text than was shown": { ...swap(/(?<="presentedSha256": ")[0-9a-f]{64}/, OTHER), codes: [409, DRAFTED] },
  "a review that there was not": {
    ...swap(/"reviewedFromSha256": null/, `"reviewedFromSha256": "${OTHER}"`),
    codes: [409, DRAFTED],
  },
  "words of the command line": { ...swap(/"surface": "web"/, '"surface": "cli"'), codes: [409, DRAFTED] },
  "another person": { ...swap(/"principal": "jp"/, '"principal": "bob"'), codes: [409, "approval/record-unreadable"] },
  "nobody who signs": { ...swap(/"method": "sshsig"/, '"method": "typed"'), codes: [409, DRAFTED] },
  "another page": {
    ...swap(/"origin": "http:\/\/localhost:\d+"/, '"origin": "http://localhost:1"'),
    odd: { origin: "http://localhost:1" },
    codes: [409, DRAFTED],
  },
  "no page": { ...swap(/,\s*"origin": "http:\/\/localhost:\d+"/, ""), codes: [403, INVALID, DRAFTED] },
  "another nonce": { ...swap(/(?<="nonce": ")[^"]{4}/, "AAAA"), codes: [409, DRAFTED] },
  "a question that was never asked": {
    ...swap(/(?<="challenge": \{[^}]*"sha256": ")[0-9a-f]{64}/, OTHER),
    codes: [409, "approval/unknown-challenge"],
  },
  "another approval": { ...swap(/"approvalId": "ap-\d+"/, '"approvalId": "ap-1"'), codes: [409, DRAFTED] },
  "a longer life": {
    record: (record) => record.replaceAll(/(?<="(?:expiresAt|executeBy)": ")\d{4}/g, "2199"),
    codes: [409, DRAFTED],
  },
  "a ledger that was never seen": { ...swap(/(?<="rootHash": ")[^"]{4}/, "AAAA"), codes: [409, DRAFTED] },
  "a wider scope": {
    ...swap(/"src\/strings\.py"/, '"src/**"'),
    codes: [409, "approval/contradicts-contract", DRAFTED],
  },
  "another form of the same": {
    record: (record) => record.replace('"decision": "approve"', '"decision":  "approve"'),
    codes: [409, DRAFTED],
  },
};

let draft: DraftObject;
test.each(Object.entries(HOSTILE))("%s approves nothing", async (_, hostile) => {
  draft ??= await drafted();
  const record = hostile.record?.(draft.record) ?? draft.record;
  if (hostile.record !== undefined) expect(record).not.toBe(draft.record);
  const challenge = toBeSigned(record, hostile.namespace ?? NAMESPACE);
  const odd = { challenge, ...hostile.odd };
  const answer = await send(
    record,
    assertion(draft, odd, hostile.key),
    hostile.entry === undefined ? {} : { entry: hostile.entry },
  );
  expect(codesOf(answer)).toEqual(hostile.codes);
  expect(await approvals()).toBe(0);
});

test("an SSH signature in another namespace, by another key, or of another record approves nothing", async () => {
  const { record } = await drafted({ key: signing.signers[0]?.key });
  const file = path.join(ground.root, "signed");
  const signed = (text: string, namespace: string): string => {
    writeFileSync(file, text);
    execFileSync("/usr/bin/ssh-keygen", ["-Y", "sign", "-f", ground.key, "-n", namespace, file], { stdio: "pipe" });
    const armored = readFileSync(`${file}.sig`, "utf8");
    execFileSync("rm", [`${file}.sig`]);
    return armored;
  };
  expect(codesOf(await send(record, signed(record, "outcome@cto-harness")))).toEqual([403, INVALID]);
  expect(codesOf(await send(record, signed(`${record} `, NAMESPACE)))).toEqual([403, INVALID]);
  expect(codesOf(await send(record, Buffer.from(plain.sign(record, NAMESPACE, 5)).toString()))).toEqual([403, INVALID]);
  expect(codesOf(await send(record, ""))[0]).toBe(400);
  expect(codesOf(await send(record, null))[0]).toBe(400);
  expect(codesOf(await send(record, "none"))).toEqual([403, INVALID]);
  expect(await approvals()).toBe(0);
});

test("R050 what moved between draft and record is told with what it is now, and nothing is recorded", async () => {
  const fresh = await drafted();
  const git = (...args: string[]): string =>
    execFileSync("git", ["-C", ground.target, "-c", "user.name=a", "-c", "user.email=a@b", ...args], {
      encoding: "utf8",
    });
  const head = git("rev-parse", "HEAD").trim();
  git("commit", "-q", "--allow-empty", "-m", "moved");
  const moved = await send(fresh.record, assertion(fresh));
  expect(codesOf(moved)).toEqual([412, MOVED, "admission/head-moved", "approval/stale"]);
  expect(moved.body["refusals"]).toContainEqual(
    expect.objectContaining({ detail: { what: "head", given: head, now: git("rev-parse", "HEAD").trim() } }),
  );
  git("reset", "-q", "--hard", head);
  writeFileSync(path.join(ground.target, "stray"), "");
  expect(codesOf(await send(fresh.record, assertion(fresh)))).toEqual([412, MOVED, "admission/dirty"]);
  execFileSync("rm", [path.join(ground.target, "stray")]);

  await ground.edit(ground.packet, "and add coverage.", "and add coverage, quickly.");
  const edited = await send(fresh.record, assertion(fresh));
  // Both digests are told: that of its bytes and that of its contract.
  expect(codesOf(edited)).toEqual([412, MOVED, MOVED, "approval/stale"]);
  expect(edited.body["refusals"]).toContainEqual(
    expect.objectContaining({ detail: expect.objectContaining({ what: "packet", given: signing.digests.packet }) }),
  );
  await ground.edit(ground.packet, "and add coverage, quickly.", "and add coverage.");
  expect(await approvals()).toBe(0);
});

test("R048 a draft that lies around is none, and neither is one from a later time", async () => {
  const fresh = await drafted({ expiresMs: 60_000 });
  laterMs = LIMITS.draftAgeMaxMs + 1_000;
  expect(codesOf(await send(fresh.record, assertion(fresh)))).toEqual([
    409,
    "approval/expired",
    "approval/draft-ended",
  ]);
  laterMs = -60_000;
  console.log(JSON.stringify((await send(fresh.record, assertion(fresh))).body));
  expect(codesOf(await send(fresh.record, assertion(fresh)))).toEqual([412, MOVED, "gate/clock-disagrees"]);
  laterMs = 0;
  expect(await approvals()).toBe(0);
});

test("R046 a passkey approves: the record is kept with a signature that stock ssh-keygen accepts, and once", async () => {
  draft = await drafted({ sentence: `${signing.sentence}\r\n`, entry: "pasted" });
  expect(draft).toMatchObject({
    namespace: NAMESPACE,
    passkey: { rpId: "localhost", credentials: ["Q3JlZGVudGlhbA"] },
  });
  const signature = assertion(draft);
  const paste = { entry: "pasted" };
  const both = await Promise.all([send(draft.record, signature, paste), send(draft.record, signature, paste)]);
  expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
  const done = both.find(({ status }) => status === 201);
  const leaf = (await world.store.leaves(0)).findLast(({ type }) => type === "approval.recorded");
  expect(leaf).toMatchObject({ actor: "jp", channel: "web", work: WORK });
  expect(done?.body).toMatchObject({
    approval: {
      id: leaf?.approvalId,
      work: WORK,
      state: "approved",
      by: "jp",
      assurance: "A3",
      key: own.fingerprint,
      signed: ["jp"],
    },
    seq: leaf?.seq,
    next: `cto run ${WORK}`,
  });
  const [record, kept] = await Promise.all(
    ["record", "signature"].map((name) => world.store.document(leaf?.digests?.[name] ?? ("" as never))),
  );
  if (record === "absent" || kept === "absent" || record === undefined || kept === undefined)
    throw new Error("it is kept");
  const signers = readFileSync(path.join(ground.home, ".sot/authority/allowed_signers"), "utf8");
  expect(
    stockAccepts(ground.root, { signers, principal: "jp", namespace: NAMESPACE, message: record, signature: kept }),
  ).toBe(true);
  expect(JSON.parse(new TextDecoder().decode(record))).toMatchObject({
    predicate: {
      input: { surface: "web", entry: "pasted", terminator: "CRLF" },
      approver: { origin: originOf(served) },
    },
  });
  expect(codesOf(await send(draft.record, signature, paste))).toEqual([409, "approval/already-recorded"]);
  expect(codesOf(await send(draft.record, assertion(draft), paste))).toEqual([409, "approval/already-recorded"]);
  expect(await approvals()).toBe(1);
});

test("a packet that was approved is ticked only where it changed since, by who approved it", async () => {
  const read = async (): Promise<ApprovalSigning> =>
    (await getFrom(served, `/api/w/${WORK}/signing`)).body as unknown as ApprovalSigning;
  expect(await read()).toMatchObject({ reviewedFrom: signing.digests.packet, ticks: [] });
  await ground.edit(ground.packet, "- `test_strings.py`\n", "- `test_strings.py`\n- `src/other.py`\n");
  const { ticks, reviewedFrom, presentedSha256 } = await read();
  expect({ ticks, reviewedFrom }).toMatchObject({
    ticks: [{ id: "changed/allowedPaths/0", kind: "changed", class: "widens", after: "src/other.py" }],
    reviewedFrom: signing.digests.packet,
  });
  expect(codesOf(await draftWith({ ticks: [], presentedSha256 }))).toEqual([409, "approval/not-ticked"]);
  // The same row by its id, and another path in it than the one that was ticked.
  await ground.edit(ground.packet, "- `src/other.py`\n", "- `src/wider.py`\n");
  const ticked = { ticks: ticks.map(({ id }) => id), presentedSha256 };
  const { presentedSha256: now } = await read();
  const late = await draftWith(ticked);
  expect(codesOf(late)).toEqual([412, MOVED]);
  expect(late.body).toMatchObject({ refusals: [{ detail: { now, given: presentedSha256 } }] });
  expect(late.body).not.toHaveProperty("record");
  await ground.edit(ground.packet, "- `src/wider.py`\n", "- `src/other.py`\n");
  await ground.edit(ground.packet, "- `src/other.py`\n", "");
});

test("R051 what was asked before an approval was taken back approves nothing afterwards", async () => {
  const [first, second] = [await drafted({ ticks: [] }), await drafted({ ticks: [] })];
  const recorded = await send(first.record, assertion(first));
  const { id } = recorded.body["approval"] as { readonly id: string };
  expect(await postTo(served, `/api/approvals/${id}/withdraw`, { reason: "not this" })).toMatchObject({ status: 200 });
  expect(codesOf(await send(second.record, assertion(second)))).toEqual([409, "approval/withdrawn"]);
  draft = await drafted({ ticks: [], entry: "pasted" });
  expect(await send(draft.record, assertion(draft), { entry: "pasted" })).toMatchObject({ status: 201 });
});

test("the gate opens for what a passkey approved, the run's evidence verifies, and the signature comes too late for another", async () => {
  const ran = await runOnce(world, ground);
  expect(ran).toMatchObject({ ok: true, value: { ending: { kind: "awaiting_outcome" } } });
  console.log(JSON.stringify((await send(draft.record, assertion(draft), { entry: "pasted" })).body));
  const after = await send(draft.record, assertion(draft), { entry: "pasted" });
  expect(codesOf(after)).toEqual([412, MOVED, MOVED, "approval/consumed", "admission/head-moved", "approval/stale"]);
  const verdict = (await getFrom(served, "/api/r/R-049-01/verify")).body;
  expect(verdict).toMatchObject({ verdict: "PASS" });
  expect(JSON.stringify(verdict)).toContain(`jp, A3 by a passkey that ${originOf(served)} asked, ${own.fingerprint}`);
  expect(await approvals()).toBe(3);
});

test("a server that only reads knows nothing of signing", async () => {
  const reads = await servedOver(world, "read-only");
  try {
    expect(await getFrom(reads, `/api/w/${WORK}/signing`)).toMatchObject({ status: 404 });
    expect(await getFrom(reads, "/api/r/R-049-01/signing")).toMatchObject({ status: 404 });
    for (const address of [`/api/w/${WORK}/approval-draft`, "/api/approvals", "/api/r/R-049-01/outcome"])
      expect(await postTo(reads, address, {})).toMatchObject({ status: 405 });
  } finally {
    await reads.close();
  }
});
