import { stat } from "node:fs/promises";
import path from "node:path";

import { laterRecords } from "../../harness/evidence/later-records.ts";
import { contentOf } from "../../harness/evidence/verify-folder.ts";
import { REVOKED_PATH, SIGNERS_PATH } from "../../harness/home/read-facts.ts";
import type { OpenBundle } from "../../seams/archive.ts";
import type { Assurance } from "../../workflow/authority.ts";
import { digestOf } from "../../workflow/digest.ts";
import type { Later, SignedRecord } from "../../workflow/evidence/verify/later.ts";
import type { VerifyTools } from "../../workflow/evidence/verify/tools.ts";
import type { Verdict } from "../../workflow/evidence/verify/verdict.ts";
import { verifyBundle } from "../../workflow/evidence/verify/verify.ts";
import { parseRunId } from "../../workflow/ids.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Answer } from "../answer.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { isBytes, readGiven } from "../given-file.ts";
import { table } from "../show.ts";
import { usageError } from "../usage-error.ts";

interface Given {
  readonly trust?: string;
  readonly revoked?: string;
  readonly minimum?: Assurance;
  readonly outcome?: string;
  readonly withdrawal?: string;
}

/** `cto verify RUN|DIR|TAR`: folder and tar need no home; a run of this home defaults to its own allowed_signers, and says so. */
export const act: Act<Given, [string]> = async (context, flags, given) => {
  const trustFile =
    flags.trust === undefined ? undefined : await readGiven(context.cwd, flags.trust, LIMITS.signersBytesMax);
  if (trustFile !== undefined && !(trustFile instanceof Uint8Array)) return trustFile;
  const revokedFile =
    flags.revoked === undefined ? undefined : await readGiven(context.cwd, flags.revoked, LIMITS.signersBytesMax);
  if (revokedFile !== undefined && !(revokedFile instanceof Uint8Array)) return revokedFile;
  const later = await laterGiven(context.cwd, flags);
  if ("exit" in later) return later;
  const evidence = await context.openEvidence();
  const place = path.resolve(context.cwd, given);
  const kind = await kindOf(place);
  const asked = {
    trust: trustFile,
    from: "--trust",
    revoked: revokedFile,
    minimum: flags.minimum ?? DEFAULT_MINIMUM,
    later,
  };
  const judged = (what: string, bundle: OpenBundle, on: Asked): Promise<Answer> =>
    judge({ what, bundle, tools: evidence.verifyTools, isVerbose: flags.verbose }, on);
  if (kind === "folder") return judged(given, await evidence.openFolder(place), asked);
  if (kind === "file") return judged(given, await evidence.openTar(place), asked);
  const run = parseRunId(given);
  if (run === undefined) return usageError(`${visible(given)} is neither a run id nor a folder or tar`, "cto runs");
  const world = await context.openWorld(flags.home, "read");
  try {
    const bundle = await world.archive.open({ run });
    if (bundle === "absent") return usageError(`there is no sealed bundle of ${run}`, "cto runs");
    const beside = { ...(await laterRecords(world, run)), ...later };
    if (trustFile !== undefined) return await judged(run, bundle, { ...asked, later: beside });
    const own = await world.home.read(SIGNERS_PATH);
    const list = await world.home.read(REVOKED_PATH);
    return await judged(run, bundle, {
      ...asked,
      trust: own === "absent" ? undefined : own.bytes,
      from: "this home's own allowed_signers",
      revoked: revokedFile ?? (list === "absent" ? undefined : list.bytes),
      later: beside,
    });
  } finally {
    await world.store.close();
  }
};

/** What reached the reader beside the bundle. */
interface Asked {
  readonly trust: Uint8Array | undefined;
  /** Where the trust comes from. */
  readonly from: string;
  readonly revoked: Uint8Array | undefined;
  readonly minimum: Assurance;
  readonly later: Later;
}

/** A human's signature. */
const DEFAULT_MINIMUM: Assurance = "A2";

interface Judged {
  readonly what: string;
  readonly bundle: OpenBundle;
  readonly tools: VerifyTools;
  readonly isVerbose: boolean;
}

const judge = async (
  { what, bundle, tools, isVerbose }: Judged,
  { trust, from, revoked, minimum, later }: Asked,
): Promise<Answer> => {
  const root =
    trust === undefined
      ? "none"
      : {
          allowedSigners: trust,
          minimumAssurance: minimum,
          ...(revoked === undefined ? {} : { revokedKeys: revoked }),
        };
  const verdict = await verifyBundle(contentOf(bundle), bundle.odd, root, tools, later);
  // Of what is no bundle at all every check fails: one row says as much as twenty.
  if (!bundle.files.has("bundle.json") && bundle.odd.length === 0 && !isVerbose) return noBundle(what, verdict);
  return answer(what, verdict, saysTrust(trust, from), isVerbose);
};

const noBundle = (what: string, { verdict, checks, notClaimed }: Verdict): Answer => ({
  noun: "verify",
  exit: EXIT.unverified,
  data: { verdict, checks, trust: "not asked", notClaimed },
  text: [
    `${verdict.padEnd(10)}  ${visible(what)} is no bundle of a run: it has no bundle.json`,
    "next        name a run, its folder .cto/runs/RUN or a tar of it; -v shows every check all the same",
  ].join("\n"),
});

/** The records that the command line names, each with the signature beside it; what is too large is cut and fails as such. */
const laterGiven = async (cwd: string, { outcome, withdrawal }: Given): Promise<Later | Answer> => {
  const later: { outcome?: SignedRecord; withdrawal?: SignedRecord } = {};
  for (const [kind, file] of [["outcome", outcome] as const, ["withdrawal", withdrawal] as const]) {
    if (file === undefined) continue;
    const record = await readGiven(cwd, file, LIMITS.outcomeRecordBytesMax);
    if (!isBytes(record)) return record;
    const signature = await readGiven(cwd, `${file}.sig`, LIMITS.signatureBytesMax);
    later[kind] = { record, signature: isBytes(signature) ? signature : "absent" };
  }
  return later;
};

const kindOf = async (place: string): Promise<"folder" | "file" | "other"> => {
  try {
    const found = await stat(place);
    if (found.isDirectory()) return "folder";
    return found.isFile() ? "file" : "other";
  } catch {
    return "other";
  }
};

const saysTrust = (trust: Uint8Array | undefined, from: string): string =>
  trust === undefined ? "no trust given" : `trust allowed_signers sha256 ${digestOf(trust).slice(0, 8)}… from ${from}`;

const answer = (what: string, { verdict, checks, notClaimed }: Verdict, trust: string, isVerbose: boolean): Answer => {
  const of = (word: string): number => checks.filter((check) => check.verdict === word).length;
  const counts = `${of("PASS")} of ${checks.length} checks pass, ${of("FAIL")} fail, ${of("NOT-PROVEN")} not proven`;
  const shown = isVerbose ? checks : checks.filter((check) => check.verdict !== "PASS");
  const rows = shown.map(({ verdict: word, id, says, file }) => [
    word.toLowerCase(),
    id,
    visible(file === undefined ? says : `${file}: ${says}`),
  ]);
  return {
    noun: "verify",
    exit: verdict === "PASS" ? EXIT.done : EXIT.unverified,
    data: { verdict, checks, trust, notClaimed },
    text: [
      `${verdict.padEnd(10)}  ${visible(what)}   ${counts}   ${trust}`,
      ...(rows.length === 0 ? [] : [table(rows)]),
      ...notClaimed.map((says) => `not claimed  ${visible(says)}`),
    ].join("\n"),
  };
};
