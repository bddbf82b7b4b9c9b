import { digestOf, type Digest } from "../workflow/digest.ts";
import type { Report } from "../workflow/evidence/schemas/report.ts";
import type { RunId } from "../workflow/ids.ts";
import { readReport } from "./read-report.ts";
import type { World } from "./world.ts";

/** One path that a run changed. Counts and modes are known only where there is a patch. */
export interface DiffFile {
  readonly path: string;
  readonly change: string;
  readonly allowed: boolean;
  readonly verdict: string;
  readonly added: number | null;
  readonly removed: number | null;
  readonly oldMode: string | null;
  readonly newMode: string | null;
  readonly binary: boolean;
}

export interface RunDiff {
  readonly patch: Uint8Array | "none";
  readonly patchSha256: Digest | null;
  readonly files: readonly DiffFile[];
}

/** What a sealed run changed: its patch, or the judged paths of a run whose changes were thrown away. */
export const readDiff = async (world: World, run: RunId): Promise<RunDiff | "not-sealed"> => {
  const bundle = await world.archive.open({ run });
  const report = bundle === "absent" ? undefined : readReport(bundle.files);
  if (bundle === "absent" || report === undefined) return "not-sealed";
  const patch = bundle.files.get("patch.diff");
  if (patch === undefined) return { patch: "none", patchSha256: null, files: report.changes.map((row) => fileOf(row, NOTHING)) };
  const told = partsOf(patch);
  const files = report.changes.filter(({ verdict }) => verdict === "allowed").map((row, at) => fileOf(row, told[at] ?? NOTHING));
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
