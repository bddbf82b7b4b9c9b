/** Read again from the rules of requirements.md R088, apart from the code that judged: permission narrow, prohibition wide. */
export const isPermitted = (rule: string, path: string): boolean => {
  if (rule.endsWith("/")) return matches(`${rule}**`, path);
  return isPlain(rule) ? rule === path : matches(rule, path);
};

export const isForbidden = (rule: string, path: string): boolean => {
  const wanted = folded(rule);
  const found = folded(path);
  return wanted.length > 0 && found.some((_, from) => startsWith(wanted, found.slice(from)));
};

const isPlain = (rule: string): boolean => !/[*?]/.test(rule);

const matches = (rule: string, path: string): boolean => {
  const segments = rule.split("/");
  // A final `**` needs something beneath it.
  const wanted = segments.at(-1) === "**" ? [...segments, "*"] : segments;
  return lengthsMatched(wanted, path.split("/"), "**", isSegment).has(path.split("/").length);
};

/** Whether the rule covers the first segments, and with them everything beneath. */
const startsWith = (rule: readonly string[], path: readonly string[]): boolean =>
  lengthsMatched(rule, path, "**", isSegment).size > 0;

const isSegment = (rule: string, segment: string): boolean => {
  const letters = Array.from(segment);
  return lengthsMatched(Array.from(rule), letters, "*", (wanted, found) => wanted === "?" || wanted === found).has(
    letters.length,
  );
};

/** How much of the subject, from its beginning, the whole rule can match. Row by row: hostile rules cost no more than others. */
const lengthsMatched = (
  rule: readonly string[],
  subject: readonly string[],
  many: string,
  isOne: (wanted: string, found: string) => boolean,
): ReadonlySet<number> => {
  let lengths = new Set([0]);
  for (const wanted of rule) {
    const first = Math.min(...lengths);
    lengths =
      wanted === many
        ? new Set(Array.from({ length: subject.length + 1 }, (_, at) => at).filter((at) => at >= first))
        : new Set(
            [...lengths].filter((at) => at < subject.length && isOne(wanted, subject[at] ?? "")).map((at) => at + 1),
          );
    if (lengths.size === 0) break;
  }
  return lengths;
};

const folded = (path: string): readonly string[] =>
  path
    .normalize("NFKC")
    .replaceAll(/[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}]/gu, "")
    .toLowerCase()
    .normalize("NFKC")
    .split(/[/\\]/)
    .filter((segment) => segment !== "" && segment !== ".")
    .map((segment) => segment.replace(/(?<=.):.*$/, "").replace(/(?<=[^. ])[. ]+$/, ""))
    .map((segment) => (/^git~\d+$/.test(segment) ? ".git" : segment));
