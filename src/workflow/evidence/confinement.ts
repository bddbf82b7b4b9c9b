import { canonicalJson, digestOf } from "../digest.ts";
import { CANARIES } from "../vocabulary.ts";
import { CREDENTIAL_PROBES, heldEverywhere, provenProbes } from "./proven-probes.ts";
import type { RunRecord, SandboxFacts } from "./run-record.ts";
import type { ConfinementProof, ProvenSandbox } from "./schemas/confinement.ts";

/** confinement-proof.json: what each sandbox was given, and what was refused inside by trying. */
export const confinementProof = (record: RunRecord): ConfinementProof => {
  const facts = factsOf(record);
  const claims = CLAIMS.filter(({ holds }) => holds(facts)).map(({ claim }) => claim);
  return {
    ...facts,
    claims,
    notClaimed: [
      ...CLAIMS.map(({ claim }) => claim).filter((claim) => !claims.includes(claim)),
      ...unseen(facts),
      ...NEVER,
    ],
  };
};

/** No sandbox had a network by its arguments, nor a host to reach through the relay. */
export const isNetworkDenied = (sandboxes: readonly Pick<ProvenSandbox, "args" | "outer" | "hosts">[]): boolean =>
  sandboxes.length > 0 && sandboxes.every((one) => one.hosts === undefined && hasOnlyRelay(one));

type Facts = Omit<ConfinementProof, "claims" | "notClaimed">;

const factsOf = (record: RunRecord): Facts => ({
  schema: "cto/confinement/v1",
  run: record.run,
  level: record.confinement,
  host: { kernel: record.host.kernel, tools: record.tools },
  target: record.before === "unknown" ? "unknown" : record.before.realPath,
  sandboxes: record.sandboxes.map(provenSandbox),
  probes: provenProbes(record),
  attempts: {
    prevented: record.attempts.filter((one) => one.class === "prevented").length,
    contained: record.attempts.filter((one) => one.class === "contained").length,
    sequences: record.attempts.flatMap(({ event }) => (event === "unknown" ? [] : [event])),
  },
});

const provenSandbox = ({ pins, ...given }: SandboxFacts): ProvenSandbox => ({
  ...given,
  pins: { count: pins.length, sha256: digestOf(canonicalJson(pins)) },
});

interface Claim {
  readonly claim: string;
  readonly holds: (facts: Facts) => boolean;
}

const CLAIMS: readonly Claim[] = [
  {
    claim: "no-network-but-relay",
    holds: ({ sandboxes }) => isNetworkDenied(sandboxes),
  },
  {
    claim: "target-not-mounted",
    holds: ({ sandboxes, target }) =>
      target !== "unknown" &&
      every(
        sandboxes,
        ({ args, outer }) => !sourcesIn([...args, ...(outer?.args ?? [])]).some((source) => reaches(source, target)),
      ),
  },
  {
    claim: "probes-held-before-and-after",
    holds: ({ probes, sandboxes }) => heldEverywhere(probes, sandboxes, CANARIES),
  },
  {
    claim: "no-credentials-in-reach",
    holds: ({ probes, sandboxes }) => heldEverywhere(probes, sandboxes, CREDENTIAL_PROBES),
  },
  {
    claim: "signing-key-not-readable",
    holds: ({ probes, sandboxes }) => heldEverywhere(probes, sandboxes, ["read-key"]),
  },
  { claim: "memory-bounded-as-a-whole", holds: ({ sandboxes }) => every(sandboxes, hasBoundedMemory) },
  { claim: "processes-ended", holds: ({ sandboxes }) => every(sandboxes, ({ alive }) => alive === 0) },
];

const every = (sandboxes: readonly ProvenSandbox[], holds: (one: ProvenSandbox) => boolean): boolean =>
  sandboxes.length > 0 && sandboxes.every(holds);

// A sandbox has a network of its own, or the one of the sandbox around it: in both there is nothing but the relay.
const hasOnlyRelay = ({ args, outer }: Pick<ProvenSandbox, "args" | "outer">): boolean =>
  args.includes("--share-net")
    ? outer !== undefined && args.includes("--unshare-all") && hasNoNetwork(outer.args)
    : hasNoNetwork(args);

// A watchdog looks now and then, and at what processes have; a group of the kernel may count no sockets.
const hasBoundedMemory = ({ limits }: ProvenSandbox): boolean =>
  limits.some(({ name, guard }) => name === "memory-bytes" && /^cgroup .*, socket buffers included$/.test(guard));

const hasNoNetwork = (args: readonly string[]): boolean =>
  (args.includes("--unshare-net") || args.includes("--unshare-all")) && !args.includes("--share-net");

// A folder above the target would bring it in as well.
const reaches = (source: string, target: string): boolean =>
  source === target ||
  source.startsWith(`${target}/`) ||
  target.startsWith(source.endsWith("/") ? source : `${source}/`);

/** The folders of the host that the arguments bring in. */
const sourcesIn = (args: readonly string[]): readonly string[] =>
  args.filter((_, at) => /^--(?:(?:ro-|dev-)?bind(?:-try)?|overlay-src)$/.test(args[at - 1] ?? ""));

const unseen = ({ sandboxes }: Facts): readonly string[] =>
  [...new Set(sandboxes.flatMap(({ hosts = [] }) => hosts))].map((host) => `nothing sent to or got from ${host}`);

const NEVER: readonly string[] = [
  "no kernel escape",
  "nothing hidden in allowed model traffic",
  "probes not listed here",
];
