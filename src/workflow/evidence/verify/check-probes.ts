import { CANARIES, CANARY_PASSES } from "../../vocabulary.ts";
import type { ConfinementProof, ProvenProbe, ProvenSandbox } from "../schemas/confinement.ts";
import { hex, utf8 } from "./bytes.ts";
import { canonical } from "./canonical.ts";
import type { ProvenClaim } from "./check-claims.ts";
import { eventsOf, type EventData } from "./events.ts";
import type { Reading } from "./reading.ts";

type Statement = readonly [holds: boolean, says: string];

const CREDENTIALS = ["read-secret", "read-key", "environment", "descriptors", "network", "processes"] as const;

/** Each probe follows from what it tells, each pass is one that the log tells of, and no commit stands beside a broken one. */
export const probeStatements = async (reading: Reading, proof: ConfinementProof): Promise<readonly Statement[]> => {
  const { events, manifest } = reading;
  const logged = eventsOf(events, "sandbox.canary").map(({ data }) => data);
  const passes = await Promise.all(passesOf(proof).map((rows) => isLogged(reading, proof, rows, logged)));
  return [
    ...proof.probes.map((probe): Statement => [
      follows(probe),
      `the verdict on ${probe.id} does not follow from its answers`,
    ]),
    ...passes.map((told): Statement => [told, "the log tells other probes"]),
    [
      proof.probes.every(({ sandbox }) => proof.sandboxes[sandbox] !== undefined),
      "a probe was made in a sandbox that there was not",
    ],
    [
      manifest?.reach !== "commit" ||
        proof.probes.every(({ verdict }) => verdict === "held" || verdict === "not-tried"),
      "a commit stands beside a probe that did not hold",
    ],
    [
      manifest?.reach !== "commit" || logged.length === 0 || proof.probes.length > 0,
      "the log tells of probes, and it shows none",
    ],
  ];
};

/** What the probes carry: nothing where one is missing, was not tried without a reason, or did not hold. */
export const probeClaims = ({ probes, sandboxes }: ConfinementProof): readonly ProvenClaim[] => {
  const held = (ids: readonly string[]): boolean =>
    sandboxes.length > 0 &&
    sandboxes.every((sandbox, at) =>
      ids.every((id) =>
        CANARY_PASSES.every((pass) => {
          const rows = probes.filter((row) => row.sandbox === at && row.pass === pass && row.id === id);
          return rows.length === 1 && rows.every(({ verdict }) => verdict === "held" || isAbsent(sandbox, id, verdict));
        }),
      ),
    );
  return [
    { claim: "probes-held-before-and-after", holds: held(CANARIES) },
    { claim: "no-credentials-in-reach", holds: held(CREDENTIALS) },
    { claim: "signing-key-not-readable", holds: held(["read-key"]) },
  ];
};

const isAbsent = ({ args, writableParents }: ProvenSandbox, id: string, verdict: string): boolean => {
  if (verdict !== "not-tried") return false;
  if (id === "relay-deny") return !args.includes("--share-net") && !args.includes("/run/cto/relay.sock");
  return (id === "rename-pinned" || id === "allowed-works") && writableParents.length === 0;
};

const follows = ({ verdict, control, expected, actual }: ProvenProbe): boolean => {
  const tries = Object.keys(expected);
  if (tries.sort().join("\n") !== Object.keys(actual).sort().join("\n")) return false;
  if (tries.length === 0) return verdict === "not-tried";
  const isHeld =
    Object.values(control).every((word) => word === "works") &&
    Object.keys(control).length > 0 &&
    tries.every((name) => (expected[name] ?? []).includes(actual[name] ?? "no answer"));
  return isHeld === (verdict === "held") && verdict !== "not-tried";
};

const passesOf = ({ probes }: ConfinementProof): readonly (readonly ProvenProbe[])[] => [
  ...Map.groupBy(probes, ({ sandbox, pass }) => `${sandbox} ${pass}`).values(),
];

const isLogged = async (
  { tools }: Reading,
  { sandboxes }: ConfinementProof,
  rows: readonly ProvenProbe[],
  logged: readonly EventData["data"][],
): Promise<boolean> => {
  const [first] = rows;
  if (first === undefined) return false;
  const told = rows.map(({ id, verdict, control, expected, actual }) => ({ id, verdict, control, expected, actual }));
  const digest = hex(await tools.sha256(utf8(canonical(told))));
  const { argsSha256 } = sandboxes[first.sandbox] ?? {};
  return logged.some(
    (data) => data["pass"] === first.pass && data["argsSha256"] === argsSha256 && data["resultsSha256"] === digest,
  );
};
