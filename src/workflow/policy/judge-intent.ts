import { assertNever } from "../assert-never.ts";
import type { Authority } from "../authority.ts";
import type { Intent, Verdict } from "../backend/attempt.ts";
import type { Contract } from "../contract/contract.ts";
import { LIMITS } from "../limits.ts";
import { foldedSegments, judgePath, prohibition, segmentCount, targetPath, type Prohibition } from "../path-rules.ts";
import { actionOfPath } from "./action-policy.ts";
import { actionOfUrl, leadsToOneOf } from "./attempt-hosts.ts";
import { judgeLine } from "./judge-line.ts";

/** What an intent is judged by. */
export type IntentContract = Pick<Contract, "allowedPaths" | "forbiddenPaths" | "allowedHosts">;
export type IntentAuthority = Pick<Authority, "baseForbiddenPaths" | "scratchPaths">;

/**
 * The verdict on each thing that an agent asks to do. An early no and a record, never the protection itself: a denied
 * intent proves a try, an allowed one proves nothing (backends.md 6). The rules are folded once, here.
 */
export const intentJudge = (contract: IntentContract, authority: IntentAuthority): ((intent: Intent) => Verdict) => {
  const rules: Rules = {
    allowed: contract.allowedPaths,
    forbidden: prohibition([...contract.forbiddenPaths, ...authority.baseForbiddenPaths]),
    scratch: prohibition(authority.scratchPaths),
  };
  const hosts = contract.allowedHosts ?? [];
  const write = (path: string): Verdict => judgeWrite(rules, path);
  const read = (path: string): Verdict => judgeRead(rules, path);
  return (intent) => {
    switch (intent.kind) {
      case "read":
        return read(intent.path);
      case "write":
      case "delete":
        return write(intent.path);
      case "move":
        return [write(intent.from), write(intent.to)].find(({ allowed }) => !allowed) ?? write(intent.to);
      case "run":
        return judgeLine({ write, read, hosts }, intent.line);
      case "fetch":
        return judgeFetch(hosts, intent.url);
      case "other":
        return { allowed: false, rule: "policy/cannot-judge" };
      default:
        return assertNever(intent);
    }
  };
};

interface Rules {
  readonly allowed: readonly string[];
  readonly forbidden: Prohibition;
  readonly scratch: Prohibition;
}

const judgeFetch = (hosts: readonly string[], url: string): Verdict => {
  if (leadsToOneOf(hosts, url)) return { allowed: true, rule: "policy/granted-host" };
  const action = actionOfUrl(url);
  return { allowed: false, rule: "policy/no-network", ...(action === undefined ? {} : { action }) };
};

/** A name as an agent writes it -> the path inside the Workspace, or undefined for everything outside. */
export const insideWorkspace = (raw: string): string | undefined => {
  const relative = raw === "/workspace" ? "." : raw.startsWith("/workspace/") ? raw.slice("/workspace/".length) : raw;
  const plain = relative.replace(/^(?:\.\/+)+/, "").replace(/\/+$/, "");
  return plain === "" || plain === "." ? "." : targetPath(plain);
};

// What is longer than any path of a Workspace may be is none, and judging it would take the Harness's time.
const isTooLong = (raw: string): boolean =>
  raw.length > LIMITS.manifestPathBytesMax || segmentCount(raw) > LIMITS.manifestDepthMax;

const judgeRead = (rules: Rules, raw: string): Verdict => {
  if (isTooLong(raw)) return { allowed: false, rule: "policy/cannot-judge" };
  const path = insideWorkspace(raw);
  const rule = rules.forbidden.ruleFor(foldedSegments(path ?? raw));
  if (rule !== undefined) return { allowed: false, rule };
  return path === undefined
    ? { allowed: false, rule: "policy/outside-workspace" }
    : { allowed: true, rule: "policy/reading" };
};

const judgeWrite = (rules: Rules, raw: string): Verdict => {
  if (isTooLong(raw)) return { allowed: false, rule: "policy/cannot-judge" };
  const path = insideWorkspace(raw);
  const folded = foldedSegments(path ?? raw);
  const rule = rules.forbidden.ruleFor(folded);
  if (rule !== undefined) return denied(rule, raw);
  const target = path === undefined ? undefined : targetPath(path);
  if (target === undefined) return denied("policy/outside-workspace", raw);
  const verdict = judgePath({ allowed: rules.allowed, forbidden: [] }, target);
  if (verdict.kind === "allowed") return { allowed: true, rule: verdict.by };
  const scratch = rules.scratch.ruleFor(folded);
  return scratch === undefined ? denied("policy/unlisted-path", raw) : { allowed: true, rule: scratch };
};

const denied = (rule: string, path: string): Verdict => {
  const action = actionOfPath(foldedSegments(path));
  return action === undefined ? { allowed: false, rule } : { allowed: false, rule, action };
};
