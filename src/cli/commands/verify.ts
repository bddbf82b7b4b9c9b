import { stat } from "node:fs/promises";
import path from "node:path";

import { REVOKED_PATH, SIGNERS_PATH } from "../../harness/read-facts.ts";
import { contentOf } from "../../harness/verify-folder.ts";
import type { OpenBundle } from "../../seams/archive.ts";
import { digestOf } from "../../workflow/digest.ts";
import type { Verdict } from "../../workflow/evidence/verify/verdict.ts";
import { verifyBundle } from "../../workflow/evidence/verify/verify.ts";
import { parseRunId } from "../../workflow/ids.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Answer } from "../answer.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { readGiven } from "../given-file.ts";
import { table } from "../show.ts";
import { usageError } from "../usage-error.ts";

/** `cto verify RUN|DIR|TAR`: folder and tar need no home; a run of this home defaults to its own allowed_signers, and says so. */
export const act: Act<{ readonly trust?: string; readonly revoked?: string }, [string]> = async (
  context,
  flags,
  given,
) => {
  const trustFile =
    flags.trust === undefined ? undefined : await readGiven(context.cwd, flags.trust, LIMITS.signersBytesMax);
  if (trustFile !== undefined && !(trustFile instanceof Uint8Array)) return trustFile;
  const revokedFile =
    flags.revoked === undefined ? undefined : await readGiven(context.cwd, flags.revoked, LIMITS.signersBytesMax);
  if (revokedFile !== undefined && !(revokedFile instanceof Uint8Array)) return revokedFile;
  const evidence = await context.openEvidence();
  const verified = async (
    what: string,
    bundle: OpenBundle,
    trust: Uint8Array | undefined,
    from: string,
    revoked: Uint8Array | undefined = revokedFile,
  ): Promise<Answer> => {
    const root =
      trust === undefined
        ? "none"
        : { allowedSigners: trust, ...(revoked === undefined ? {} : { revokedKeys: revoked }) };
    const verdict = await verifyBundle(contentOf(bundle), bundle.odd, root, evidence.verifyTools);
    return answer(what, verdict, saysTrust(trust, from), flags.verbose);
  };
  const place = path.resolve(context.cwd, given);
  const kind = await kindOf(place);
  if (kind === "folder") return verified(given, await evidence.openFolder(place), trustFile, "--trust");
  if (kind === "file") return verified(given, await evidence.openTar(place), trustFile, "--trust");
  const run = parseRunId(given);
  if (run === undefined) return usageError(`${visible(given)} is neither a run id nor a folder or tar`, "cto runs");
  const world = await context.openWorld(flags.home, "read");
  try {
    const bundle = await world.archive.open({ run });
    if (bundle === "absent") return usageError(`there is no sealed bundle of ${run}`, "cto runs");
    if (trustFile !== undefined) return await verified(run, bundle, trustFile, "--trust");
    const own = await world.home.read(SIGNERS_PATH);
    const list = await world.home.read(REVOKED_PATH);
    const revoked = revokedFile ?? (list === "absent" ? undefined : list.bytes);
    const signers = own === "absent" ? undefined : own.bytes;
    return await verified(run, bundle, signers, "this home's own allowed_signers", revoked);
  } finally {
    await world.store.close();
  }
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
