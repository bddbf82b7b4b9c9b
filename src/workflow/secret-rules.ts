import { z } from "zod";

/** Characters that the rest of a secret may be made of. */
const ALPHABETS = ["digits-and-capitals", "letters", "word", "dashed", "dotted"] as const;
export type Alphabet = (typeof ALPHABETS)[number];

/** How a secret looks: fixed beginnings, then at least so many characters of one alphabet. Found in linear time. */
export interface SecretPattern {
  /** Stands in `[redacted:<name>]`, in events and in redactions.json. */
  readonly name: string;
  /** What it is, in a sentence. */
  readonly kind: string;
  readonly begins: readonly string[];
  readonly alphabet: Alphabet;
  readonly atLeast: number;
  /** What else must hold of it; none where the beginning says enough. */
  readonly shape: "any" | "whole-word" | "with-a-digit" | "three-parts" | "pem";
}

/** policy.yaml `redaction`: what never enters evidence, besides the keys of the relay. */
export interface RedactionPolicy {
  /** Names of variables in the environment of the Harness whose values are secrets. */
  readonly variables: readonly string[];
  readonly patterns: readonly SecretPattern[];
}

const PEM_KINDS = ["", "RSA ", "EC ", "DSA ", "OPENSSH ", "ENCRYPTED "];

/** What is looked for where policy.yaml says nothing else. */
export const SECRET_PATTERNS: readonly SecretPattern[] = [
  {
    name: "private-key",
    kind: "a private key",
    begins: [...PEM_KINDS.map((kind) => `-----BEGIN ${kind}PRIVATE KEY-----`), "-----BEGIN PGP PRIVATE KEY BLOCK-----"],
    alphabet: "word",
    atLeast: 16,
    shape: "pem",
  },
  pattern("aws", "an access key of AWS", ["AKIA", "ASIA"], "digits-and-capitals", 16, "whole-word"),
  pattern("github", "a token of GitHub", ["ghp_", "gho_", "ghu_", "ghs_", "ghr_"], "letters", 20),
  pattern("github", "a token of GitHub", ["github_pat_"], "word", 20),
  pattern("gitlab", "a token of GitLab", ["glpat-"], "dashed", 20),
  pattern("slack", "a token of Slack", ["xoxa-", "xoxb-", "xoxp-", "xoxr-", "xoxs-"], "dashed", 10),
  pattern("model-provider", "a key of a model provider", ["sk-"], "dashed", 20, "with-a-digit"),
  pattern("google", "a key of Google", ["AIza"], "dashed", 35, "whole-word"),
  pattern("npm", "a token of npm", ["npm_"], "letters", 36),
  pattern("jwt", "a signed token (JWT)", ["eyJ"], "dotted", 24, "three-parts"),
];

function pattern(
  name: string,
  kind: string,
  begins: readonly string[],
  alphabet: Alphabet,
  atLeast: number,
  shape: SecretPattern["shape"] = "any",
): SecretPattern {
  return { name, kind, begins, alphabet, atLeast, shape };
}

/** What a run plants for its canaries; its value is learned when it is planted, this finds those of other runs too. */
export const CANARY_PATTERN: SecretPattern = pattern(
  "canary",
  "a planted canary",
  ["cto-canary-token-"],
  "letters",
  32,
);

export const NO_REDACTION_POLICY: RedactionPolicy = { variables: [], patterns: SECRET_PATTERNS };

const known = [...new Set(SECRET_PATTERNS.map(({ name }) => name))];
const name = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/);

const ownPattern = z
  .strictObject({
    name: name.refine((text) => !known.includes(text) && text !== "marker" && text !== "canary", "that name is taken"),
    begins: z.string().regex(/^[A-Za-z0-9._:+=@/-]{3,64}$/, "a beginning is 3 to 64 plain characters"),
    alphabet: z.enum(ALPHABETS),
    atLeast: z.int().min(8).max(1024),
  })
  .transform(({ name: own, begins, alphabet, atLeast }) => [
    pattern(own, `a secret of the kind ${own}`, [begins], alphabet, atLeast),
  ]);

const knownPattern = z.enum(known).transform((named) => SECRET_PATTERNS.filter((one) => one.name === named));

export const redactionSchema: z.ZodType<RedactionPolicy> = z.strictObject({
  variables: z
    .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, "a variable is a name, never a value"))
    .max(100)
    .readonly(),
  patterns: z
    .array(z.union([knownPattern, ownPattern]))
    .max(100)
    .transform((lists) => lists.flat()),
});
