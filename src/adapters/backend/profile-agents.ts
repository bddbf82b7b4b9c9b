import type { Agents } from "../../seams/backend.ts";
import { readAgentProfile, type ProfileText } from "../../workflow/backend/read-agent-profile.ts";
import { ok } from "../../workflow/result.ts";
import { acpBackend } from "./acp-backend.ts";
import { commandBackend } from "./command-backend.ts";
import { findAgent, probeOf, type AgentOptions } from "./found-agent.ts";
import { launchOf } from "./profile-launch.ts";
import { profileTexts, shippedProfiles } from "./profile-texts.ts";

/** Those that ship, for whoever has no home. */
export const shippedAgents = (): Agents =>
  profileAgents(
    profileTexts(async () => "absent"),
    async () => [],
  );

export const profileAgents = (textOf: ProfileText, ownIds: () => Promise<readonly string[]>): Agents => ({
  list: async () => [...new Set([...(await shippedProfiles()), ...(await ownIds())])].sort(),
  read: (id) => readAgentProfile(id, textOf),
  find: async (id, packages) => {
    const profile = await readAgentProfile(id, textOf);
    if (!profile.ok) return profile;
    const options: AgentOptions = { profile: id, textOf, packages, upstream: "none" };
    const found = await findAgent(options, profile.value.kind);
    if (!found.ok) return found;
    return ok({
      probe: probeOf(found.value),
      backend: profile.value.kind === "acp" ? acpBackend(options) : commandBackend(options),
      start: (run) =>
        launchOf(found.value.profile, { agents: found.value.installed.folder, model: "none", run, words: "" }),
    });
  },
});
