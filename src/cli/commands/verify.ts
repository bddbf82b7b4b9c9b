import { stat } from "node:fs/promises";
import path from "node:path";

import { SIGNERS_PATH } from "../../harness/read-facts.ts";
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

/** `cto verify RUN|DIR`: a folder needs no home; a run of this home defaults to its own allowed_signers, and says so. */
export const act: Act<{ readonly trust?: string }, [string]> = async (context, flags, given) => {
  const { openFolder, verifyTools } = await context.openEvidence();
  const place = path.resolve(context.cwd, given);
  const isFolder = await stat(place).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const trustFile =
    flags.trust === undefined ? undefined : await readGiven(context.cwd, flags.trust, LIMITS.signersBytesMax);
  if (trustFile !== undefined && !(trustFile instanceof Uint8Array)) return trustFile;
  if (isFolder) {
    const bundle = await openFolder(place);
    const trust = trustFile === undefined ? "none" : { allowedSigners: trustFile };
    return answer(
      given,
      await verifyBundle(bundle.files, bundle.odd, trust, verifyTools),
      saysTrust(trustFile, "--trust"),
      flags.verbose,
    );
  }
  const run = parseRunId(given);
  if (run === undefined) return usageError(`${visible(given)} is neither a run id nor a folder`, "cto runs");
  const world = await context.openWorld(flags.home, "read");
  try {
    const bundle = await world.archive.open({ run });
    if (bundle === "absent") return usageError(`there is no sealed bundle of ${run}`, "cto runs");
    const own = await world.home.read(SIGNERS_PATH);
    const trust = trustFile ?? (own === "absent" ? undefined : own.bytes);
    const verdict = await verifyBundle(
      bundle.files,
      bundle.odd,
      trust === undefined ? "none" : { allowedSigners: trust },
      verifyTools,
    );
    return answer(
      run,
      verdict,
      saysTrust(trust, trustFile === undefined ? "this home's own allowed_signers" : "--trust"),
      flags.verbose,
    );
  } finally {
    await world.store.close();
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
