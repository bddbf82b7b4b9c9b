import type { ForbiddenAction } from "../contract/contract.ts";
import { foldedSegments } from "../path-rules.ts";
import { actionOfPath } from "./action-policy.ts";
import { actionOfHost } from "./attempt-hosts.ts";
import type { Exchange } from "./exchange.ts";
import type { JudgedChange } from "./judge-changes.ts";

/** Something forbidden that was tried inside: refused before it had an effect, or kept within the Workspace. */
export interface SeenAttempt {
  readonly class: "prevented" | "contained";
  /** What kind of thing was refused, by whom. */
  readonly kind: string;
  /** The forbidden action that it was a try at, where it was one. */
  readonly action: string | undefined;
  readonly rule: string;
  readonly detail: string;
}

/** What a refused exchange was a try at; undefined for one that was not refused, or that did go out to the model. */
export const attemptOf = (exchange: Exchange): SeenAttempt | undefined => {
  const { n, channel, verdict, rule, action } = exchange;
  if (verdict !== "denied" || n !== null || isGrantedHost(exchange)) return undefined;
  if (channel === "shim") {
    const kind =
      rule === "policy/no-network" || NEED_NETWORK.has(action ?? "") ? NETWORK_DENIED : "workspace/run-refused";
    return { class: "prevented", kind, action: action ?? undefined, rule, detail: exchange.path };
  }
  const kind = channel === "connect" ? NETWORK_DENIED : "workspace/relay-denied";
  const field = exchange.field === undefined ? "" : `: ${exchange.field}`;
  const detail = `${exchange.method} ${exchange.host}${exchange.path}${field}`;
  return { class: "prevented", kind, action: actionOfHost(exchange.host), rule, detail };
};

/** Whether it was a host that the contract grants, whatever came of it. */
export const isGrantedHost = ({ channel, rule }: Pick<Exchange, "channel" | "rule">): boolean =>
  channel === "connect" && (GRANTED.has(rule) || rule.startsWith("limit/"));

// What a granted host can come to. Anything else at that socket was none.
const GRANTED: ReadonlySet<string> = new Set(["relay/host", "relay/no-answer", "relay/address-refused"]);

/**
 * What stands in the Workspace though it may not: it goes nowhere, and it was a try. Of more than `max` the first at
 * each action has its place whatever sorts before it, so that what is told of an action is true after any flood.
 */
export const strayAttempts = (rows: readonly JudgedChange[], max: number): readonly SeenAttempt[] => {
  const strays = allStrays(rows);
  const firsts = new Map(
    strays.toReversed().flatMap((stray) => (stray.action === undefined ? [] : [[stray.action, stray] as const])),
  );
  const placed = new Set([...new Set([...firsts.values(), ...strays])].slice(0, Math.max(max, firsts.size)));
  return strays.filter((stray) => placed.has(stray));
};

const allStrays = (rows: readonly JudgedChange[]): readonly SeenAttempt[] =>
  rows
    .filter(({ verdict }) => verdict !== "allowed" && verdict !== "scratch")
    .map(({ path, verdict, rule }) => ({
      class: "contained",
      kind: `workspace/${verdict}-path`,
      action: actionOfPath(foldedSegments(path)),
      rule,
      detail: path,
    }));

/** The actions that nobody can do without a network. */
const NETWORK_ACTIONS: readonly ForbiddenAction[] = ["push", "deploy", "pr_open", "issue_close", "public_publication"];

const NEED_NETWORK: ReadonlySet<string> = new Set(NETWORK_ACTIONS);
const NETWORK_DENIED = "workspace/network-denied";
