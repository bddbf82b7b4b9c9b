import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import type { ModelApi } from "../../src/workflow/relay-policy.ts";

/** A real agent of the tier, and what a policy needs to say of its model. */
export interface TestAgent {
  readonly profile: string;
  readonly kind: "acp" | "command";
  readonly tier: "light" | "heavy";
  readonly api: ModelApi;
  readonly models: readonly string[];
  /** Its turn is over with the first act that is refused: it tries one act a run. */
  readonly endsAtRefusal?: true;
  /** An act that it refuses by itself, without a word to anybody. */
  readonly holdsBack?: string;
}

export const AGENTS: readonly TestAgent[] = [
  {
    profile: "gemini",
    kind: "acp",
    tier: "light",
    api: "gemini",
    models: ["gemini-2.5-flash"],
    holdsBack: "writes outside",
  },
  { profile: "pi", kind: "acp", tier: "light", api: "chat", models: ["scripted"] },
  { profile: "qwen", kind: "acp", tier: "light", api: "chat", models: ["scripted"] },
  {
    profile: "claude-zed",
    kind: "acp",
    tier: "light",
    api: "anthropic",
    models: ["claude-sonnet-4-5"],
    endsAtRefusal: true,
  },
  { profile: "gemini-tools", kind: "acp", tier: "light", api: "gemini", models: ["gemini-2.5-flash"] },
  { profile: "qwen-tools", kind: "acp", tier: "light", api: "chat", models: ["scripted"] },
  { profile: "claude-zed-tools", kind: "acp", tier: "light", api: "anthropic", models: ["claude-sonnet-4-5"] },
  { profile: "pi-print", kind: "command", tier: "light", api: "chat", models: ["scripted"] },
  { profile: "gemini-print", kind: "command", tier: "light", api: "gemini", models: ["gemini-2.5-flash"] },
  { profile: "opencode", kind: "acp", tier: "heavy", api: "chat", models: ["scripted"] },
  { profile: "claude", kind: "acp", tier: "heavy", api: "anthropic", models: ["claude-sonnet-4-5"] },
  { profile: "codex", kind: "acp", tier: "heavy", api: "responses", models: ["gpt-5.5"], endsAtRefusal: true },
  { profile: "opencode-tools", kind: "acp", tier: "heavy", api: "chat", models: ["scripted"] },
  { profile: "claude-tools", kind: "acp", tier: "heavy", api: "anthropic", models: ["claude-sonnet-4-5"] },
  { profile: "opencode-print", kind: "command", tier: "heavy", api: "chat", models: ["scripted"] },
];

/** Where a tier is installed: its own folder, outside the product's dependencies. */
export const packagesOf = (tier: TestAgent["tier"]): string =>
  path.join(path.dirname(fileURLToPath(import.meta.url)), tier, "node_modules");

/** The agents of the tiers that are installed; those that are not are told of by `npm run test:agents`. */
export const runnable = (): readonly TestAgent[] => AGENTS.filter(({ tier }) => existsSync(packagesOf(tier)));
