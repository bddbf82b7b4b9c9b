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
    return (
      found.some(
        (segment, from) =>
          names.has(segment) || longer.some((wanted) => wanted.every((part, at) => part === found[from + at])),
      ) ||
      // Wherever it begins, and with everything beneath what it covers.
      patterns.some(
        ({ wanted, begins }) =>
          found.some((segment) => segment.startsWith(begins)) && placesMatched(["**", ...wanted], found).includes(true),
      )
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

/** Letters that a rule or a path can have where it is compared. The work of one comparison is the product of two of them. */
export const lettersIn = (text: string): number => text.normalize("NFKC").length;

const isPlain = (rule: string): boolean => !/[*?]/.test(rule);

const matches = (rule: string, path: string): boolean => {
  const segments = rule.split("/");
  const found = path.split("/");
  // A final `**` needs something beneath it.
  const wanted = segments.at(-1) === "**" ? [...segments, "*"] : segments;
  return placesMatched(wanted, found)[found.length] === true;
};

/** For each number of first segments whether the whole rule can match them. Every pair of segments is compared once at most. */
const placesMatched = (rule: readonly string[], path: readonly string[]): readonly boolean[] => {
  let places = [true, ...path.map(() => false)];
  for (const wanted of rule) {
    const first = places.indexOf(true);
    if (first < 0) break;
    places =
      wanted === "**"
        ? places.map((_, at) => at >= first)
        : places.map((_, at) => at > 0 && places[at - 1] === true && isSegment(wanted, path[at - 1] ?? ""));
  }
  return places;
};

/** `*` and `?` within one segment: a star takes as little as it can, and one letter more each time the rest does not fit. */
const isSegment = (rule: string, segment: string): boolean => {
  const wanted = Array.from(rule);
  const found = Array.from(segment);
  let [at, next, star, taken] = [0, 0, -1, 0];
  while (at < found.length) {
    if (wanted[next] === "*") {
      [star, taken, next] = [next, at, next + 1];
    } else if (next < wanted.length && (wanted[next] === "?" || wanted[next] === found[at])) {
      at += 1;
      next += 1;
    } else if (star >= 0) {
      taken += 1;
      [at, next] = [taken, star + 1];
    } else {
      return false;
    }
  }
  while (wanted[next] === "*") next += 1;
  return next === wanted.length;
};

const folded = (path: string): readonly string[] =>
  sameToAll(path)
    .split(/[/\\]/)
    .filter((segment) => segment !== "" && segment !== ".")
    .map((segment) => (/:|[. ]$|^git~/.test(segment) ? foldedName(segment) : segment));

const foldedName = (segment: string): string => {
  const name = segment.replace(/(?<=.):.*$/s, "").replace(/(?<=[^. ])[. ]+$/, "");
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
