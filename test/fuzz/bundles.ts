import type { BundleContent } from "../../src/workflow/evidence/verify/reading.ts";
import { readTar } from "../../src/workflow/evidence/verify/tar.ts";
import { sampleBundle } from "../fixtures/sample-bundle.ts";
import { tarOfFiles } from "../fixtures/tar.ts";
import type { Fuzzed, Judged } from "./fuzzed.ts";
import { mutated } from "./mutate.ts";
import type { Random } from "./random.ts";

const BUNDLE = sampleBundle();
const SEALED = BUNDLE.sealed();
const NAMES = [...SEALED.keys()];
const TAR = tarOfFiles(SEALED);
const WORDS = { words: ["PASS", "FAIL", "true", "false", "R-049-01", "jp", "harness", "verifier", "0", "1", ...NAMES] };
BUNDLE.world.remove();

/** A tar of a sealed bundle: one of its files changed, taken away, renamed or added, or the bytes of the archive itself. */
export const BUNDLES: Fuzzed = {
  kind: "bundles",
  share: 0.02,
  makeCase: (random) => (random.below(4) === 0 ? mutated([TAR], WORDS, random) : tarOfFiles(changedFiles(random))),
  judge: async (bytes): Promise<Judged> => {
    const { files, odd } = await readTar([bytes]);
    const { verdict } = await BUNDLE.verify(files, odd);
    return { isAccepted: verdict === "PASS", objections: verdict === "PASS" ? [...objectionsTo(files)] : [] };
  },
};

const changedFiles = (random: Random): ReadonlyMap<string, Uint8Array> => {
  const files = new Map(SEALED);
  const name = random.pick(NAMES);
  const bytes = SEALED.get(name) ?? new Uint8Array();
  switch (random.below(6)) {
    case 0:
      files.delete(name);
      break;
    case 1:
      files.set(`${name}${random.pick([".x", "/x", " ", "~"])}`, bytes);
      break;
    case 2:
      files.set(name, SEALED.get(random.pick(NAMES)) ?? bytes);
      break;
    default:
      files.set(name, mutated([bytes], WORDS, random));
  }
  return files;
};

/** Nothing but what was sealed, byte for byte, may pass: nobody else has the keys. */
function* objectionsTo(files: BundleContent): Iterable<string> {
  for (const [name, sealed] of SEALED) {
    const now = files.get(name);
    if (now === undefined) yield `${name} is not there`;
    else if (!(now instanceof Uint8Array) || !Buffer.from(sealed).equals(now)) yield `${name} is not what was sealed`;
  }
  for (const name of files.keys()) if (!SEALED.has(name)) yield `${name} was added`;
}
