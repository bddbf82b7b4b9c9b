import { refusal, type Refusal } from "../refusal.ts";
import { SECRET_PATTERNS } from "../secret-rules.ts";
import { secretScanner } from "../secret-scan.ts";
import { placeWithin, type Line } from "./line.ts";

const scanner = secretScanner(
  SECRET_PATTERNS.filter(({ shape }) => shape !== "pem"),
  [],
);
const KINDS = new Map(SECRET_PATTERNS.map(({ name, kind }) => [name, kind]));

/** Lines that look like credentials. The refusal names the kind and the place, never the text. */
export const secretsIn = ({ text, at }: Line): readonly Refusal[] => [
  ...BEGUN.flatMap(([kind, pattern]) => {
    const found = pattern.exec(text);
    return found === null ? [] : [refusal("packet/secret", { kind }, placeWithin(at, text, found.index))];
  }),
  ...(scanner.mayHold(text) ? scanner.scan(text, 0, "end").found : []).map(({ from, rule }) =>
    refusal("packet/secret", { kind: KINDS.get(rule) ?? rule }, placeWithin(at, text, from)),
  ),
];

// A line alone shows only the beginning of a key that has many.
const BEGUN: readonly (readonly [string, RegExp])[] = [["a private key", /-----BEGIN [A-Z ]*PRIVATE KEY/]];
