import { publicKeysOnly } from "./adapters/keys/public-keys.ts";
import { lastProbe, NOT_PROBED } from "./adapters/sandbox/last-probe.ts";
import { openHome } from "./compose.ts";
import { readingWorld } from "./harness/reading/reading-world.ts";
import { readingOf } from "./harness/reading/reading.ts";
import { withoutSwitches } from "./harness/reading/without-switches.ts";
import type { McpGround } from "./mcp/ground.ts";

export interface McpOptions {
  /** The home that is named; left out, the nearest parent of `cwd`. */
  readonly home: string | undefined;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What `cto mcp` is given of a home: the verbs that read, over a ledger that is open for reading, without a signer. */
export const openMcpGround = async ({ home, cwd, environment }: McpOptions): Promise<McpGround> => {
  const whole = await openHome({
    home,
    cwd,
    environment: withoutSwitches(environment),
    terminal: false,
    mode: "read",
    keysIn: publicKeysOnly,
  });
  const { stateFolder, build, store } = whole;
  const world = readingWorld(whole, async () => (await lastProbe(stateFolder))?.protections ?? NOT_PROBED);
  return {
    reading: readingOf(world),
    version: build.version,
    sandboxSeenAt: async () => (await lastProbe(stateFolder))?.at ?? "never",
    mustBeHere: () => store.mustBeHere(),
    close: () => store.close(),
  };
};

/** Opens the ground and serves it on this process's standard streams until its client leaves. */
export const serveMcp = async (options: McpOptions): Promise<void> => {
  const { serveGround } = await import("./mcp/server.ts");
  const ground = await openMcpGround(options);
  try {
    await serveGround(ground).ended;
  } finally {
    await ground.close();
  }
};
