import { readAudit, type AuditView } from "../../harness/home/read-audit.ts";
import { REVOKED_PATH, SIGNERS_PATH } from "../../harness/home/read-facts.ts";
import { refusalObject } from "../../harness/objects/refusal-object.ts";
import { digestOf } from "../../workflow/digest.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { wordsOf } from "../../workflow/refusal.ts";
import { readTrustRoot } from "../../workflow/trust-root.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Answer } from "../answer.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { isBytes, readGiven } from "../given-file.ts";
import { short, table } from "../show.ts";
import { withWorld } from "../with-world.ts";

/** `cto audit verify`: chain, tree, signed head, and every root that a human signed or that lies in a sealed bundle. */
export const act: Act<{ readonly trust?: string }, []> = async (context, flags) => {
  const given =
    flags.trust === undefined ? undefined : await readGiven(context.cwd, flags.trust, LIMITS.signersBytesMax);
  if (given !== undefined && !isBytes(given)) return given;
  return withWorld(context, flags, "read", async (world) => {
    const own = await world.home.read(SIGNERS_PATH);
    const signers = given === undefined ? own : { path: "--trust", bytes: given, digest: digestOf(given) };
    const trust = readTrustRoot(signers, await world.home.read(REVOKED_PATH));
    if (!trust.ok) return { noun: "audit", exit: EXIT.refused, data: {}, text: "", refusals: trust.refusals };
    const from = given === undefined ? "this home's own allowed_signers" : "--trust";
    return answer(await readAudit(world, trust.value), `${short(trust.value.digest)}… from ${from}`);
  });
};

const NOT_ESTABLISHED = [
  "no outside witness: whoever holds the Harness key could rewrite what is newer than the last human record",
  "that no other copy of this ledger was shown to somebody else",
];

const answer = (view: AuditView, trust: string): Answer => {
  const { verdict, checkpoint, alarms, sealedBy, seals, unknownSigners, keys } = view;
  const newer = checkpoint.size - (sealedBy === "none" ? 0 : sealedBy.size);
  return {
    noun: "audit",
    exit: verdict === "PASS" ? EXIT.done : EXIT.unverified,
    data: {
      verdict,
      size: checkpoint.size,
      rootHash: checkpoint.rootHash,
      origin: checkpoint.origin,
      alarms: alarms.map(refusalObject),
      humanSeals: seals,
      sealedBy: sealedBy === "none" ? null : sealedBy,
      notYetSealed: newer,
      unknownSigners,
      trust,
      notEstablished: NOT_ESTABLISHED,
    },
    text: [
      `${verdict.padEnd(10)}${checkpoint.size} entries, root ${checkpoint.rootHash}   trust allowed_signers sha256 ${trust}`,
      ...(alarms.length === 0 ? [] : [alarmRows(view)]),
      ...new Set(alarms.map((alarm) => `next      ${visible(wordsOf(alarm).next)}`)),
      ...(keys === 0 ? ["not proven: no key of the trust file may sign checkpoints; cto keys make adds its line"] : []),
      sealedBy === "none"
        ? `not yet sealed by a human: all ${newer}`
        : `sealed by a human up to entry ${sealedBy.size}, by ${visible(sealedBy.what)}, ${seals} records in all`,
      ...(sealedBy === "none" || newer === 0 ? [] : [`not yet sealed by a human: ${newer}, the newest`]),
      ...(unknownSigners === 0 ? [] : [`signed by nobody whom the trust file knows: ${unknownSigners} human records`]),
      `not established: ${NOT_ESTABLISHED.join(" · ")}`,
    ].join("\n"),
  };
};

const alarmRows = ({ alarms }: AuditView): string =>
  table(alarms.map((alarm) => ["alarm   ", alarm.code, visible(wordsOf(alarm).says)]));
