import type { StageFiles } from "../../seams/sandbox.ts";
import { digestOf, type Digest } from "../../workflow/digest.ts";
import { Failure } from "../../workflow/failure.ts";
import { ManifestLimit, readFound, takeManifest } from "./manifest.ts";
import { pathName, shown } from "./path-name.ts";
import { agree, beneath, layersOf, namesOfLayers, type Layers } from "./upper-layer.ts";
import { boundsOf, countEntry, statOf, type Found } from "./walk.ts";

/**
 * Digest of a workspace; a `.git` in it is an entry like any other. Over a pristine checkout it is the digest of what
 * lies over it: equal digests of one stage mean equal trees.
 */
export const manifestOf = async ({ folder, journal }: StageFiles): Promise<Digest> => {
  try {
    return journal === undefined
      ? (await takeManifest(folder, { skip: () => false })).digest
      : await digestOfLayers(layersOf(folder, journal));
  } catch (cause) {
    if (cause instanceof ManifestLimit) throw new Failure("target/unreadable", cause.message, { cause });
    throw cause;
  }
};

const digestOfLayers = async (layers: Layers): Promise<Digest> => {
  const bounds = boundsOf(layers.merged);
  const found: Found[] = [];
  const untouched: string[] = [];
  let level: readonly Buffer[] = [Buffer.alloc(0)];
  for (let depth = 1; level.length > 0; depth += 1) {
    const further: Buffer[] = [];
    for (const folder of level) {
      for (const { raw, upper, isMerged } of namesOfLayers(layers, folder)) {
        const { path, utf8 } = pathName(raw);
        // By their names alone: an opaque folder or a whiteout takes one away.
        if (upper === "absent") untouched.push(raw.toString("latin1"));
        if (typeof upper === "string" && isMerged === (upper === "absent")) continue;
        if (!isMerged || upper === "absent" || upper === "whiteout") throw otherwise(path);
        countEntry(bounds, raw, path, depth);
        const absolute = beneath(layers.merged, raw);
        const stat = statOf(absolute, path);
        if (!agree(upper, stat)) throw otherwise(path);
        found.push({ raw, absolute, path, utf8, stat });
        if (stat.isDirectory()) further.push(raw);
      }
    }
    level = further;
  }
  const { digest } = await readFound(() => found, {});
  return digestOf(`${digest} ${digestOf(Buffer.from(untouched.join("\0"), "latin1"))}`);
};

const otherwise = (path: string): Failure =>
  new Failure("target/unreadable", `the overlay shows ${shown(path)} otherwise than its upper layer`);
