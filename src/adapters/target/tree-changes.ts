import type { Oid } from "../../workflow/ids.ts";
import { git } from "./git.ts";
import { oidOf } from "./ledger-clone.ts";

/** One path that differs between two trees. Mode and blob are zeros where there is no such file. */
export interface TreeChange {
  readonly path: string;
  readonly oldMode: string;
  readonly newMode: string;
  readonly oldBlob: Oid;
  readonly newBlob: Oid;
}

/** What two trees or commits differ in, by git's plumbing, renames never guessed. */
export const treeChanges = async (gitDir: string, from: Oid, to: Oid): Promise<readonly TreeChange[]> => {
  const answer = await git(gitDir, ["diff-tree", "-r", "-z", "--raw", "--no-renames", "--abbrev=40", from, to]);
  const fields = new TextDecoder("utf-8", { fatal: true }).decode(answer.stdout).split("\0");
  const changes: TreeChange[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [oldMode = "", newMode = "", oldBlob = "", newBlob = ""] = (fields[at] ?? "").slice(1).split(" ");
    changes.push({ path: fields[at + 1] ?? "", oldMode, newMode, oldBlob: oidOf(oldBlob), newBlob: oidOf(newBlob) });
  }
  return changes;
};

/** Every object that comes in with `to` for one who has `from`. */
export const newObjects = async (gitDir: string, from: Oid, to: Oid): Promise<readonly Oid[]> =>
  linesOf(await git(gitDir, ["rev-list", "--objects", "--no-object-names", to, `^${from}`])).map(oidOf);

export const readBlob = async (gitDir: string, blob: Oid): Promise<Uint8Array> =>
  (await git(gitDir, ["cat-file", "blob", blob])).stdout;

export const linesOf = ({ text }: { readonly text: string }): readonly string[] => text.split("\n").filter(Boolean);
