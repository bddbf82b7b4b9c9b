import type { StageOrder } from "../../seams/sandbox.ts";
import { Failure } from "../../workflow/failure.ts";
import { planMounts, type MountPlan } from "../../workflow/workspace/mount-plan.ts";
import type { Checkout } from "../../workflow/workspace/workspace.ts";
import { baseEnvironment, PROXY_ENVIRONMENT } from "./base-environment.ts";
import { innerArgs } from "./bubblewrap-args.ts";
import type { ControlFolder } from "./control-folder.ts";
import { checkOuterPath, type HostPaths } from "./host-paths.ts";
import { seenSource, type Chain, type Identity } from "./launch-chain.ts";
import { outerArgs } from "./outer-args.ts";
import type { RootPart } from "./root-parts.ts";
import { OUTER, WITHIN } from "./stage-script.ts";

/** The chain, the argument list and what they were made from: the same for every process of a stage. */
export interface StageMounts {
  readonly chain: Chain;
  readonly plan: MountPlan;
  readonly env: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  /** The arguments of the sandbox around it, at level A. */
  readonly outer: readonly string[] | undefined;
}

export interface StageParts {
  readonly order: StageOrder;
  readonly checkout: Checkout;
  readonly identity: Identity;
  readonly control: ControlFolder;
  readonly host: HostPaths;
  readonly root: readonly RootPart[];
}

export const stageMounts = (parts: StageParts): StageMounts => {
  const { order } = parts;
  const plan = planMounts(order.workspace.entries, order);
  if (plan.unmasked.length > 0)
    throw new Failure("sandbox/broken", `${plan.unmasked.length} forbidden paths are more than can be masked`);
  if (plan.mounts.length > MOUNTS_MAX)
    throw new Failure("sandbox/broken", `${plan.mounts.length} mounts are more than one sandbox can have`);
  const env = { ...baseEnvironment(parts.host.programs), ...(order.tunnel === undefined ? {} : PROXY_ENVIRONMENT) };
  return { plan, env, ...(order.confinement === "A" ? fullStage(parts, plan, env) : oneSandbox(parts, plan, env)) };
};

type Laid = Omit<StageMounts, "plan" | "env">;

// Inside the outer sandbox everything stands at the same place on every machine; only it knows the host's paths.
const fullStage = (parts: StageParts, plan: MountPlan, env: StageMounts["env"]): Laid => {
  const { order, checkout, control, host, root } = parts;
  for (const path of host.paths) checkOuterPath(path, ["/stage", ...Object.values(OUTER)]);
  const over = checkout.over === "nothing" ? undefined : checkout.over.folder;
  const { ledger } = order.workspace;
  const lists = [[control.path, checkout.folder, ledger], over ?? [], socketsOf(order), host.paths].flat();
  const chain = chainOf(parts, lists);
  const seen = (path: string): string => seenSource(chain, path);
  return {
    chain,
    args: innerArgs({
      root,
      control: OUTER.control,
      workspace: OUTER.workspace,
      network: order.relay === undefined ? "none" : "outer",
      laid: [
        ...host.paths.map((path) => ({ source: path, inside: path })),
        ...control.laid.map((file) => ({ ...file, source: within(control, file.host, OUTER.control) })),
      ],
      mounts: plan.mounts,
      tmpBytesMax: order.limits.tmpBytesMax,
      env,
    }),
    outer: outerArgs({
      root,
      control: seen(control.path),
      base: seen(checkout.folder),
      ledger: seen(ledger),
      over: over === undefined ? undefined : seen(over),
      relay: order.relay === undefined ? undefined : seen(order.relay),
      tunnel: order.tunnel === undefined ? undefined : seen(order.tunnel),
      laid: host.paths.map((path) => ({ source: seen(path), inside: path })),
    }),
  };
};

const oneSandbox = (parts: StageParts, plan: MountPlan, env: StageMounts["env"]): Laid => {
  const { order, checkout, control, host, root } = parts;
  const chain = chainOf(parts, [control.path, checkout.folder, ...socketsOf(order), ...host.paths]);
  const seen = (path: string): string => seenSource(chain, path);
  const args = innerArgs({
    root,
    control: seen(control.path),
    workspace: seen(checkout.folder),
    network: "none",
    laid: [
      ...host.paths.map((path) => ({ source: seen(path), inside: path })),
      ...(order.relay === undefined ? [] : [{ source: seen(order.relay), inside: WITHIN.relay }]),
      ...(order.tunnel === undefined ? [] : [{ source: seen(order.tunnel), inside: WITHIN.tunnel }]),
      ...control.laid.map((file) => ({ ...file, source: within(control, file.host, seen(control.path)) })),
    ],
    mounts: plan.mounts,
    tmpBytesMax: order.limits.tmpBytesMax,
    env,
  });
  return { chain, args, outer: undefined };
};

const socketsOf = ({ relay, tunnel }: StageOrder): readonly string[] =>
  [relay, tunnel].filter((socket) => socket !== undefined);

const chainOf = ({ identity, control, order }: StageParts, sources: readonly string[]): Chain => ({
  identity,
  sources: [...new Set(sources)],
  gathering: control.gathering,
  processesMax: order.limits.processesMax + CHAIN_PROCESSES,
});

const within = (control: ControlFolder, path: string, seen: string): string =>
  `${seen}${path.slice(control.path.length)}`;

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

// bubblewrap's own, outside and inside, for a few processes of one stage side by side, and those of the relay.
const CHAIN_PROCESSES = 128;
