import { digestOf, type Digest } from "../../workflow/digest.ts";
import { patchedFiles } from "../../workflow/evidence/patch-hunks.ts";
import type { Report } from "../../workflow/evidence/schemas/report.ts";
import type { RunId } from "../../workflow/ids.ts";
import { reportOf } from "../evidence/read-report.ts";
import type { DiffFile } from "../objects/diff.ts";
import type { World } from "../world.ts";

export interface RunDiff {
  readonly patch: Uint8Array | "none";
  readonly patchSha256: Digest | null;
  readonly files: readonly DiffFile[];
}

/** What a sealed run changed: its patch, or the judged paths of a run whose changes were thrown away. */
export const readDiff = async (world: World, run: RunId): Promise<RunDiff | "not-sealed"> => {
  const report = await reportOf(world, run);
  if (report === undefined) return "not-sealed";
  const patch = await world.archive.read(run, "patch.diff");
  if (patch === "absent")
    return { patch: "none", patchSha256: null, files: report.changes.map((row) => fileOf(row, NOTHING)) };
  const parts = factsOf(patch);
  const files = report.changes
    .filter(({ verdict }) => verdict === "allowed")
    .map((row) => fileOf(row, parts.get(row.path) ?? NOTHING));
  return { patch, patchSha256: digestOf(patch), files };
};

interface PatchPart {
  readonly added: number | null;
  readonly removed: number | null;
  readonly oldMode: string | null;
  readonly newMode: string | null;
  readonly binary: boolean;
}

const NOTHING: PatchPart = { added: null, removed: null, oldMode: null, newMode: null, binary: false };

const fileOf = ({ path, change, verdict }: Report["changes"][number], part: PatchPart): DiffFile => ({
  path,
  change,
  allowed: verdict === "allowed",
  verdict,
  ...part,
});

/** The lines of a patch that are about each file, by its path. */
export const partsOf = (patch: Uint8Array): ReadonlyMap<string, readonly string[]> => {
  const lines = new TextDecoder().decode(patch).split("\n");
  const files = patchedFiles(patch);
  return new Map(
    files.map(({ path, line }, at) => [path, lines.slice(line - 1, (files[at + 1]?.line ?? lines.length + 1) - 1)]),
  );
};

/** Counts and modes of each file. */
const factsOf = (patch: Uint8Array): ReadonlyMap<string, PatchPart> => {
  const binary = new Set(patchedFiles(patch).flatMap((file) => (file.binary ? [file.path] : [])));
  return new Map([...partsOf(patch)].map(([path, lines]) => [path, partIn(lines, binary.has(path))]));
};

const partIn = (lines: readonly string[], binary: boolean): PatchPart => {
  const body = lines.findIndex((line) => line.startsWith("@@ "));
  const head = body === -1 ? lines : lines.slice(0, body);
  const hunks = body === -1 ? [] : lines.slice(body);
  const mode = (...starts: readonly string[]): string | null =>
    starts.flatMap((start) =>
      head.flatMap((line) => (line.startsWith(start) ? [line.slice(start.length).trim()] : [])),
    )[0] ?? null;
  const kept = head.flatMap((line) => /^index [0-9a-f]+\.\.[0-9a-f]+ (\d{6})$/.exec(line)?.[1] ?? [])[0] ?? null;
  const of = (sign: string): number | null => (binary ? null : hunks.filter((line) => line.startsWith(sign)).length);
  return {
    added: of("+"),
    removed: of("-"),
    oldMode: mode("old mode ", "deleted file mode ") ?? kept,
    newMode: mode("new mode ", "new file mode ") ?? kept,
    binary,
  };
};
