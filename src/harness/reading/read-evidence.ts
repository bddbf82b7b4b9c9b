import { digestOf, type Digest } from "../../workflow/digest.ts";
import { kindOfFile } from "../../workflow/evidence/bundle-table.ts";
import type { RunId } from "../../workflow/ids.ts";
import { readReport } from "../evidence/read-report.ts";
import { rememberedOf } from "../evidence/remembered.ts";
import type { EvidenceFile } from "../objects/evidence.ts";
import type { World } from "../world.ts";

/** Every plain file of a sealed bundle with the digest that its bytes have now, whatever was sealed. */
export const readEvidence = (world: World, run: RunId): Promise<readonly EvidenceFile[] | "not-sealed"> =>
  listed(world.archive, run, "", () => listNow(world, run));

const listed = rememberedOf<readonly EvidenceFile[] | "not-sealed">();

const listNow = async (world: World, run: RunId): Promise<readonly EvidenceFile[] | "not-sealed"> => {
  const bundle = await world.archive.open({ run });
  if (bundle === "absent") return "not-sealed";
  const report = readReport(bundle.files);
  const citedBy = (name: string): readonly string[] =>
    (report?.criteria ?? []).filter(({ cites }) => cites.some(({ file }) => file === name)).map(({ id }) => id);
  const held = [...bundle.files].map(([name, bytes]) => ({ name, size: bytes.length, sha256: digestOf(bytes) }));
  const large = [...bundle.digested].map(([name, { size, sha256 }]) => ({
    name,
    size,
    sha256: Buffer.from(sha256).toString("hex"),
  }));
  return [...held, ...large]
    .map((file) => {
      const { mediaType, trust, producer } = kindOfFile(file.name);
      return { ...file, mediaType, trust, producedBy: producer, citedBy: citedBy(file.name) };
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
};

/** A part of one file of a sealed bundle. */
export interface EvidencePart {
  readonly bytes: Uint8Array;
  /** Of the whole file. */
  readonly size: number;
  readonly sha256: Digest;
}

/** Bytes from `offset`, at most `length` of them. A file that is too large to be held, or no file, is "absent". */
export const readEvidencePart = async (
  world: World,
  run: RunId,
  { name, offset, length }: { readonly name: string; readonly offset: number; readonly length: number },
): Promise<EvidencePart | "absent"> => {
  const whole = await world.archive.read(run, name);
  if (whole === "absent") return "absent";
  return { bytes: whole.subarray(offset, offset + length), size: whole.length, sha256: digestOf(whole) };
};
