import type { Backend } from "../../seams/backend.ts";
import type { AgentProfile } from "../../workflow/backend/agent-profile.ts";
import { ok } from "../../workflow/result.ts";
import { leadAcpAgent } from "./acp-client.ts";
import { findAgent, launchAgent, presentAgent, probeOf, type AgentOptions } from "./found-agent.ts";
import { insidePath, programBytes } from "./programs.ts";

/** Any agent that speaks the Agent Client Protocol, led by what its profile says (backends.md 6, 9). */
export const acpBackend = (options: AgentOptions): Backend => ({
  kind: "acp",
  probe: async () => {
    const found = await findAgent(options, "acp");
    return found.ok ? ok(probeOf(found.value)) : found;
  },
  needs: async (assignment) => {
    const found = await presentAgent(options, "acp");
    const { files } = launchAgent(found, options, assignment);
    return {
      readOnlyHostPaths: [found.installed.folder, process.execPath],
      files: [
        ...files,
        { path: insidePath("hand.mjs"), content: await programBytes("hand.mjs") },
        { path: insidePath("tool-pipe.mjs"), content: await programBytes("tool-pipe.mjs") },
      ],
    };
  },
  perform: async (assignment, room) => {
    const found = await presentAgent(options, "acp");
    const { argv, env } = launchAgent(found, options, assignment);
    const { profile } = found;
    return leadAcpAgent(
      {
        argv,
        env,
        probe: probeOf(found),
        manners: {
          clientCapabilities: capabilitiesOf(profile),
          mcpServers: profile.harnessTools === "session" ? [OUR_TOOLS] : [],
          harnessTools: profile.harnessTools !== undefined,
          ...(profile.authenticate === undefined ? {} : { authenticate: profile.authenticate }),
          ...(profile.mode === undefined ? {} : { mode: profile.mode }),
          ...(profile.sessionMeta === undefined ? {} : { sessionMeta: profile.sessionMeta }),
          ...(profile.version === undefined ? {} : { pins: pinsOf(profile.version, profile.also) }),
        },
      },
      assignment,
      room,
    );
  },
});

// Some adapters name their own version to their client, some that of the agent behind them.
const pinsOf = (version: string, also: AgentProfile["also"] = {}): readonly string[] => [
  version,
  ...Object.values(also),
];

/** An MCP server of stdio, as session/new takes it: the pipe inside, whose other end is the Harness. */
const OUR_TOOLS = {
  name: "harness",
  command: process.execPath,
  args: [insidePath("tool-pipe.mjs")],
  env: [],
} as const;

const capabilitiesOf = ({
  clientCapabilities = { readTextFile: true, writeTextFile: true, terminal: true },
}: AgentProfile): {
  readonly fs: { readonly readTextFile: boolean; readonly writeTextFile: boolean };
  readonly terminal: boolean;
} => {
  const { terminal, ...fs } = clientCapabilities;
  return { fs, terminal };
};
