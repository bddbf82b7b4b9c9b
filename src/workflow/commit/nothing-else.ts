import type { ControlPlane } from "../admission/observation.ts";
import type { Oid, RunId } from "../ids.ts";
import { IDENTITY } from "./message.ts";

/** One entry of `.git` that is not as it was. */
export interface Move {
  readonly name: string;
  readonly kind: "appeared" | "changed" | "vanished";
  readonly before: string;
  readonly after: string;
}

/** The one way in which the Harness moves a branch; objects are those that come in with `to`. */
export interface BranchMove {
  readonly run: RunId;
  readonly branch: string;
  readonly from: Oid;
  readonly to: Oid;
  readonly epochSeconds: number;
  readonly objects: readonly Oid[];
}

/** Everything that differs between two snapshots of a control plane, by name. */
export const movesBetween = (before: ControlPlane, after: ControlPlane): readonly Move[] => {
  const then = new Map(before.entries.map(({ name, value }) => [name, value]));
  const now = new Map(after.entries.map(({ name, value }) => [name, value]));
  return [...new Set([...then.keys(), ...now.keys()])].sort().flatMap((name): Move[] => {
    const was = then.get(name);
    const is = now.get(name);
    if (was === is) return [];
    const kind = was === undefined ? "appeared" : is === undefined ? "vanished" : "changed";
    return [{ name, kind, before: was ?? "", after: is ?? "" }];
  });
};

/** One sentence for each entry of `.git` that moved, whatever it is. */
export const nothingMoved = (before: ControlPlane, after: ControlPlane): readonly string[] =>
  movesBetween(before, after).map(sentence);

/** One sentence for each entry of `.git` that moved and is no part of this one move of the branch, or moved wrongly. */
export const onlyTheBranchMoved = (before: ControlPlane, after: ControlPlane, move: BranchMove): readonly string[] => {
  const moves = movesBetween(before, after);
  const branchMoved = moves.some(({ name, after }) => name === branchEntry(move) && after === move.to);
  const stray = moves.filter((moved) => !isPartOf(move, moved)).map(sentence);
  return branchMoved ? stray : [`refs/heads/${move.branch} does not hold ${move.to}.`, ...stray];
};

/** The names of refs among the moves, each once. */
export const refsAmong = (moves: readonly Move[]): readonly string[] => [
  ...new Set(moves.flatMap(({ name }) => /^ref (.+) (?:loose|packed)$/s.exec(name)?.[1] ?? [])),
];

/** The line that this move leaves in the reflogs of the branch and of HEAD. */
export const reflogLine = ({ run, from, to, epochSeconds }: Omit<BranchMove, "branch" | "objects">): string =>
  `${from} ${to} ${IDENTITY.name} <${IDENTITY.email}> ${epochSeconds} +0000\tcto run ${run}`;

/** Names of the reflogs that grow by that line. */
export const reflogsOf = (branch: string): readonly string[] => ["logs/HEAD", `logs/refs/heads/${branch}`];

/** The entry of `.git` that a loose object is. */
export const looseObject = (oid: Oid): string => `object ${oid.slice(0, 2)}/${oid.slice(2)}`;

const branchEntry = ({ branch }: BranchMove): string => `ref refs/heads/${branch} loose`;

const sentence = ({ name, kind }: Move): string => `In .git, ${name} ${kind}.`;

const isPartOf = (move: BranchMove, moved: Move): boolean => {
  if (moved.kind === "vanished") return false;
  if (moved.name === branchEntry(move)) return moved.after === move.to && ["", move.from].includes(moved.before);
  // That the new index is exactly the new tree is for the look at the target to say.
  if (moved.name === "index") return moved.kind === "changed";
  if (reflogsOf(move.branch).some((log) => moved.name === `log ${log}`)) return grewByOneLine(move, moved);
  return moved.kind === "appeared" && move.objects.some((oid) => moved.name === looseObject(oid));
};

/** Values of reflogs are `bytes SP sha256 SP last line`. */
const grewByOneLine = (move: BranchMove, { before, after }: Move): boolean => {
  const line = reflogLine(move);
  const [was = "0"] = before.split(" ");
  const [is = "0", , ...last] = after.split(" ");
  return last.join(" ") === line && Number(is) === Number(was || "0") + line.length + 1;
};
