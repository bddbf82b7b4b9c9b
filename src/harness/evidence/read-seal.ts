import type { OpenBundle } from "../../seams/archive.ts";
import type { SealRow } from "../../seams/store.ts";
import { canonicalJson, digestOf } from "../../workflow/digest.ts";
import { ATTESTATIONS, SEAL, SUMS } from "../../workflow/evidence/bundle-table.ts";
import type { RunId } from "../../workflow/ids.ts";
import type { LedgerRecord } from "../../workflow/ledger.ts";
import type { World } from "../world.ts";
import { sealedDigests } from "./record-seal.ts";
import { rememberedOf } from "./remembered.ts";

/**
 * Whether a sealed bundle is still what the ledger sealed, file by file: the listed files, what was signed over them, the
 * record of the seal, and nothing else. It is no verification: cto verify does more.
 */
export const sealHolds = async (world: World, run: RunId): Promise<boolean> => {
  const told = (await world.store.records({ runs: [run], types: ["run.sealed"] })).at(-1);
  const seal = (await world.store.seals(run)).at(-1);
  if (told === undefined || seal === undefined) return told === undefined && seal === undefined;
  return held(world.archive, run, canonicalJson([told.text, seal.proof]), () => isAsSealed(world, run, told, seal));
};

const held = rememberedOf<boolean>();

const isAsSealed = async (world: World, run: RunId, told: LedgerRecord, seal: SealRow): Promise<boolean> => {
  if (!(await isWholeWhereItIs(world, run))) return false;
  const bundle = await world.archive.open({ run });
  if (bundle === "absent" || bundle.odd.length > 0) return false;
  if (canonicalJson(sealedDigests(bundle.files)) !== canonicalJson(told.digests ?? {})) return false;
  const expected = new Map([
    ...listedIn(bundle.files.get(SUMS)),
    // A seal from before there were proofs lies in no file.
    ...(seal.proof === ""
      ? []
      : ([
          [SEAL.record, digestOf(told.text)],
          [SEAL.proof, digestOf(seal.proof)],
        ] as const)),
  ]);
  const found = digestsOf(bundle);
  return (
    [...expected].every(([name, digest]) => found.get(name) === digest) &&
    [...found.keys()].every((name) => expected.has(name) || SEALED_BY_DIGEST.has(name))
  );
};

/** What does not hold in a bucket is an answer here, and no failure. */
const isWholeWhereItIs = async ({ archive: { bucket } }: World, run: RunId): Promise<boolean> => {
  if (bucket === "none" || (await bucket.isHere(run))) return true;
  const checked = await bucket.check(run);
  return checked !== "absent" && checked.wrong.length === 0;
};

/** Held to the digests in the ledger's record. */
const SEALED_BY_DIGEST: ReadonlySet<string> = new Set([SUMS, ...Object.values(ATTESTATIONS)]);

const listedIn = (sums: Uint8Array | undefined): readonly (readonly [name: string, digest: string])[] =>
  new TextDecoder()
    .decode(sums)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [, digest = "", name = ""] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line) ?? [];
      return [name, digest];
    });

/** Of every file, also of those that are too large to hold. */
const digestsOf = ({ files, digested }: OpenBundle): ReadonlyMap<string, string> =>
  new Map([
    ...[...files].map(([name, bytes]) => [name, String(digestOf(bytes))] as const),
    ...[...digested].map(([name, { sha256 }]) => [name, Buffer.from(sha256).toString("hex")] as const),
  ]);
