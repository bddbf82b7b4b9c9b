import { appendFile, readFile } from "node:fs/promises";
import path from "node:path";

import { expect, test } from "vitest";

import { makeKey } from "../../src/adapters/keys/make-key.ts";
import type { ApprovalSigning, DraftObject } from "../../src/harness/objects/signing.ts";
import { passkey } from "../fixtures/ssh.ts";
import { admit, approveBy, makeGround, POLICY } from "../journeys/ground.ts";
import { enrol, getFrom, originOf, postTo, servedOver } from "./posting.ts";
import { WORK } from "./surface.ts";

test("a round that was begun at the command line is completed by a passkey on a page, and by nobody twice", async () => {
  const ground = await makeGround();
  const [ana, bobs] = [path.join(ground.root, "ana"), passkey()];
  await makeKey(ana, "ana");
  const [type, base64 = ""] = (await readFile(`${ana}.pub`, "utf8")).split(" ");
  const signers = path.join(ground.home, ".sot/authority/allowed_signers");
  await appendFile(signers, `ana namespaces="approval@cto-harness" ${type} ${base64.trim()}\n`);
  await enrol(ground, "bob", bobs);
  const quorum = "approval:\n  quorum: 2\n  eligible: [jp, ana, bob]\napprovalExpiryMs:";
  await ground.edit(POLICY, "approvalExpiryMs:", quorum);
  const world = await ground.open();
  await admit(world, ground);
  const served = await servedOver(world, () => ground.open({}));
  try {
    expect(await approveBy(world, ground, undefined, ana)).toEqual([]);
    const shown = (await getFrom(served, `/api/w/${WORK}/signing`)).body as unknown as ApprovalSigning;
    expect(shown.quorum).toEqual({ required: 2, eligible: ["jp", "ana", "bob"], signed: ["ana"] });
    expect(shown.signers.map(({ principal }) => principal)).toEqual(["jp", "bob"]);
    // A mark is of the user of this machine, and says of none of the three that he looked.
    const marked = await postTo(served, `/api/w/${WORK}/reviewed`, { packetSha256: shown.digests["packet"] });
    expect(marked.status).toBe(200);
    const afterwards = (await getFrom(served, `/api/w/${WORK}/signing`)).body as unknown as ApprovalSigning;
    expect([afterwards.reviewedFrom, afterwards.ticks]).toEqual([null, shown.ticks]);
    const drafted = await postTo(served, `/api/w/${WORK}/approval-draft`, {
      sentence: shown.sentence,
      entry: "typed",
      presentedSha256: shown.presentedSha256,
      key: bobs.fingerprint,
      ticks: shown.ticks.map(({ id }) => id),
    });
    const { record, passkey: asked } = drafted.body as unknown as DraftObject;
    const parts = bobs.assert(Buffer.from(asked?.challenge ?? "", "base64url"), { origin: originOf(served) });
    const signature = Object.fromEntries(
      Object.entries(parts).map(([name, part]) => [name, part.toString("base64url")]),
    );
    const post = { record, signature, entry: "typed" };
    expect(await postTo(served, "/api/approvals", post)).toMatchObject({
      status: 201,
      body: { approval: { state: "approved", by: "bob", assurance: "A3", signed: ["ana", "bob"], required: 2 } },
    });
    expect(await postTo(served, "/api/approvals", post)).toMatchObject({ status: 409 });
    const types = (await world.store.leaves(0)).map(({ type: kind }) => kind);
    expect(types.filter((kind) => /^approval\.(?:joined|recorded)$/.test(kind))).toEqual([
      "approval.joined",
      "approval.recorded",
    ]);
  } finally {
    await served.close();
    await world.store.close();
    await ground.close();
  }
});
