import type { Mediation } from "../backend-probe.ts";
import type { Json } from "../digest.ts";
import type { ModelApi } from "../relay-policy.ts";
import type { OutputParser } from "./command-parser.ts";

/** How one agent is started, spoken to and hardened: data, no code (backends.md 9). */
export interface AgentProfile {
  readonly id: string;
  readonly about?: string;
  readonly kind: "acp" | "command";
  /** Where it is tried: with the light tests, the heavy ones, or nowhere. */
  readonly tier: "light" | "heavy" | "documented";
  /** npm package and its exact pin. */
  readonly package?: string;
  readonly version?: string;
  /** Companions that must be pinned with it. */
  readonly also?: Readonly<Record<string, string>>;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Files that its HOME begins with. */
  readonly files?: readonly ProfileFile[];
  /** The form in which it asks its model. */
  readonly dialect: ModelApi;
  /** What it prints; of a profile of kind command only. */
  readonly parser?: OutputParser;
  readonly authenticate?: string;
  readonly mode?: string;
  readonly sessionMeta?: Json;
  readonly clientCapabilities?: {
    readonly readTextFile: boolean;
    readonly writeTextFile: boolean;
    readonly terminal: boolean;
  };
  /** `session`: our tools come with session/new; `settings`: they stand in the agent's own file. */
  readonly harnessTools?: "session" | "settings";
  /** What a repository could ship to grant itself more, and what keeps it from that. */
  readonly projectConfig: {
    readonly off: string;
    readonly paths: readonly string[];
    readonly prose: readonly string[];
  };
  readonly mediation: Mediation;
  readonly unaskedExecuteIsNormal?: boolean;
  readonly refusalEndsTurn?: boolean;
  readonly cancelErrorMeansCancelled?: boolean;
  readonly leavesOnEof?: boolean;
  /** It has a sandbox of its own, which cannot stand inside ours. */
  readonly nestedSandbox?: boolean;
  readonly quirks?: readonly string[];
  /** What it did in each scenario, so that a new version is red until somebody has looked. */
  readonly observed?: Readonly<Record<string, ObservedTurn>>;
  /** Nobody has run it here. */
  readonly documentedOnly?: boolean;
}

type ProfileFile =
  | { readonly path: string; readonly json: Json }
  | { readonly path: string; readonly text: string; readonly executable?: boolean };

interface ObservedTurn {
  readonly ends?: string;
  readonly asked?: number;
  readonly refused?: number;
  readonly unasked?: number;
  readonly grade?: Mediation;
}

/** What stands for itself in a profile until it is started. */
export interface ProfilePlaces {
  readonly NODE: string;
  /** Folder `node_modules` that holds its packages. */
  readonly AGENTS: string;
  readonly HOME: string;
  readonly WORK: string;
  /** Base URL of the relay. */
  readonly MODEL: string;
  readonly MODEL_NAME: string;
  /** The placeholder that stands for the provider's key. */
  readonly KEY: string;
  /** File that holds the prompt, and the prompt itself; of a command only. */
  /** Our pipe to the Harness's own tools, for an agent that names it in its own settings. */
  readonly TOOLS: string;
  readonly WORDS: string;
  readonly SAID: string;
}

/** Every `${NAME}` filled in, once: what was filled in is not looked at again. */
export const fillPlaces = (said: string, places: ProfilePlaces): string => {
  const known = new Map<string, string>(Object.entries(places));
  return said.replaceAll(/\$\{([A-Z_]+)\}/g, (whole, name: string) => known.get(name) ?? whole);
};
