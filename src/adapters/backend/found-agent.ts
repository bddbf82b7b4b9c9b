import type { AgentProfile } from "../../workflow/backend/agent-profile.ts";
import type { Assignment } from "../../workflow/backend/assignment.ts";
import type { BackendProbe } from "../../workflow/backend/attempt.ts";
import { readAgentProfile, type ProfileText } from "../../workflow/backend/read-agent-profile.ts";
import { canonicalJson, digestOf } from "../../workflow/digest.ts";
import { Failure } from "../../workflow/failure.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { ok, refuse, type Result } from "../../workflow/result.ts";
import { inspectAgent, type InstalledAgent } from "./installed-agent.ts";
import { launchOf, type Launch } from "./profile-launch.ts";

export interface AgentOptions {
  /** Id of the profile that policy.yaml names. */
  readonly profile: string;
  readonly textOf: ProfileText;
  /** Folder `node_modules` in which its packages are installed. */
  readonly packages: string | undefined;
  /** The upstream that policy.yaml lets it reach. */
  readonly upstream: { readonly api: string; readonly models: readonly string[] } | "none";
}

/** A profile with what it needs on this machine. */
export interface FoundAgent {
  readonly profile: AgentProfile;
  readonly installed: InstalledAgent;
}

/** Reads the profile and looks at its packages; starts nothing, asks no model. */
export const findAgent = async (
  { profile: id, textOf, packages, upstream }: AgentOptions,
  kind: AgentProfile["kind"],
): Promise<Result<FoundAgent, Refusal>> => {
  const profile = await readAgentProfile(id, textOf);
  if (!profile.ok) return profile;
  const invalid = (problem: string): Result<never, Refusal> =>
    refuse(refusal("backend/profile-invalid", { profile: id, problem }));
  if (profile.value.kind !== kind) return invalid(`it is of kind ${profile.value.kind}, not ${kind}`);
  if (upstream !== "none" && upstream.api !== profile.value.dialect)
    return invalid(`it speaks ${profile.value.dialect}, and its upstream ${upstream.api}`);
  const installed = await inspectAgent(profile.value, packages);
  return installed.ok ? ok({ profile: profile.value, installed: installed.value }) : installed;
};

export const presentAgent = async (options: AgentOptions, kind: AgentProfile["kind"]): Promise<FoundAgent> => {
  const found = await findAgent(options, kind);
  if (!found.ok) throw new Failure("backend/crashed", "The agent vanished between the gate and its start.");
  return found.value;
};

/** The digest covers the profile as it was read, so that a changed one is another agent. */
export const probeOf = ({ profile, installed }: FoundAgent): BackendProbe => ({
  profile: profile.id,
  version: installed.version,
  binary: digestOf(`${digestOf(canonicalJson(profile))}\n${installed.sha256}\n`),
  declared: profile.mediation,
});

/** How it is started for this assignment. */
export const launchAgent = (
  { profile, installed }: FoundAgent,
  { upstream }: AgentOptions,
  assignment: Assignment,
): Launch =>
  launchOf(profile, {
    agents: installed.folder,
    model: upstream === "none" ? "none" : (upstream.models[0] ?? "none"),
    run: assignment.run,
    words: assignment.words,
  });
