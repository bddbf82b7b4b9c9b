import { isPlain, matchesWhole } from "./wildcard.ts";

declare const brand: unique symbol;

/** A path inside the Target Repository: relative, normalized, `/`-separated. Only `targetPath` can make one. */
export type TargetPath = string & { readonly [brand]: "TargetPath" };

export interface PathPolicy {
  readonly allowed: readonly string[];
  readonly forbidden: readonly string[];
}

export type PathVerdict =
  | { readonly kind: "allowed"; readonly by: string }
  | { readonly kind: "forbidden"; readonly by: string }
  | { readonly kind: "out-of-scope" };

export const targetPath = (raw: string): TargetPath | undefined => {
  const isRelative = !raw.startsWith("/") && !raw.includes("\\") && !raw.includes("\0");
  const isNormal = raw.split("/").every((part) => part !== "" && part !== "." && part !== "..");
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place a TargetPath is made
  return isRelative && isNormal ? (raw as TargetPath) : undefined;
};

/** Forbidden wins over allowed, and silence is not consent: a path that no rule names is out of scope. */
export const judgePath = (policy: PathPolicy, path: TargetPath): PathVerdict => {
  const forbidden = policy.forbidden.find((rule) => forbids(rule, path));
  if (forbidden !== undefined) return { kind: "forbidden", by: forbidden };

  const allowed = policy.allowed.find((rule) => permits(rule, path));
  if (allowed !== undefined) return { kind: "allowed", by: allowed };

  return { kind: "out-of-scope" };
};

// The two readings differ on purpose: permission is narrow, prohibition is wide.

/** A permission is anchored at the root and exact to the byte: `test_strings.py` is not `src/test_strings.py`. */
export const permits = (rule: string, path: TargetPath): boolean => {
  if (rule.endsWith("/")) return isPlain(rule) ? path.startsWith(rule) : permits(`${rule}**`, path);
  if (isPlain(rule)) return path === rule;
  // A final `**` needs something beneath: `src/**` is no permission to replace `src` itself.
  return matchesWhole(rule.endsWith("**") ? [...rule.split("/"), "*"] : rule.split("/"), path.split("/"));
};

/**
 * A prohibition holds at every depth, for everything beneath, and for whatever some file system takes for the same
 * name: `.git/` is also the `.git` file of a worktree, `.GIT`, `git~1` and `.git` with a zero-width character.
 */
export const forbids = (rule: string, path: string): boolean =>
  prohibition([rule]).ruleFor(foldedSegments(path)) !== undefined;

/** Prohibitions, each folded once for all paths that are laid against them. */
export interface Prohibition {
  /** The first of them that forbids a path, whose segments are folded already. */
  ruleFor(folded: readonly string[]): string | undefined;
}

export const prohibition = (rules: readonly string[]): Prohibition => {
  const wanted = rules.flatMap((rule) => {
    const segments = foldedSegments(rule);
    return segments.length === 0 ? [] : [{ rule, anywhere: ["**", ...segments, "**"] }];
  });
  return {
    ruleFor: (folded) =>
      folded.length === 0 ? undefined : wanted.find(({ anywhere }) => matchesWhole(anywhere, folded))?.rule,
  };
};

/** The segments of a path or pattern without all that a file system may ignore: case, width, invisible characters. */
export const foldedSegments = (path: string): readonly string[] =>
  foldedText(path)
    .split(/[/\\]/)
    .filter((segment) => segment !== "" && segment !== ".")
    .map(foldedSegment);

/** How many segments a name has before it is folded: what judging it costs. */
export const segmentCount = (name: string): number => name.split(/[/\\]/).length;

const foldedText = (path: string): string =>
  /^[\x20-\x7e]*$/.test(path)
    ? path.toLowerCase()
    : path
        .normalize("NFKC")
        .replaceAll(/[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}]/gu, "")
        .toLowerCase()
        .normalize("NFKC");

// Trailing dots and spaces and `:stream` vanish on some systems; `git~1` is the short name of `.git` there.
const foldedSegment = (segment: string): string => {
  const name = segment.replace(/(?<=.):.*$/, "").replace(/(?<=[^. ])[. ]+$/, "");
  return /^git~\d+$/.test(name) ? ".git" : name;
};
