import type { AgentProfile } from "../workflow/backend/agent-profile.ts";
import type { BackendProbe } from "../workflow/backend/attempt.ts";
import type { RunId } from "../workflow/ids.ts";
import type { Refusal } from "../workflow/refusal.ts";
import type { Result } from "../workflow/result.ts";
import type { Backend } from "./backend.ts";

/** The agents that a home knows by a profile: those that ship, and its own below `.sot/authority/profiles/`. */
export interface Agents {
  /** Their ids, in order. */
  list(): Promise<readonly string[]>;
  read(id: string): Promise<Result<AgentProfile, Refusal>>;
  /** Looks at its packages in a folder `node_modules`; starts nothing. */
  find(id: string, packages: string | "absent"): Promise<Result<HereAgent, Refusal>>;
}

/** An agent that is installed at its pin, ready to be tried. */
export interface HereAgent {
  readonly probe: BackendProbe;
  readonly backend: Backend;
  /** How it is started, without a model to talk to. */
  start(run: RunId): { readonly argv: readonly string[]; readonly env: Readonly<Record<string, string>> };
}
