import { eventsOf } from "./events.ts";
import type { Reading } from "./reading.ts";
import { fail, notProven, pass, passUnless, type Check } from "./verdict.ts";

const ID = "commit";
const FILE = "repo/commit.raw";
const IDENTITY = /^CTO Harness <cto-harness@localhost> \d{1,12} [+-]\d{4}$/;
const SIGNATURE = /^gpgsig [^\n]+\n(?: [^\n]*\n)*$/;

/** Step 8, the commit: one parent, the Harness's identity and trailers, and the same in the log and the report (R098). */
export const checkCommit = (reading: Reading): readonly Check[] => {
  const { files, commit, base, report, events } = reading;
  if (!files.has(FILE)) return [pass(ID, "no commit was made")];
  if (commit === undefined) return [fail(ID, "evidence/patch-differs", "it does not read as a commit", FILE)];
  if (SIGNATURE.test(commit.more))
    return [notProven(ID, "it carries a signature that this verifier cannot judge", FILE)];
  const recorded = eventsOf(events, "commit.created").at(-1)?.data;
  const holds: readonly (readonly [boolean, string])[] = [
    [commit.parents.length === 1, `it has ${commit.parents.length} parents`],
    [commit.parents[0] === base?.id, "its parent is another"],
    [commit.more === "", "it has headers that the Harness does not write"],
    [!commit.message.includes("\0"), "bytes stand behind the end of its message"],
    [IDENTITY.test(commit.author) && commit.committer === commit.author, "it was not made by the Harness"],
    [recorded?.["commit"] === commit.id && recorded["tree"] === commit.tree, "the log tells of another commit"],
    [recorded?.["parent"] === base?.id, "the log tells of another parent"],
    [
      report?.commit?.id === commit.id && report.commit.tree === commit.tree && report.commit.base === base?.id,
      "the report tells of another commit",
    ],
    [hasTrailers(reading, commit.message), "its trailers name another work item, run, contract or approval"],
  ];
  const objections = holds.filter(([held]) => !held).map(([, says]) => fail(ID, "evidence/patch-differs", says, FILE));
  return passUnless(ID, objections, `${commit.id}, one parent, made by the Harness`);
};

const hasTrailers = ({ manifest, digest, records }: Reading, message: string): boolean => {
  const [approval] = records.approvals;
  const wanted = [
    `CTO-Work: ${manifest?.work ?? ""}`,
    `CTO-Run: ${manifest?.run ?? ""}`,
    `CTO-Contract-Digest: ${digest("approval/contract.json") ?? ""}`,
    `CTO-Approval-Digest: ${approval === undefined ? "" : (digest(approval.file) ?? "")}`,
  ];
  const lines = message.split("\n");
  return wanted.every(
    (line) => lines.filter((other) => other.startsWith(line.slice(0, line.indexOf(":") + 1))).join("\n") === line,
  );
};
