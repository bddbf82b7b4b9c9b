import { z } from "zod";

import { approvalSigning, draftOnPage, recordOfPage } from "../harness/approval/page-approval.ts";
import { openWorkGround } from "../harness/home/work-ground.ts";
import { draftDecision, outcomeSigning, recordDecision } from "../harness/outcome/page-outcome.ts";
import { knownWorks } from "../harness/reading/read-works.ts";
import type { World } from "../harness/world.ts";
import type { RunId, WorkId } from "../workflow/ids.ts";
import { LIMITS } from "../workflow/limits.ts";
import { refusal, type Refusal } from "../workflow/refusal.ts";
import type { Result } from "../workflow/result.ts";
import type { Api } from "./api.ts";
import { object, type ObjectReply, type Refused, type Reply, type Route } from "./reply.ts";
import { nothing, runNamed, runsOf, writeRoute, type OpenToWrite, type WriteRoute } from "./write-route.ts";

/**
 * Approving and deciding (surface.md 4.2, 4.5). A draft is drawn here and signed elsewhere: by a passkey that the browser
 * asks, or by the person's own ssh-keygen. Whatever comes back is drawn and judged again.
 */
export const SIGNING_ROUTES: readonly WriteRoute[] = [
  writeRoute("/api/w/:name/approval-draft", approvalDraftForm(), (world, name, said) =>
    ofWork(world, name, async (work) => created(await draftOnPage(world, work, said))),
  ),
  writeRoute("/api/approvals", approvalForm(), async (world, _, given) => {
    const posted = await recordOfPage(world, given);
    if (posted.kind === "recorded") return { kind: "object", value: posted.value, status: 201 };
    const [first, ...more] = posted.moved.map((one) => refusal("surface/digest-moved", { ...one }));
    const refusals = first === undefined ? posted.refusals : ([first, ...more, ...posted.refusals] as const);
    return { kind: "refused", refusals, near: [] };
  }),
  writeRoute("/api/r/:name/outcome-draft", decisionForm(), (world, name, said) =>
    ofRun(world, name, async (run) => created(await draftDecision(world, run, said))),
  ),
  writeRoute("/api/r/:name/outcome", outcomeForm(), (world, name, given) =>
    ofRun(world, name, async (run) => created(await recordDecision(world, run, given))),
  ),
];

/** What a page shows before it asks anybody to sign. */
export const signingPages = (open: OpenToWrite): readonly Route[] => [
  page("/api/w/:name/signing", open, (world, name) =>
    ofWork(world, name, async (work) => read(await approvalSigning(world, work))),
  ),
  page("/api/r/:name/signing", open, (world, name) =>
    ofRun(world, name, async (run) => read(await outcomeSigning(world, run))),
  ),
];

const page = <Path extends keyof Api>(
  path: Path,
  open: OpenToWrite,
  answer: (world: World, name: string) => Promise<Reply<Api[Path]>>,
): Route => ({
  path,
  query: [],
  answer: async ({ name }) => {
    const world = await open();
    try {
      return await answer(world, name);
    } finally {
      await world.store.close();
    }
  },
});

const ofWork = async <T extends object>(
  world: World,
  name: string,
  act: (work: WorkId) => Promise<ObjectReply<T> | Refused>,
): Promise<ObjectReply<T> | Refused> => {
  const known = knownWorks(await openWorkGround(world));
  const work = known.find((id) => id === name);
  return work === undefined ? nothing("work item", name, known) : act(work);
};

const ofRun = async <T extends object>(
  world: World,
  name: string,
  act: (run: RunId) => Promise<ObjectReply<T> | Refused>,
): Promise<ObjectReply<T> | Refused> => {
  const run = await runNamed(world, name);
  return run === undefined ? nothing("run", name, await runsOf(world)) : act(run);
};

const created = <T extends object>(done: Result<T, Refusal>): ObjectReply<T> | Refused =>
  done.ok ? { kind: "object", value: done.value, status: 201 } : { kind: "refused", refusals: done.refusals, near: [] };

const read = <T extends object>(done: Result<T, Refusal>): ObjectReply<T> | Refused =>
  done.ok ? object(done.value) : { kind: "refused", refusals: done.refusals, near: [] };

function approvalDraftForm() {
  return z.strictObject({
    sentence: z.string().max(LIMITS.sentenceBytesMax),
    entry: z.enum(["typed", "pasted"]),
    presentedSha256: z.string().regex(/^[0-9a-f]{64}$/),
    key: fingerprint(),
    ticks: z.array(id()).max(LIMITS.surfaceTicksMax),
    expiresMs: z.int().positive().exactOptional(),
  });
}

function approvalForm() {
  return z.strictObject({ record: record(), signature: signature(), entry: z.enum(["typed", "pasted"]) });
}

function decisionForm() {
  const key = fingerprint();
  return z.discriminatedUnion("outcome", [
    z.strictObject({
      outcome: z.literal("accepted"),
      sentence: z.string().max(LIMITS.sentenceBytesMax),
      key,
      ticks: ticks(),
    }),
    z.strictObject({ outcome: z.literal("rejected"), reason: z.string().max(LIMITS.surfaceReasonCharactersMax), key }),
  ]);
}

function outcomeForm() {
  return z.strictObject({ record: record(), signature: signature(), ticks: ticks() });
}

function ticks() {
  const note = z.string().max(LIMITS.surfaceReasonCharactersMax).exactOptional();
  return z.array(z.strictObject({ id: id(), note })).max(LIMITS.surfaceTicksMax);
}

function signature() {
  const part = z.string().regex(/^[A-Za-z0-9_-]{1,8192}$/);
  return z.union([
    z.string().min(1).max(LIMITS.signatureBytesMax),
    z.strictObject({ clientDataJSON: part, authenticatorData: part, signature: part }),
  ]);
}

function record() {
  return z.string().min(1).max(LIMITS.approvalRecordBytesMax);
}

function id() {
  return z.string().min(1).max(LIMITS.surfaceNameCharactersMax);
}

function fingerprint() {
  return z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/);
}
