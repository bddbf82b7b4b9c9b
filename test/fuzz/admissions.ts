import { isDeepStrictEqual } from "node:util";

import { readAdmissionRecord, writeAdmissionRecord } from "../../src/workflow/admission/admission-record.ts";
import { ADMITTED } from "../fixtures/governed.ts";
import { plainJson, plainText, REFUSED, type Fuzzed } from "./fuzzed.ts";
import { mutated } from "./mutate.ts";

const CORPUS = [ADMITTED, { ...ADMITTED, status: "suspended", reason: "an incident" } as const].map((record) =>
  new TextEncoder().encode(writeAdmissionRecord(record)),
);
const KEYS = Object.keys(ADMITTED);
const WORDS = {
  words: [
    ...KEYS.map((key) => `"${key}"`),
    ...KEYS.map((key) => `"${key}": `),
    '"proposed"',
    '"admitted"',
    '"suspended"',
    '"revoked"',
    '"case"',
    '"scripted"',
    '"jp"',
    '"ana"',
    "5",
    "6",
    "2026",
    "2036",
    ",\n",
    "[]",
    "{}",
  ],
};

export const ADMISSIONS: Fuzzed = {
  kind: "admission records",
  share: 0.2,
  makeCase: (random) => mutated(CORPUS, WORDS, random),
  judge: (bytes) => {
    const read = readAdmissionRecord(bytes);
    return read.ok ? { isAccepted: true, objections: [...objectionsTo(bytes, read.value)] } : REFUSED;
  },
};

function* objectionsTo(bytes: Uint8Array, read: object): Iterable<string> {
  const text = plainText(bytes);
  const json = plainJson(text);
  if (text === undefined || json === null || typeof json !== "object") return yield "it is no JSON object";
  if (!isDeepStrictEqual(json, read)) yield "JSON.parse reads another record";
  const names = Object.keys(json);
  if (names.length !== KEYS.length || !KEYS.every((key) => names.includes(key)))
    yield "its members are not the known ones";
  // No text of a record has a quote in it, so each name in front of a colon is a member.
  if ([...text.matchAll(/"(?:[^"\\]|\\.)*"\s*:/g)].length > KEYS.length && !text.includes('\\"'))
    yield "a member is there twice";
  const path: unknown = Reflect.get(json, "path");
  if (typeof path !== "string" || !path.startsWith("/") || path.split("/").includes(".."))
    yield "its path is not absolute";
  const [from, to] = ["admittedAt", "expiresAt"].map((key) => Date.parse(String(Reflect.get(json, key))));
  if (from === undefined || to === undefined || !(from < to)) yield "it expires before it begins";
}
