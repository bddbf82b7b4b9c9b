// What an agent may not choose, as it may say that it did (backends.md 3): a finding that changes nothing. No word
// boundaries, since two messages that follow each other are one text.
const CLAIMS: readonly (readonly [pattern: RegExp, says: string])[] = [
  [/I approve CTO-WORK-\d{3,9} against /, "says the approval sentence"],
  [/(?:status|state|mark)["']?\s*[:=]\s*["']?(?:approved|accepted)/i, "says that something is approved"],
  [
    /(?:status|state|mark)["']?\s*[:=]\s*["']?(?:merged|pr-opened|deployed|closed)/i,
    "says that something is merged, opened or closed",
  ],
  [/allowed_?paths/i, "names allowed paths of its own"],
  [/["']target["']\s*:/, "names a target of its own"],
  [/defaultActivation["']?\s*[:=]\s*["']?true/i, "says that the default activation is on"],
  [/"method":"_cto/, "calls a method of the Harness"],
];

/** The claims that a text holds, each once. In JSON that is a string of JSON, a quote has backslashes before it. */
export const claimsIn = (text: string): readonly string[] => {
  // From the first of them only: who looked from each would take the square of their number.
  const plain = text.replaceAll(/(?<!\\)\\+(?=["'])/g, "");
  return CLAIMS.filter(([pattern]) => pattern.test(plain)).map(([, says]) => says);
};

/** The approval sentence is worth a finding wherever it stands, in a file's content too. */
export const saysApproval = (text: string): readonly string[] =>
  CLAIMS.slice(0, 1).flatMap(([pattern, says]) => (pattern.test(text) ? [says] : []));

/** The claim that lies in writing to such a file, whatever its content. */
export const claimInPath = (path: string): readonly string[] =>
  GOVERNANCE_FILES.test(path.slice(-READ_MAX)) ? [`writes ${path.slice(-PATH_MAX).toWellFormed()}`] : [];

// What is longer is no path; the pattern would take its time over it.
const READ_MAX = 1_024;

const PATH_MAX = 200;
const GOVERNANCE_FILES =
  /(?:^|\/)(?:\.sot|\.cto)\/|(?:^|\/)[^/]*approv[^/]*\.(?:json|md|sig|txt|ya?ml)$|\.task\.json$|(?:^|\/)projects\.json$/i;

/** The claim that lies in a command line. */
export const claimsInLine = (line: string): readonly string[] => [
  ...claimsIn(line),
  ...(/(?:^|[\s;&|/(`])cto\s+[a-z]/.test(line) ? ["runs a command of the Harness"] : []),
];
