import type { ConfinementProof, ProvenSandbox } from "../schemas/confinement.ts";
import { hex, utf8 } from "./bytes.ts";
import { claimRows, proofRows, type ProvenClaim } from "./check-claims.ts";
import { probeClaims, probeStatements } from "./check-probes.ts";
import { eventsOf, type EventData } from "./events.ts";
import type { Reading } from "./reading.ts";
import { isCutOff, sourcesIn } from "./sandbox-args.ts";
import { fail, type Check } from "./verdict.ts";

const ID = "confinement";
const FILE = "confinement-proof.json";

/** Step 9: the argument lists and probes are the ones that were digested and logged, and claim no more than they hold. */
export const checkConfinement = async (reading: Reading): Promise<readonly Check[]> => {
  const proof = reading.confinement;
  if (proof === undefined) return [fail(ID, "evidence/proof-contradicted", "it does not read as confinement/v1", FILE)];
  const claims = claimRows(ID, FILE, proof, [...claimsOf(proof), ...probeClaims(proof)]);
  return proofRows(
    ID,
    FILE,
    [...(await statements(reading, proof)), ...(await probeStatements(reading, proof))],
    claims,
    `level ${proof.level}, ${proof.sandboxes.length} sandboxes, claims ${proof.claims.join(", ") || "nothing"}`,
  );
};

const statements = async (
  reading: Reading,
  proof: ConfinementProof,
): Promise<readonly (readonly [boolean, string])[]> => {
  const { manifest, report, events, records } = reading;
  const started = eventsOf(events, "sandbox.started").map(({ data }) => data);
  const logged = new Set(started.map((data) => data["argsSha256"]));
  const sandboxes = await Promise.all(
    proof.sandboxes.map(async (sandbox): Promise<readonly (readonly [boolean, string])[]> => [
      [sandbox.argsSha256 === (await argsDigest(reading, sandbox.args)), "an argument list has another digest"],
      [logged.has(sandbox.argsSha256), "the log tells of no such sandbox"],
      [await isOuterTold(reading, sandbox, started), "the log tells of another sandbox around it"],
      [sandbox.confinement === proof.level, "a sandbox was of another level"],
      ...hostStatements(reading, sandbox, started),
    ]),
  );
  const purposes = new Set(proof.sandboxes.map(({ purpose }) => purpose));
  return [
    [proof.run === manifest?.run, "it is of another run"],
    [proof.level === report?.confinement.level, "the report tells another level"],
    [
      manifest?.reach === "gate" || proof.target === "unknown" || proof.target === records.admission?.path,
      "it speaks of another target",
    ],
    [
      proof.attempts.prevented + (proof.attempts.contained ?? 0) === report?.attempts.length,
      "the report tells another number of denied attempts",
    ],
    [
      manifest?.reach !== "commit" || (purposes.has("agent") && purposes.has("validation")),
      "a commit needs a sandbox for agent and validation",
    ],
    ...sandboxes.flat(),
  ];
};

/** An agent's sandbox had exactly the hosts of the contract, by its arguments and its variables; no other had any. */
const hostStatements = (
  { records }: Reading,
  sandbox: ProvenSandbox,
  started: readonly EventData["data"][],
): readonly (readonly [boolean, string])[] => {
  const granted = sandbox.purpose === "agent" ? (records.contract?.allowedHosts ?? []) : [];
  const rows = started.filter((data) => data["argsSha256"] === sandbox.argsSha256);
  const isOpen = [...sandbox.args, ...(sandbox.outer?.args ?? [])].some((arg) => TUNNELS.has(arg));
  const isNamed = sandbox.envNames.some((name) => /^https_proxy$/i.test(name));
  const told = [sandbox.hosts ?? [], ...rows.map((data) => data["hosts"] ?? [])];
  return [
    [
      told.every((hosts) => JSON.stringify(hosts) === JSON.stringify(granted)),
      "a sandbox had other hosts than the contract grants",
    ],
    [isOpen === granted.length > 0, "a sandbox had another way to hosts than the contract grants"],
    [isNamed === granted.length > 0, "a sandbox was told of another way to hosts than it had"],
  ];
};

// Where the socket for hosts stands in the sandbox around, and in the only one where there is none around it.
const TUNNELS: ReadonlySet<string> = new Set(["/connect.sock", "/run/cto/connect.sock"]);

const argsDigest = async ({ tools }: Reading, args: readonly string[]): Promise<string> =>
  hex(await tools.sha256(utf8(args.map((arg) => `${arg}\0`).join(""))));

const isOuterTold = async (
  reading: Reading,
  { outer, argsSha256 }: ProvenSandbox,
  started: readonly EventData["data"][],
): Promise<boolean> => {
  const rows = started.filter((data) => data["argsSha256"] === argsSha256);
  if (outer === undefined) return rows.every((data) => data["outerArgsSha256"] === undefined);
  const digest = await argsDigest(reading, outer.args);
  return (
    digest === outer.argsSha256 &&
    rows.some((data) => data["outerArgsSha256"] === digest && data["scriptSha256"] === outer.scriptSha256)
  );
};

const claimsOf = ({ sandboxes, target }: ConfinementProof): readonly ProvenClaim[] => {
  const every = (holds: (sandbox: ProvenSandbox) => boolean): boolean => sandboxes.length > 0 && sandboxes.every(holds);
  return [
    {
      claim: "no-network-but-relay",
      holds: every(isCutOff),
    },
    {
      claim: "target-not-mounted",
      holds:
        target !== "unknown" &&
        every(({ args, outer }) =>
          sourcesIn([...args, ...(outer?.args ?? [])]).every((source) => !overlaps(source, target)),
        ),
    },
    {
      claim: "memory-bounded-as-a-whole",
      holds: every(({ limits }) =>
        limits.some(
          ({ name, guard }) =>
            name === "memory-bytes" && guard.startsWith("cgroup ") && guard.endsWith(", socket buffers included"),
        ),
      ),
    },
    { claim: "processes-ended", holds: every(({ alive }) => alive === 0) },
  ];
};

const overlaps = (a: string, b: string): boolean => {
  const [left, right] = [a, b].map((path) => `${path.replace(/\/+$/, "")}/`);
  return left !== undefined && right !== undefined && (left.startsWith(right) || right.startsWith(left));
};
