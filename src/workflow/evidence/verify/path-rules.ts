/** Read again from the rules of requirements.md R088, apart from the code that judged: permission narrow, prohibition wide. */
export const isPermitted = (rule: string, path: string): boolean => {
  if (rule.endsWith("/")) return matches(`${rule}**`, path);
  return isPlain(rule) ? rule === path : matches(rule, path);
};

export const isForbidden = (rule: string, path: string): boolean => prohibition([rule])(path);

/** Whether any of the rules forbids a path; read once, for a whole tree of them. */
export const prohibition = (rules: readonly string[]): ((path: string) => boolean) => {
  const all = rules.map(folded).filter((wanted) => wanted.length > 0);
  const plain = all.filter((wanted) => wanted.every(isPlain));
  const names = new Set(plain.flatMap((wanted) => (wanted.length === 1 ? wanted : [])));
  const longer = plain.filter((wanted) => wanted.length > 1);
  const patterns = all
    .filter((wanted) => !plain.includes(wanted))
    .map((wanted) => ({ wanted, begins: (wanted[0] ?? "").replace(/[*?].*$/s, "") }));
  return (path) => {
    const found = folded(path);
    return found.some(
      (segment, from) =>
        names.has(segment) ||
        longer.some((wanted) => wanted.every((part, at) => part === found[from + at])) ||
        patterns.some(({ wanted, begins }) => segment.startsWith(begins) && startsWith(wanted, found.slice(from))),
    );
  };
};

/** Whether a rule with wildcards may name something below this folder. */
export const mayReach = (rule: string, folder: string): boolean => {
  if (isPlain(rule)) return false;
  const wanted = rule.replace(/\/$/, "/**").split("/");
  const segments = folder.split("/");
  for (const [at, segment] of segments.entries()) {
    const part = wanted[at];
    if (part === "**") return true;
    if (part === undefined || !isSegment(part, segment)) return false;
  }
  return wanted.length > segments.length;
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
  sameToAll(path)
    .split(/[/\\]/)
    .filter((segment) => segment !== "" && segment !== ".")
    .map((segment) => (/:|[. ]$|^git~/.test(segment) ? foldedName(segment) : segment));

const foldedName = (segment: string): string => {
  const name = segment.replace(/(?<=.):.*$/, "").replace(/(?<=[^. ])[. ]+$/, "");
  return /^git~\d+$/.test(name) ? ".git" : name;
};

// Most paths are plain letters, for which there is nothing to fold but case.
const sameToAll = (path: string): string =>
  /^[\x20-\x7e]*$/.test(path)
    ? path.toLowerCase()
    : path
        .normalize("NFKC")
        .replaceAll(/[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}]/gu, "")
        .toLowerCase()
        .normalize("NFKC");
