import path from "node:path";

import { recordApproval } from "../../harness/approval/approve.ts";
import { approversBy, keyAt } from "../../harness/approval/approver.ts";
import { present, type Presented } from "../../harness/approval/present.ts";
import type { Recorded } from "../../harness/approval/record-approval.ts";
import type { World } from "../../harness/world.ts";
import { assuranceWords } from "../../workflow/approval/assurance.ts";
import { quorumOf } from "../../workflow/approval/quorum.ts";
import { contractDigest } from "../../workflow/contract/contract.ts";
import { digestWords, fours } from "../../workflow/digest-words.ts";
import type { WorkId } from "../../workflow/ids.ts";
import { LIMITS } from "../../workflow/limits.ts";
import type { Refusal } from "../../workflow/refusal.ts";
import type { Result } from "../../workflow/result.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Answer } from "../answer.ts";
import type { Act } from "../command.ts";
import type { CliContext, CommonFlags } from "../context.ts";
import { relative } from "../duration.ts";
import { EXIT } from "../exit-code.ts";
import { isBytes, readGiven } from "../given-file.ts";
import { pickWork } from "../pick-id.ts";
import { isAnswer } from "../pick.ts";
import { showRefusals } from "../show.ts";
import { usageError } from "../usage-error.ts";
import { withWorld } from "../with-world.ts";

interface Flags {
  readonly key?: string;
  readonly sentenceFile?: string;
  readonly expires?: number;
}

const SPARED = "No consent was recorded.";
const TRIES = 3;

/** `cto approve WORK-ID`: the whole contract, then the owner's exact words, then the owner's key. */
export const act: Act<Flags, [string]> = async (context, flags, given) => {
  if (flags.sentenceFile === undefined && context.ask === undefined)
    return usageError(
      "no terminal to type the sentence at: give it with --sentence-file F or -",
      `cto approve ${visible(given)} --sentence-file F --key KEY`,
    );
  return withWorld(context, flags, "write", async (world) => {
    const work = await pickWork(world, given);
    if (isAnswer(work)) return work;
    const shown = await present(world, work);
    if (!shown.ok) return refused(work, shown.refusals);
    const key = flags.key === undefined ? undefined : path.resolve(context.cwd, flags.key);
    tell(context, flags, world, shown.value);
    await tellOfKey(context, world, shown.value, key);
    const words = flags.sentenceFile === undefined ? "ask" : await wordsIn(context, flags.sentenceFile);
    if (words !== "ask" && !isBytes(words)) return words;
    const record = (bytes: Uint8Array, entry: "typed" | "file"): Promise<Result<Recorded, Refusal>> =>
      recordApproval(world, shown.value, {
        bytes,
        entry,
        key,
        expiresMs: flags.expires,
      });
    const recorded =
      words === "ask"
        ? await askThrice(context, shown.value, (bytes) => record(bytes, "typed"))
        : await record(words, "file");
    return recorded.ok ? answer(world, shown.value, recorded.value) : refused(work, recorded.refusals);
  });
};

/** Nobody approves blind: the very text whose digest the record will hold stands above the question (R052). */
const tell = (
  { process: { stderr } }: CliContext,
  { key }: Flags & CommonFlags,
  world: World,
  { text, admission, authority, contract, packet }: Presented,
): void => {
  const { head, branch } = admission.observation;
  const minimum = authority.riskClasses[contract.targetRepository.riskClassification]?.minimumAssurance ?? "A3";
  const { required, eligible, authorMayApprove } = quorumOf(authority, contract.owner);
  const isAlone = required === 1 && eligible.length === 1 && eligible.includes(packet.frontmatter.owner.value);
  const self = isAlone ? " · self-approved: author and approver are one" : "";
  const many =
    required === 1 && eligible.length === 1
      ? ""
      : ` · ${required} of ${eligible.map(visible).join(", ")}${authorMayApprove ? "" : ", not the author"}`;
  stderr.write(
    `${text}\n\ntarget ${visible(branch)}@${head.slice(0, 7)} clean · packet ${fours(packet.source.digest)}  ${digestWords(packet.source.digest)} · policy asks ${minimum} or better${many}${self}\n`,
  );
  if (key !== undefined) return;
  const level = world.operator.tty === null ? "A0" : "A1";
  stderr.write(`note      without --key this is ${level} at most: ${assuranceWords(level)}\n`);
};

// Before anything is typed: a key that is nobody's is found out now and not after the sentence.
const tellOfKey = async (
  { process: { stderr } }: CliContext,
  world: World,
  shown: Presented,
  given: string | undefined,
): Promise<void> => {
  if (given === undefined || approversBy(world, shown, await keyAt(world, given)).length > 0) return;
  const { eligible } = quorumOf(shown.authority, shown.contract.owner);
  stderr.write(
    `note      ${visible(given)} is no key of ${eligible.map(visible).join(" or ")} in allowed_signers: what it signs will be refused\n`,
  );
};

const wordsIn = async (context: CliContext, file: string): Promise<Uint8Array | Answer> =>
  file === "-" ? context.readInput() : readGiven(context.cwd, file, LIMITS.sentenceBytesMax);

// A slip of the fingers may be mended at once; each try is recorded, and an empty one ends it.
const askThrice = async (
  context: CliContext,
  { contract }: Presented,
  record: (bytes: Uint8Array) => Promise<Result<Recorded, Refusal>>,
): Promise<Result<Recorded, Refusal>> => {
  const ask = context.ask;
  if (ask === undefined) throw new TypeError("without a terminal nothing is asked");
  for (let left = TRIES; ; left -= 1) {
    const typed = await ask(`Type exactly: ${contract.requiredApproval}\n> `);
    const recorded = await record(new TextEncoder().encode(typed));
    if (recorded.ok || left === 1 || typed === "" || recorded.refusals[0].code !== "approval/not-exact")
      return recorded;
    context.process.stderr.write(`${showRefusals(recorded.refusals, undefined)}\n`);
  }
};

const refused = (work: WorkId, refusals: readonly Refusal[]): Answer => ({
  noun: "approval",
  exit: EXIT.refused,
  data: { work },
  text: "",
  refusals,
  spared: SPARED,
});

const answer = (world: World, shown: Presented, recorded: Recorded): Answer =>
  recorded.kind === "approved" ? approved(world, shown, recorded) : waits(world, shown, recorded);

const approved = (
  world: World,
  shown: Presented,
  { approval: { record, assurance, voices }, seq }: Recorded & { readonly kind: "approved" },
): Answer => {
  const { approvalId: id, workId: work, approver, target, validity, challenge, quorum } = record;
  const next = `cto gate ${work}, then cto run ${work}`;
  const expires = relative(validity.expiresAt, world.clock.now().epochMs);
  const signed = voices.map((voice) => voice.record.approver.principal);
  const counted = quorum.required === 1 ? "" : ` · signed by ${signed.map(visible).join(", ")}`;
  return {
    noun: "approval",
    exit: EXIT.done,
    data: {
      approval: {
        id,
        work,
        by: approver.principal,
        assurance,
        assuranceWords: assuranceWords(assurance),
        key: approver.keyFingerprint,
        digests: {
          packet: shown.packet.source.digest,
          contract: contractDigest(shown.contract),
          admission: shown.admission.digest,
          policy: shown.authority.digest,
          presented: record.input.presentedSha256,
        },
        head: target.headCommit,
        tree: target.headTree,
        expiresAt: validity.expiresAt,
        nonce: challenge.nonce,
        ...(quorum.required === 1 ? {} : { quorum: { required: quorum.required, signed } }),
      },
      seq,
      next,
    },
    text: `recorded  ${id} · ${assurance} · ${assuranceWords(assurance)}${counted} · expires ${expires} · single use · ledger ${seq}\nnext      ${next}`,
  };
};

/** One of several has signed: nothing is approved yet, and the next who may is named. */
const waits = (
  world: World,
  shown: Presented,
  { record, signed, seq }: Recorded & { readonly kind: "waits" },
): Answer => {
  const { approvalId: id, workId: work, approver, validity, quorum } = record;
  const open = quorum.eligible.filter((name) => !signed.includes(name));
  const next = `cto approve ${work} --key KEY, by ${open.map(visible).join(" or ")}`;
  const expires = relative(validity.expiresAt, world.clock.now().epochMs);
  return {
    noun: "approval",
    exit: EXIT.done,
    data: {
      approval: {
        id,
        work,
        state: "waits",
        by: approver.principal,
        key: approver.keyFingerprint,
        digests: { packet: shown.packet.source.digest, contract: contractDigest(shown.contract) },
        expiresAt: validity.expiresAt,
        quorum: { required: quorum.required, signed },
      },
      seq,
      next,
    },
    text: `signed    ${id} · ${signed.length} of ${quorum.required} · ${signed.map(visible).join(", ")} · not approved yet · expires ${expires} · ledger ${seq}\nnext      ${next}`,
  };
};
