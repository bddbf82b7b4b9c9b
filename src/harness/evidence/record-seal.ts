import type { RunRow } from "../../seams/store.ts";
import { canonicalJson, digestOf, type Digest } from "../../workflow/digest.ts";
import { ATTESTATIONS, SEAL, SUMS } from "../../workflow/evidence/bundle-table.ts";
import type { Files } from "../../workflow/evidence/bundle.ts";
import { Failure } from "../../workflow/failure.ts";
import type { Ending } from "../run-workflow.ts";
import type { Recorder } from "../run/recorder.ts";
import type { World } from "../world.ts";

/**
 * The ledger learns of it once; after a crash behind that, the same bytes must have been drawn and signed again. Answers
 * the two files that show it: the record, and its proof as it was signed then.
 */
export const recordOnce = async (
  { store }: Pick<World, "store">,
  recorder: Pick<Recorder, "transact">,
  { row, ending, files }: { readonly row: RunRow; readonly ending: Ending; readonly files: Files },
): Promise<Files> => {
  const digests = sealedDigests(files);
  const [told] = await store.records({ runs: [row.run], types: ["run.sealed"], limit: 1 });
  if (told !== undefined) {
    const kept = (await store.seals(row.run)).find(({ revision }) => revision === 1);
    if (kept === undefined || canonicalJson(told.digests ?? {}) !== canonicalJson(digests))
      throw new Failure("evidence/unsealable", `The bundle of ${row.run} is not drawn again as it was recorded.`);
    return sealFiles(told.text, kept.proof);
  }
  const bytes = [...files.values()].reduce((sum, { length }) => sum + length, 0);
  // Under the fence: whoever was taken over records no seal.
  return recorder.transact(async (ledger) => {
    const { text, proof } = await ledger.appendLeaf({
      type: "run.sealed",
      actor: "harness",
      channel: "harness",
      work: row.work,
      run: row.run,
      digests,
      detail: { result: ending.kind },
    });
    await ledger.seal({ run: row.run, revision: 1, sums: digestOf(files.get(SUMS) ?? ""), bytes, proof });
    return sealFiles(text, proof);
  });
};

/** The run has ended, unless another one has taken it over meanwhile. */
export const recordEnd = (recorder: Pick<Recorder, "transact">, { run }: RunRow, { kind }: Ending): Promise<void> =>
  recorder.transact((ledger) => ledger.updateRun(run, { state: "ended", ending: kind }));

const sealFiles = (text: string, proof: string): Files => {
  const bytes = (content: string): Uint8Array => new TextEncoder().encode(content);
  return new Map([
    [SEAL.record, bytes(text)],
    [SEAL.proof, bytes(proof)],
  ]);
};

/** Every byte of the bundle is under one of these: SHA256SUMS holds the others' digests, no list holds an attestation's. */
export const sealedDigests = (files: Files): Readonly<Record<string, Digest>> => ({
  sums: digestOf(files.get(SUMS) ?? ""),
  ...Object.fromEntries(
    Object.entries(ATTESTATIONS).flatMap(([name, path]) => {
      const bytes = files.get(path);
      return bytes === undefined ? [] : [[name, digestOf(bytes)] as const];
    }),
  ),
});
