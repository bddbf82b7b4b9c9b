import type { Later, SignedRecord } from "../workflow/evidence/verify/later.ts";
import { LIMITS } from "../workflow/limits.ts";

/** The records among the files that somebody chose; the signature of each has its name and `.sig`. */
export const laterFrom = async (files: readonly File[]): Promise<Later> => {
  const later: { outcome?: SignedRecord; withdrawal?: SignedRecord } = {};
  for (const file of files) {
    if (file.name.endsWith(".sig")) continue;
    const beside = files.find(({ name }) => name === `${file.name}.sig`);
    const record = await beginning(file, LIMITS.outcomeRecordBytesMax);
    const signature = beside === undefined ? "absent" : await beginning(beside, LIMITS.signatureBytesMax);
    later[kindOf(record)] = { record, signature };
  }
  return later;
};

/** One byte more than may be, so that what is too large is seen to be. */
const beginning = async (file: File, bytesMax: number): Promise<Uint8Array> =>
  new Uint8Array(await file.slice(0, bytesMax + 1).arrayBuffer());

// Only under which check it is judged: what is neither fails as the outcome that it is taken for.
const kindOf = (record: Uint8Array): keyof Later =>
  new TextDecoder().decode(record).includes("urn:cto-harness:predicate:revocation:v1") ? "withdrawal" : "outcome";
