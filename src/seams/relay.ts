import type { Verdict } from "../workflow/backend/attempt.ts";
import type { Exchange, Recording } from "../workflow/policy/exchange.ts";
import type { RelayPolicy, Upstream } from "../workflow/relay-policy.ts";
import type { ToolDesk } from "./backend.ts";

/** The only way out of a sandbox: a socket behind which one model provider may be reached, and nothing else. */
export interface Relay {
  open(order: RelayOrder): Promise<OpenRelay>;
}

export interface RelayOrder {
  /** "none" leaves a relay that answers the shims and denies everything else. */
  readonly upstream: Upstream | "none";
  /** `host:port` pairs that may be reached by CONNECT, exactly. */
  readonly hosts: readonly string[];
  readonly budget: Pick<RelayPolicy, "modelRequestsMax" | "modelTokensMax" | "modelBytesMax">;
  /** The contract's answer to a command that a shim was called with. */
  readonly judge: (argv: readonly string[]) => Verdict;
  /** Our own tools while a backend offers them (backends.md 6). */
  readonly tools: () => ToolDesk | undefined;
  /** A request that goes out to the model now. */
  readonly asked: (asked: AskedOfModel) => void;
  /** Everything that came, once it is over, refused or not. */
  readonly told: (exchange: Exchange) => void;
  /** Connections that were not even read, because there were too many. */
  readonly dropped: () => void;
  readonly recorded: (recording: Recording) => void;
}

interface AskedOfModel {
  readonly n: number;
  readonly host: string;
  readonly bytes: number;
  /** Tools that it offers the model besides our own, by their names; none where our own are not offered. */
  readonly foreignTools: readonly string[];
}

export interface OpenRelay {
  /** Path of the unix socket that leads to the model, in a folder of its own. */
  readonly socket: string;
  /** Path of the one for CONNECT, where hosts are granted. */
  readonly connectSocket: string | undefined;
  /** The budget that is used up, by its name. */
  readonly limit: () => string | undefined;
  /** The same, once requests were refused for it again and again. */
  readonly overspent: () => string | undefined;
  close(): Promise<void>;
}
