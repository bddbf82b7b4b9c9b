import { refusal, type Refusal } from "../refusal.ts";
import { placeWithin, type Line } from "./line.ts";

const PATTERNS: readonly (readonly [string, RegExp])[] = [
  ["a private key", /-----BEGIN [A-Z ]*PRIVATE KEY/],
  ["an access key of AWS", /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/],
  ["a token of GitHub", /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,})/],
  ["a token of GitLab", /\bglpat-[\w-]{20,}/],
  ["a token of Slack", /\bxox[abprs]-[\w-]{10,}/],
  ["a key of a model provider", /\bsk-[\w-]{20,}/],
];

/** Lines that look like credentials. The refusal names the kind and the place, never the text. */
export const secretsIn = ({ text, at }: Line): readonly Refusal[] =>
  PATTERNS.flatMap(([kind, pattern]) => {
    const found = pattern.exec(text);
    return found === null ? [] : [refusal("packet/secret", { kind }, placeWithin(at, text, found.index))];
  });
