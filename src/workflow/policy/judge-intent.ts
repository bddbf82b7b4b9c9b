import { assertNever } from "../assert-never.ts";
import type { Authority } from "../authority.ts";
import type { Intent, Verdict } from "../backend/attempt.ts";
import type { Contract } from "../contract/contract.ts";
import { LIMITS } from "../limits.ts";
import { forbids, judgePath, targetPath } from "../path-rules.ts";
import { PATH_ATTEMPTS } from "./action-policy.ts";
import { actionOfUrl, leadsToOneOf } from "./attempt-hosts.ts";
import { judgeLine } from "./judge-line.ts";

/** What an intent is judged by. */
export type IntentContract = Pick<Contract, "allowedPaths" | "forbiddenPaths" | "allowedHosts">;
export type IntentAuthority = Pick<Authority, "baseForbiddenPaths" | "scratchPaths">;

/**
 * The verdict on one thing that an agent asks to do. An early no and a record, never the protection itself: a denied
 * intent proves a try, an allowed one proves nothing (backends.md 6).
 */
export const judgeIntent = (contract: IntentContract, authority: IntentAuthority, intent: Intent): Verdict => {
  const judge = (path: string): Verdict => judgeWrite(contract, authority, path);
  const judgeReading = (path: string): Verdict => judgeRead(contract, authority, path);
  switch (intent.kind) {
    case "read":
      return judgeReading(intent.path);
    case "write":
    case "delete":
      return judge(intent.path);
    case "move":
      return [judge(intent.from), judge(intent.to)].find(({ allowed }) => !allowed) ?? judge(intent.to);
    case "run":
      return judgeLine({ write: judge, read: judgeReading, hosts: contract.allowedHosts ?? [] }, intent.line);
    case "fetch":
      return judgeFetch(contract.allowedHosts ?? [], intent.url);
    case "other":
      return { allowed: false, rule: "policy/cannot-judge" };
    default:
      return assertNever(intent);
  }
};

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
  raw.length > LIMITS.manifestPathBytesMax || raw.split("/").length > LIMITS.manifestDepthMax;

const judgeRead = (contract: IntentContract, authority: IntentAuthority, raw: string): Verdict => {
  if (isTooLong(raw)) return { allowed: false, rule: "policy/cannot-judge" };
  const path = insideWorkspace(raw);
  const rule = forbiddenBy(contract, authority, path ?? raw);
  if (rule !== undefined) return { allowed: false, rule };
  return path === undefined
    ? { allowed: false, rule: "policy/outside-workspace" }
    : { allowed: true, rule: "policy/reading" };
};

const judgeWrite = (contract: IntentContract, authority: IntentAuthority, raw: string): Verdict => {
  if (isTooLong(raw)) return { allowed: false, rule: "policy/cannot-judge" };
  const path = insideWorkspace(raw);
  const rule = forbiddenBy(contract, authority, path ?? raw);
  if (rule !== undefined) return denied(rule, raw);
  const target = path === undefined ? undefined : targetPath(path);
  if (target === undefined) return denied("policy/outside-workspace", raw);
  const verdict = judgePath({ allowed: contract.allowedPaths, forbidden: [] }, target);
  if (verdict.kind === "allowed") return { allowed: true, rule: verdict.by };
  const scratch = authority.scratchPaths.find((pattern) => forbids(pattern, target));
  return scratch === undefined ? denied("policy/unlisted-path", raw) : { allowed: true, rule: scratch };
};

const forbiddenBy = (contract: IntentContract, authority: IntentAuthority, path: string): string | undefined =>
  [...contract.forbiddenPaths, ...authority.baseForbiddenPaths].find((rule) => forbids(rule, path));

const denied = (rule: string, path: string): Verdict => {
  const action = PATH_ATTEMPTS.find(({ rules }) => rules.some((pattern) => forbids(pattern, path)))?.action;
  return action === undefined ? { allowed: false, rule } : { allowed: false, rule, action };
};
