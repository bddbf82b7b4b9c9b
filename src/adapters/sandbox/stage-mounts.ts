import type { StageOrder } from "../../seams/sandbox.ts";
import { Failure } from "../../workflow/failure.ts";
import { planMounts, type MountPlan } from "../../workflow/workspace/mount-plan.ts";
import { baseEnvironment } from "./base-environment.ts";
import { innerArgs } from "./bubblewrap-args.ts";
import type { ControlFolder } from "./control-folder.ts";
import type { HostPaths } from "./host-paths.ts";
import { seenSource, type Chain, type Identity } from "./launch-chain.ts";
import type { RootPart } from "./root-parts.ts";

/** The chain, the argument list and what they were made from: the same for every process of a stage. */
export interface StageMounts {
  readonly chain: Chain;
  readonly plan: MountPlan;
  readonly env: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}

export interface StageParts {
  readonly order: StageOrder;
  /** Where the Workspace lies. */
  readonly folder: string;
  readonly identity: Identity;
  readonly control: ControlFolder;
  readonly host: HostPaths;
  readonly root: readonly RootPart[];
}

export const stageMounts = ({ order, folder, identity, control, host, root }: StageParts): StageMounts => {
  const plan = planMounts(order.workspace.entries, order);
  if (plan.unmasked.length > 0)
    throw new Failure("sandbox/broken", `${plan.unmasked.length} forbidden paths are more than can be masked`);
  if (plan.mounts.length > MOUNTS_MAX)
    throw new Failure("sandbox/broken", `${plan.mounts.length} mounts are more than one sandbox can have`);
  const chain: Chain = {
    identity,
    sources: [control.path, folder, ...host.paths],
    gathering: control.gathering,
    processesMax: order.limits.processesMax + CHAIN_PROCESSES,
  };
  const seenControl = seenSource(chain, control.path);
  const env = baseEnvironment(host.programs);
  const args = innerArgs({
    root,
    control: seenControl,
    workspace: seenSource(chain, folder),
    laid: [
      ...host.paths.map((path) => ({ source: seenSource(chain, path), inside: path })),
      ...control.laid.map(({ host: from, inside }) => ({
        source: from.replace(control.path, () => seenControl),
        inside,
      })),
    ],
    mounts: plan.mounts,
    tmpBytesMax: order.limits.tmpBytesMax,
    env,
  });
  return { chain, plan, env, args };
};

/**
 * The command of one start with its own variables. They are set after the limits: in bubblewrap's environment a
 * preloaded library of the agent could keep prlimit from limiting anything.
 */
export const commandOf = (argv: readonly string[], env: Readonly<Record<string, string>>): readonly string[] => {
  const variables = Object.entries(env);
  if (
    variables.some(([name]) => !/^[A-Za-z_]\w*$/.test(name)) ||
    [...Object.values(env), ...argv].some((part) => part.includes("\0"))
  )
    throw new Failure("sandbox/broken", "a variable or argument cannot be handed over as it is");
  return ["/usr/bin/env", ...variables.map(([name, value]) => `${name}=${value}`), ...argv];
};

// bubblewrap takes 9,000 arguments; a mount is three of them.
const MOUNTS_MAX = 2900;

// bubblewrap's own, outside and inside, for a few processes of one stage side by side.
const CHAIN_PROCESSES = 32;
