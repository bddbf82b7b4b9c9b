import type { CanaryId } from "../vocabulary.ts";
import type { RunRecord } from "./run-record.ts";
import type { ProvenProbe, ProvenSandbox } from "./schemas/confinement.ts";

/** What was tried in each sandbox before and after, a row for each of the fourteen. A pass that was not run has no rows. */
export const provenProbes = ({ canaries }: Pick<RunRecord, "canaries">): readonly ProvenProbe[] =>
  canaries.flatMap(({ sandbox, pass, run }) =>
    run === "not-run" ? [] : run.map((result): ProvenProbe => ({ sandbox, pass, ...result })),
  );

/** Whether each of these probes held in every sandbox, before and after. */
export const heldEverywhere = (
  probes: readonly ProvenProbe[],
  sandboxes: readonly ProvenSandbox[],
  ids: readonly CanaryId[],
): boolean =>
  sandboxes.length > 0 &&
  sandboxes.every((sandbox, at) =>
    ids.every((id) =>
      ["before", "after"].every((pass) => {
        const row = probes.find((one) => one.sandbox === at && one.pass === pass && one.id === id);
        return row?.verdict === "held" || (row?.verdict === "not-tried" && hasNone(sandbox, id));
      }),
    ),
  );

/** No place to write in, or no relay: then there is nothing to try. */
const hasNone = ({ args, writableParents }: ProvenSandbox, id: CanaryId): boolean => {
  if (id === "relay-deny") return !args.includes("--share-net") && !args.includes("/run/cto/relay.sock");
  return (id === "rename-pinned" || id === "allowed-works") && writableParents.length === 0;
};

/** What a thief of credentials would need: read a secret or a key, inherit one, or reach somebody who has one. */
export const CREDENTIAL_PROBES: readonly CanaryId[] = [
  "read-secret",
  "read-key",
  "environment",
  "descriptors",
  "network",
  "processes",
];

/** One sentence for report and show. */
export const probesSay = ({ canaries, sandboxes }: Pick<RunRecord, "canaries" | "sandboxes">): string => {
  if (canaries.length === 0) return "No canary was run.";
  const wrong = canaries.flatMap(({ purpose, pass, run }) => {
    const where = `${pass} the ${purpose}`;
    if (run === "not-run") return [`not run ${where}`];
    return run.flatMap(({ id, verdict }) =>
      verdict === "broken" || verdict === "no-teeth" ? [`${id} ${verdict} ${where}`] : [],
    );
  });
  if (wrong.length > 0) return `Canaries did not hold: ${wrong.join("; ")}.`;
  if (canaries.length !== 2 * sandboxes.length) return "Every canary that was run held; not every pass was run.";
  const ids = new Set(
    canaries
      .flatMap(({ run }) => (run === "not-run" ? [] : run))
      .flatMap(({ id, verdict }) => (verdict === "held" ? [id] : [])),
  );
  return `${ids.size} kinds of canaries held before and after, in each of ${sandboxes.length} sandboxes.`;
};
