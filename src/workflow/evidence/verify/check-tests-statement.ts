import { z } from "zod";

import { ATTESTATIONS } from "../bundle-table.ts";
import { readAttestation } from "./attestation.ts";
import { hex, utf8 } from "./bytes.ts";
import type { Reading } from "./reading.ts";
import type { Statement } from "./sigstore.ts";
import { fail, pass, type Check } from "./verdict.ts";

const ID = "tests-statement";

/** Step 10: what the Harness signed of the tests is what the log tells of the run that decided. */
export const checkTestsStatement = async (reading: Reading): Promise<readonly Check[]> => {
  const entry = reading.manifest?.signatures.find(({ path }) => path === ATTESTATIONS.tests);
  if (entry === undefined) return [pass(ID, "no validation was run")];
  const read = await readAttestation(reading, ID, entry);
  if ("id" in read) return [read];
  const objections = (await objectionsTo(reading, read.statement)).map((says) =>
    fail(ID, "evidence/binding-differs", says, entry.path),
  );
  if (objections.length > 0) return objections;
  return "by" in read.key ? [pass(ID, `${read.fingerprint}, over the tree and test.log`)] : [read.key];
};

const objectionsTo = async (
  { tests, digest, tools }: Reading,
  { subject, predicateType, predicate }: Statement,
): Promise<readonly string[]> => {
  const read = testResultSchema.safeParse(predicate);
  if (predicateType !== "https://in-toto.io/attestation/test-result/v0.1" || !read.success)
    return ["it does not read as a test result"];
  const { result, configuration } = read.data;
  const [decided] = tests ?? [];
  if (decided === undefined) return ["test.log tells of no run"];
  const { on, tree, exitCode, argv, limit, manifestBefore, manifestAfter, programSha256 } = decided;
  const hasPassed = on === "candidate" && exitCode === 0 && limit === null && manifestBefore === manifestAfter;
  const told = configuration.map(({ name, digest: sums }) => `${name} ${sums.sha256}`);
  const wanted = [
    `command ${hex(await tools.sha256(utf8(JSON.stringify(argv))))}`,
    `program ${programSha256 ?? ""}`,
    `test.log ${digest("test.log") ?? ""}`,
  ];
  return [
    ...(JSON.stringify(subject) === JSON.stringify([{ name: "tree", digest: { gitTree: tree } }])
      ? []
      : ["it is over another tree than the log's"]),
    ...(result === (hasPassed ? "PASSED" : "FAILED") ? [] : ["it tells of another result than the log"]),
    ...(told.join("\n") === wanted.join("\n") ? [] : ["it tells of another command, program or log"]),
  ];
};

const testResultSchema = z.strictObject({
  result: z.enum(["PASSED", "WARNED", "FAILED"]),
  configuration: z.array(
    z.strictObject({
      name: z.string(),
      digest: z.strictObject({ sha256: z.string() }),
      annotations: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
});
