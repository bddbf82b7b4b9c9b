import type { ProvenSandbox } from "../schemas/confinement.ts";

/** Whether nothing leads out of a sandbox but its relay, and no host through that: by its arguments and those around it. */
export const isCutOff = ({ args, outer, hosts }: ProvenSandbox): boolean =>
  hosts === undefined &&
  (args.includes("--share-net")
    ? args.includes("--unshare-all") && outer !== undefined && hasNoNetwork(outer.args)
    : hasNoNetwork(args));

const hasNoNetwork = (args: readonly string[]): boolean =>
  ["--unshare-net", "--unshare-all"].some((arg) => args.includes(arg)) && !args.includes("--share-net");

/** Every folder of the host that the arguments bring in. */
export const sourcesIn = (args: readonly string[]): readonly string[] =>
  args.flatMap((arg, at) =>
    /^--(?:bind|ro-bind|dev-bind|bind-try|ro-bind-try|dev-bind-try|overlay-src)$/.test(arg) ? (args[at + 1] ?? []) : [],
  );
