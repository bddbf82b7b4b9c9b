import { execFileSync, spawnSync } from "node:child_process";
import path from "node:path";

/** What the table cannot say of the agent-governance-sdk: a command that no rule allows, and its containers. */
export const agtNotes = (): readonly string[] => {
  const governed = path.join(import.meta.dirname, "governed.mjs");
  const asked = spawnSync(process.execPath, [governed, "shell", "/bin/true"], { encoding: "utf8", timeout: 30_000 });
  return [
    `agent-governance-sdk, the same scripts asked for as a command of their own: ${
      asked.status === 126
        ? "denied before they start, every one, for the rule goes by the name of the tool"
        : "not denied"
    }`,
    `agent-governance-sdk, its DockerSandboxProvider (a container without network, capabilities and writable root): ${
      hasDocker() ? "not tried: it needs an image from a registry" : "could not run here: no docker daemon answers"
    }`,
  ];
};

const hasDocker = (): boolean => {
  try {
    execFileSync("docker", ["info"], { stdio: "ignore", timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
};
