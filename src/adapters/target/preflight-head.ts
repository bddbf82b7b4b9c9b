import { parseOid, type Oid } from "../../workflow/ids.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { shown } from "./path-name.ts";
import { refValue, type Ref } from "./refs.ts";

export interface Head {
  readonly branch: string;
  readonly commit: Oid;
}

export interface HeadSeen {
  readonly head?: Head;
  readonly refusals: readonly Refusal[];
}

/** HEAD stands on a branch that has a commit of its own, and no object is replaced by another. */
export const lookAtRefs = (refs: readonly Ref[]): HeadSeen => {
  const replaced = refs.filter(({ name }) => name.startsWith("refs/replace/"));
  const [first] = replaced;
  const replacing =
    first === undefined
      ? []
      : [refusal("admission/replace-refs", { count: replaced.length, found: shown(first.name) })];
  const { head, refusals } = headOf(refs);
  return { ...(head === undefined ? {} : { head }), refusals: [...replacing, ...refusals] };
};

const headOf = (refs: readonly Ref[]): HeadSeen => {
  const value = refValue(refs, "HEAD") ?? "absent";
  const name = /^ref: refs\/heads\/(\S+)$/.exec(value)?.[1];
  const detached = (found: string): HeadSeen => ({
    refusals: [refusal("admission/detached", { found: shown(found) })],
  });
  if (name === undefined) return detached(`HEAD is ${value}`);
  const tip = refValue(refs, `refs/heads/${name}`);
  if (tip === undefined) return { refusals: [refusal("admission/no-commit", { branch: shown(name) })] };
  const commit = parseOid(tip);
  return commit === undefined
    ? detached(`refs/heads/${name} is ${tip}`)
    : { head: { branch: name, commit }, refusals: [] };
};
