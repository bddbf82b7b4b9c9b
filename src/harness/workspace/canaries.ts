import path from "node:path";

import type { CanaryGround, ConfinedStage } from "../../seams/sandbox.ts";
import type { Attempt, BackendProbe } from "../../workflow/backend/attempt.ts";
import { canonicalJson, digestOf } from "../../workflow/digest.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import type { CanaryPass } from "../../workflow/vocabulary.ts";
import type { PassedCanaries } from "../../workflow/workspace/canary.ts";
import { notHeld } from "../../workflow/workspace/judge-canaries.ts";
import type { Redactor } from "../backend/redactor.ts";
import { SIGNERS_PATH } from "../home/read-facts.ts";
import type { Recorder } from "../run/recorder.ts";
import type { World } from "../world.ts";

interface CanaryPlace {
  readonly stage: ConfinedStage;
  /** Its place among the sandboxes of its step. */
  readonly sandbox: number;
  readonly ground: CanaryGround;
}

/** One pass over a stage, in the log before anything follows from it (R067). */
export const passCanaries = async (
  { stage, sandbox, ground }: CanaryPlace,
  pass: CanaryPass,
  recorder: Pick<Recorder, "record" | "flush">,
  redactor: Pick<Redactor, "learn">,
): Promise<PassedCanaries> => {
  const { purpose, argsSha256 } = stage.description;
  const run = await stage.canaries(pass, ground);
  const token = await stage.plantedToken();
  if (token !== undefined) redactor.learn({ rule: "canary", value: token });
  const results = run === "not-run" ? [] : run;
  recorder.record({
    type: "sandbox.canary",
    subject: `canary/${pass}`,
    trust: "harness-observed",
    data: {
      pass,
      purpose,
      argsSha256,
      ...(run === "not-run" ? { run } : {}),
      results: Object.fromEntries(results.map(({ id, verdict }) => [id, verdict])),
      resultsSha256: digestOf(canonicalJson(results)),
    },
  });
  await recorder.flush();
  return { sandbox, purpose, argsSha256, pass, run };
};

/**
 * Why nothing that came out of these sandboxes may be relied on. Where something else has ended the agent, a stage that
 * does not stand any more is told only: nothing is claimed of it.
 */
export const confinementRefusals = (
  passes: readonly PassedCanaries[],
  without: "refused" | "told" = "refused",
): readonly Refusal[] =>
  passes.flatMap(({ purpose, pass, run }) => {
    const where = `${pass} the ${purpose === "agent" ? "agent" : "validation"}`;
    if (run === "not-run")
      return without === "told" && pass === "after"
        ? []
        : [refusal("workspace/canary-without-teeth", { canary: "every canary", where })];
    return notHeld(run).map(({ id, verdict }) =>
      verdict === "broken"
        ? refusal("workspace/canary-succeeded", { canary: id, where })
        : refusal("workspace/canary-without-teeth", { canary: id, where }),
    );
  });

/** Whether something may be started, and what came out of it be read. */
export const isConfined = (passes: readonly PassedCanaries[]): boolean => confinementRefusals(passes).length === 0;

/** Stands where a backend was not started, because its sandbox did not hold. */
export const neverBegun = (probe: BackendProbe): Attempt => ({
  stop: "cancelled",
  said: "",
  probe,
  requests: 0,
  refused: 0,
  unasked: 0,
  authorityClaims: [],
  protocolViolations: [],
});

/** What a stage of this run must not reach. Only what is the home's own must stand: not everybody has each key. */
export const canaryGround = (
  { home, ledgerFile, environment, ownKeys }: World,
  target: string,
  relayHolds: ((text: string) => boolean) | undefined,
): CanaryGround => {
  const person = environment["HOME"];
  const may = (name: string, place: string): CanaryGround["keys"][number] => ({ name, path: place, must: false });
  const sockets = SOCKETS.flatMap((name) => {
    const place = environment[name];
    return place === undefined || !path.isAbsolute(place) ? [] : [may(name, place)];
  });
  return {
    target,
    keys: [
      { name: path.basename(ledgerFile), path: ledgerFile, must: true },
      ...Object.entries(ownKeys.paths).map(([role, place]) => ({ name: `${role}.key`, path: place, must: true })),
      { name: "allowed_signers", path: path.join(home.folder, SIGNERS_PATH), must: true },
      ...(person === undefined ? [] : KEYS.map((name) => may(`~/${name}`, path.join(person, name)))),
      ...sockets,
    ],
    relaySaw: relayHolds === undefined ? undefined : (name) => recordedInTime(() => relayHolds(name)),
  };
};

// The relay answers before it records.
const recordedInTime = async (isRecorded: () => boolean): Promise<boolean> => {
  const until = performance.now() + LIMITS.relayRecordTimeoutMs;
  while (!isRecorded() && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  return isRecorded();
};

const LOOK_AGAIN_MS = 2;

const KEYS = [
  ".ssh",
  ".gnupg",
  ".aws",
  ".azure",
  ".kube",
  ".netrc",
  ".npmrc",
  ".git-credentials",
  ".config/gh",
  ".config/gcloud",
  ".docker/config.json",
] as const;

const SOCKETS = ["SSH_AUTH_SOCK"] as const;
