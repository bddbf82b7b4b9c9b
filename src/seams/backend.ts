import type { AgentProfile } from "../workflow/backend/agent-profile.ts";
import type { Assignment } from "../workflow/backend/assignment.ts";
import type { Attempt, BackendProbe, Intent, Verdict } from "../workflow/backend/attempt.ts";
import type { BackendEvent } from "../workflow/backend/backend-events.ts";
import type { BackendKind } from "../workflow/contract/contract.ts";
import type { RedactedStream } from "../workflow/evidence/redaction.ts";
import type { RunId } from "../workflow/ids.ts";
import type { Refusal } from "../workflow/refusal.ts";
import type { Result } from "../workflow/result.ts";
import type { Confined, StageOrder } from "./sandbox.ts";

/** One coding agent. It performs and tells; it chooses, approves and judges nothing (backends.md). */
export interface Backend {
  readonly kind: BackendKind;
  /** What stands behind this kind here; refuses when it is absent. Calls no model, starts no agent. */
  probe(): Promise<Result<BackendProbe, Refusal>>;
  /** What its stage needs besides the Workspace: host paths to see, files to lay in. */
  needs(assignment: Assignment): Promise<Pick<StageOrder, "readOnlyHostPaths" | "files">>;
  perform(assignment: Assignment, room: Room): Promise<Attempt>;
}

/** Takes secrets out of frames (R136). What is kept must have gone through it. */
export interface FrameSink {
  /** A line of JSON, its texts redacted by what they say. */
  line(text: string): string;
  text(text: string): string;
  /** A message that comes in several frames. */
  open(): RedactedStream;
  keep(line: Uint8Array): void;
}

/** One JSON-RPC message of an agent to our own tools, and the answer; nothing for what wants none. */
export type ToolDesk = (message: Uint8Array) => Promise<Uint8Array | undefined>;

/** All that a backend can reach while it performs. */
export interface Room {
  /** Starts a process confined. The only way to start anything. */
  start(argv: readonly string[], env: Readonly<Record<string, string>>): Promise<Confined>;
  /** The contract's answer to one thing the agent asks to do. What cannot be judged is denied. */
  judge(intent: Intent): Verdict;
  tell(event: BackendEvent): void;
  /** Milliseconds since 1970, by the Harness's clock: what a frame is stamped with as it comes. */
  now(): number;
  /** Bytes for `backend/<log>` as they come; secrets are replaced on their way, also where one is cut in two. */
  keep(log: string, bytes: Uint8Array): void;
  /** `backend/frames.jsonl`, whose lines are redacted before they are kept or understood. */
  readonly frames: FrameSink;
  /** Opens the relay's door for our own tools, or closes it. Without this it answers nobody. */
  offerTools(tools: ToolDesk | undefined): void;
  /** The name of a budget of the relay's that the agent asks beyond again and again; it is ended for it. */
  overspent(): string | undefined;
  readonly signal: AbortSignal;
}

/** The agents that a home knows by a profile: those that ship, and its own below `.sot/authority/profiles/`. */
export interface Agents {
  /** Their ids, in order. */
  list(): Promise<readonly string[]>;
  read(id: string): Promise<Result<AgentProfile, Refusal>>;
  /** Looks at its packages in a folder `node_modules`; starts nothing. */
  find(id: string, packages: string | undefined): Promise<Result<HereAgent, Refusal>>;
}

/** An agent that is installed at its pin, ready to be tried. */
export interface HereAgent {
  readonly probe: BackendProbe;
  readonly backend: Backend;
  /** How it is started, without a model to talk to. */
  start(run: RunId): { readonly argv: readonly string[]; readonly env: Readonly<Record<string, string>> };
}
