import type { Authority } from "../../workflow/authority.ts";
import { redactJson, redactJsonLine } from "../../workflow/evidence/redact-json.ts";
import { keptLine, readKeptLine, redactionBook, type RedactedSecret } from "../../workflow/evidence/redaction-book.ts";
import {
  MARK_BEGIN,
  MARK_RULE,
  redactStream,
  redactText,
  type RedactedStream,
  type Redaction,
} from "../../workflow/evidence/redaction.ts";
import type { RunId } from "../../workflow/ids.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { POLICY_PATH, readPolicy } from "../../workflow/read-policy.ts";
import type { RunEvent } from "../../workflow/run-events.ts";
import { CANARY_PATTERN, NO_REDACTION_POLICY, type SecretPattern } from "../../workflow/secret-rules.ts";
import { secretScanner, type FoundSecret, type SecretScanner, type SecretValue } from "../../workflow/secret-scan.ts";
import type { World } from "../world.ts";

/** The sink of one run's evidence: whatever is kept, told or hashed goes through it first (R136). */
export interface Redactor {
  /** What came from outside: no mark in it is ours. */
  text(text: string, file: string): string;
  jsonLine(line: string, file: string): string;
  /** Text, or bytes as one character each, that comes in pieces. */
  openText(file: string): RedactedStream;
  openBytes(file: string): RedactedStream;
  /** Every text in a value of our own making, in which marks may stand already. */
  within<T>(value: T, file: string): T;
  event(event: RunEvent): RunEvent;
  /** From here on this value is a secret too. */
  learn(value: SecretValue): void;
  /** Secrets met since they were last asked for, each once. */
  news(): readonly RedactedSecret[];
  secrets(): readonly (RedactedSecret & { readonly given: number })[];
  rules(): readonly string[];
  /** What of a file would have to be replaced still. */
  leftIn(bytes: Uint8Array): readonly FoundSecret[];
}

/** The redactor of a run, which knows again whatever was met in it before a crash. */
export const openRedactor = async (world: World, run: RunId, to: "keep" | "look"): Promise<Redactor> => {
  const policy = readPolicy(await world.home.read(POLICY_PATH));
  const log = world.host.openRedactionLog(run);
  return redactorOf({
    ...lookedFor(world.environment, policy.ok ? policy.value : "unread"),
    kept: log.kept,
    keep: (line) => (to === "keep" ? log.keep(line) : undefined),
    salt: () => world.clock.newNonce(),
  });
};

export interface RedactorParts {
  readonly patterns: readonly SecretPattern[];
  readonly values: readonly SecretValue[];
  /** Lines that the private log of the run holds already. */
  readonly kept: readonly string[];
  readonly keep: (line: string) => void;
  readonly salt: () => Uint8Array;
}

export const redactorOf = ({ patterns, values, kept: lines, keep, salt }: RedactorParts): Redactor => {
  const news: RedactedSecret[] = [];
  const kept = lines.flatMap(readKeptLine);
  const book = redactionBook({
    kept,
    salt,
    onNew: (secret) => {
      if ("salt" in secret) keep(keptLine(secret));
      news.push(told(secret));
    },
  });
  // What was hidden once stays hidden, also from a process that is not given the variable any more.
  const before = kept
    .filter(({ rule }) => rule !== MARK_RULE)
    .flatMap(({ rule, original }) => {
      const bytes = Buffer.from(original);
      return [...new Set([bytes.toString("utf8"), bytes.toString("latin1")])].map((value) => ({ rule, value }));
    });
  const learned: SecretValue[] = [...values];
  const scannerNow = (): SecretScanner =>
    secretScanner(patterns, learned, [...before, { rule: MARK_RULE, value: MARK_BEGIN }]);
  let scanner = scannerNow();
  const into = (file: string): Redaction => ({
    // Streams are open while more is learned.
    get scanner() {
      return scanner;
    },
    mark: (rule, original) => book.mark(rule, original, file),
    isOwnMark: (mark) => book.has(mark),
  });
  return {
    text: (text, file) => redactText(into(file), text, "outside"),
    jsonLine: (line, file) =>
      scanner.mayHold(line) || UNUSUAL_ESCAPE.test(line)
        ? redactJsonLine(line, (text) => redactText(into(file), text, "outside"))
        : line,
    openText: (file) => redactStream(into(file), "outside", "text"),
    openBytes: (file) => redactStream(into(file), "outside", "bytes"),
    within: (value, file) => mapTexts(value, (text) => redactText(into(file), text, "inside")),
    event: (event) => {
      if (!scanner.mayHold(JSON.stringify([event.subject, event.data]))) return event;
      const redaction = into(EVENTS);
      return {
        ...event,
        subject: redactText(redaction, event.subject, "inside"),
        data: Object.fromEntries(
          Object.entries(event.data).map(([key, member]) => [
            redactText(redaction, key, "inside"),
            redactJson(member, (text) => redactText(redaction, text, "inside")),
          ]),
        ),
      };
    },
    learn: (value) => {
      if (Buffer.byteLength(value.value) < LIMITS.secretBytesMin) throw new TypeError("too short to be looked for");
      if (learned.some((one) => one.rule === value.rule && one.value === value.value)) return;
      learned.push(value);
      scanner = scannerNow();
    },
    news: () => news.splice(0),
    secrets: () => book.secrets().map((secret) => ({ ...secret, given: book.given(secret.mark) })),
    rules: () => scanner.rules.filter((rule) => rule !== MARK_RULE),
    leftIn: (bytes) =>
      scanner
        .scan(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1"), 0, "end")
        .found.filter(({ rule }) => rule !== MARK_RULE),
  };
};

const EVENTS = "events.normalized.jsonl";

// What JSON.stringify would have written otherwise: text in such a line has to be read before it is searched.
const UNUSUAL_ESCAPE = /\\[u/]/;

const told = ({ mark, rule, bytes, commitment, file }: RedactedSecret): RedactedSecret => ({
  mark,
  rule,
  bytes,
  commitment,
  file,
});

/** What a policy and the environment say is secret. Without a policy that can be read: the known patterns. */
export const lookedFor = (
  environment: World["environment"],
  authority: Authority | "unread",
): { readonly patterns: readonly SecretPattern[]; readonly values: readonly SecretValue[] } => {
  const { variables, patterns } = (authority === "unread" ? undefined : authority.redaction) ?? NO_REDACTION_POLICY;
  const upstreams = authority === "unread" ? [] : Object.values(authority.relay?.upstreams ?? {});
  const names = new Set([...variables, ...upstreams.flatMap(({ keyVariable }) => keyVariable ?? [])]);
  const values = [...names].flatMap((name) => {
    const value = environment[name] ?? "";
    return Buffer.byteLength(value) < LIMITS.secretBytesMin ? [] : [{ rule: `env:${name}`, value }];
  });
  return { patterns: [...patterns, CANARY_PATTERN], values };
};

/** Variables that a policy calls secret and whose values are too short for that. */
export const shortSecrets = (environment: World["environment"], { redaction }: Authority): readonly string[] =>
  (redaction?.variables ?? []).filter((name) => {
    const value = environment[name] ?? "";
    return value !== "" && Buffer.byteLength(value) < LIMITS.secretBytesMin;
  });

const mapTexts = <T>(value: T, change: (text: string) => string): T => {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a redacted value has the type of what it was drawn from
  return mapped(value, change) as T;
};

const mapped = (value: unknown, change: (text: string) => string): unknown => {
  if (typeof value === "string") return change(value);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map((member: unknown) => mapped(member, change));
  if (value instanceof Map)
    return new Map([...value].map(([key, member]) => [mapped(key, change), mapped(member, change)]));
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, mapped(member, change)]));
};
