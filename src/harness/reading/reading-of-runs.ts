import { readReplayPaths } from "../../workflow/evidence/control-surface.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { verifyFolder } from "../evidence/verify-folder.ts";
import { REVOKED_PATH, SIGNERS_PATH } from "../home/read-facts.ts";
import { runObject, runRowObject } from "../objects/run-object.ts";
import { readReplays } from "../replay/kept-replays.ts";
import type { World } from "../world.ts";
import { diffLines } from "./diff-parts.ts";
import { readDiff } from "./read-diff.ts";
import { readEvidence, readEvidencePart } from "./read-evidence.ts";
import { readLogLines } from "./read-log-lines.ts";
import { readRun } from "./read-run.ts";
import { readRuns } from "./read-runs.ts";
import { readSteps } from "./read-steps.ts";
import type { RunReading } from "./reading.ts";
import { found, missing, NOT_SEALED, sealed, seekRun } from "./sought.ts";

export const runReading = (world: World): RunReading => ({
  runs: async (filter) => {
    const { runs, total } = await readRuns(world, filter);
    return { runs: runs.map(runRowObject), total };
  },
  run: (given) =>
    seekRun(world, given, async (run) => {
      const detail = await readRun(world, run);
      return detail === "absent" ? { found: false, near: [] } : found(runObject(detail));
    }),
  events: (given, page) => seekRun(world, given, async (run) => found(await readSteps(world, run, page))),
  diff: (given) =>
    seekRun(world, given, async (run) => {
      const diff = await readDiff(world, run);
      if (diff === "not-sealed") return NOT_SEALED;
      const patch = diff.patch === "none" ? null : new TextDecoder().decode(diff.patch);
      return found({ patch, patchSha256: diff.patchSha256, files: diff.files });
    }),
  diffLines: (given, file) =>
    seekRun(world, given, async (run) => {
      const diff = await readDiff(world, run);
      if (diff === "not-sealed") return NOT_SEALED;
      const isThere = file === undefined || diff.files.some(({ path }) => path === file);
      return isThere
        ? found(diffLines(diff, file))
        : missing(
            file,
            diff.files.map(({ path }) => path),
          );
    }),
  log: (given, filter) => seekRun(world, given, async (run) => found(await readLogLines(world, run, filter))),
  evidence: (given) => seekRun(world, given, async (run) => sealed(await readEvidence(world, run))),
  artifact: (given, name, { offset, length }) =>
    seekRun(world, given, async (run) => {
      const part = await readEvidencePart(world, run, { name, offset, length });
      if (part !== "absent") return found(part);
      const files = await readEvidence(world, run);
      return missing(name, files === "not-sealed" ? [] : files.map((file) => file.name));
    }),
  verify: (given) =>
    seekRun(world, given, async (run) => {
      if (!(await world.archive.isSealed(run))) return NOT_SEALED;
      const [signers, revoked] = [await world.home.read(SIGNERS_PATH), await world.home.read(REVOKED_PATH)];
      return found(await verifyFolder(world, { run }, signers, revoked));
    }),
  replays: (given) => seekRun(world, given, async (run) => found(await readReplays(world, run))),
  replayPaths: (given) =>
    seekRun(world, given, async (run) => {
      const summary = await world.archive.peek(run, "bundle", "control-surface.json", LIMITS.bundleHeldFileBytesMax);
      const paths = summary === "absent" ? undefined : readReplayPaths(summary);
      return paths === undefined ? NOT_SEALED : found(paths);
    }),
});
