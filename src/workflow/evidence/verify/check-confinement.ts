import type { ConfinementProof, ProvenSandbox } from "../schemas/confinement.ts";
import { hex, utf8 } from "./bytes.ts";
import { claimRows, proofRows, type ProvenClaim } from "./check-claims.ts";
import { eventsOf } from "./events.ts";
import type { Reading } from "./reading.ts";
import { fail, type Check } from "./verdict.ts";

const ID = "confinement";
const FILE = "confinement-proof.json";

/** Step 9: the argument lists are the ones that were digested and logged, and claim no more than they hold. */
export const checkConfinement = (reading: Reading): readonly Check[] => {
  const proof = reading.confinement;
  if (proof === undefined) return [fail(ID, "evidence/proof-contradicted", "it does not read as confinement/v1", FILE)];
  const claims = claimRows(ID, FILE, proof, claimsOf(proof));
  return proofRows(
    ID,
    FILE,
    statements(reading, proof),
    claims,
    `level ${proof.level}, ${proof.sandboxes.length} sandboxes, claims ${proof.claims.join(", ") || "nothing"}`,
  );
};

const statements = (reading: Reading, proof: ConfinementProof): readonly (readonly [boolean, string])[] => {
  const { manifest, report, events, tools, records } = reading;
  const logged = new Set(eventsOf(events, "sandbox.started").map(({ data }) => data["argsSha256"]));
  const purposes = new Set(proof.sandboxes.map(({ purpose }) => purpose));
  return [
    [proof.run === manifest?.run, "it is of another run"],
    [proof.level === report?.confinement.level, "the report tells another level"],
    [
      manifest?.reach === "gate" || proof.target === "unknown" || proof.target === records.admission?.path,
      "it speaks of another target",
    ],
    [proof.attempts.prevented === report?.attempts.length, "the report tells another number of denied attempts"],
    [
      manifest?.reach !== "commit" || (purposes.has("agent") && purposes.has("validation")),
      "a commit needs a sandbox for agent and validation",
    ],
    ...proof.sandboxes.flatMap((sandbox): readonly (readonly [boolean, string])[] => [
      [
        sandbox.argsSha256 === hex(tools.sha256(utf8(sandbox.args.map((arg) => `${arg}\0`).join("")))),
        "an argument list has another digest",
      ],
      [logged.has(sandbox.argsSha256), "the log tells of no such sandbox"],
      [sandbox.confinement === proof.level, "a sandbox was of another level"],
    ]),
  ];
};

const claimsOf = ({ sandboxes, target }: ConfinementProof): readonly ProvenClaim[] => {
  const every = (holds: (sandbox: ProvenSandbox) => boolean): boolean => sandboxes.length > 0 && sandboxes.every(holds);
  return [
    {
      claim: "no-network-but-relay",
      holds: every(
        ({ args }) =>
          ["--unshare-net", "--unshare-all"].some((arg) => args.includes(arg)) && !args.includes("--share-net"),
      ),
    },
    {
      claim: "target-not-mounted",
      holds: target !== "unknown" && every(({ args }) => sourcesIn(args).every((source) => !overlaps(source, target))),
    },
    { claim: "processes-ended", holds: every(({ alive }) => alive === 0) },
  ];
};

const sourcesIn = (args: readonly string[]): readonly string[] =>
  args.flatMap((arg, at) =>
    /^--(?:bind|ro-bind|dev-bind|bind-try|ro-bind-try|dev-bind-try|overlay-src)$/.test(arg) ? (args[at + 1] ?? []) : [],
  );

const overlaps = (a: string, b: string): boolean => {
  const [left, right] = [a, b].map((path) => `${path.replace(/\/+$/, "")}/`);
  return left !== undefined && right !== undefined && (left.startsWith(right) || right.startsWith(left));
};
