import type { StageOrder } from "../../seams/sandbox.ts";
import { Failure } from "../../workflow/failure.ts";
import { planMounts, type MountPlan } from "../../workflow/workspace/mount-plan.ts";
import { baseEnvironment } from "./base-environment.ts";
import { innerArgs, LAST } from "./bubblewrap-args.ts";
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
  readonly identity: Identity;
  readonly control: ControlFolder;
  readonly host: HostPaths;
  readonly root: readonly RootPart[];
}

export const stageMounts = ({ order, identity, control, host, root }: StageParts): StageMounts => {
  const plan = planMounts(order.workspace.entries, order);
  if (plan.unmasked.length > 0)
    throw new Failure("sandbox/broken", `${plan.unmasked.length} forbidden paths are more than can be masked`);
  const chain: Chain = {
    identity,
    sources: [control.path, order.workspace.folder, ...host.paths],
    gathering: control.gathering,
    processesMax: order.limits.processesMax + CHAIN_PROCESSES,
  };
  const seenControl = seenSource(chain, control.path);
  const env = baseEnvironment(host.programs);
  const args = innerArgs({
    root,
    control: seenControl,
    workspace: seenSource(chain, order.workspace.folder),
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

/** The argument list of one start, its own variables added. */
export const argsOfStart = (mounts: StageMounts, env: Readonly<Record<string, string>>): readonly string[] => [
  ...mounts.args.slice(0, -LAST.length),
  ...Object.entries(env).flatMap(([name, value]) => ["--setenv", name, value]),
  ...LAST,
];

// bubblewrap's own, outside and inside, for a few processes of one stage side by side.
const CHAIN_PROCESSES = 32;
