import { chmod, copyFile, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

import type { AgentProfile } from "../../src/workflow/backend/agent-profile.ts";

/** An agent of our own, installed as a package beside others, and the profile by which a home leads it. */
export interface FakeAgent {
  /** Folder `node_modules` that holds it. */
  readonly packages: string;
  readonly profile: AgentProfile;
}

export interface FakeAgentScript {
  readonly steps: readonly unknown[];
  /** Whether a program that prints does what it says. */
  readonly acts?: boolean;
  /** Another program than the one of its kind. */
  readonly program?: URL;
}

const PROGRAMS: Readonly<Record<"acp" | "command", URL>> = {
  acp: new URL("../../src/adapters/backend/programs/scripted-agent.mjs", import.meta.url),
  command: new URL("printing-agent.mjs", import.meta.url),
};

const PIN = "1.0.0";

/** Installs the scripted agent as one that speaks ACP, or the printing program; called again, it plays other steps. */
export const installFakeAgent = async (
  folder: string,
  kind: keyof typeof PROGRAMS,
  script: FakeAgentScript,
): Promise<FakeAgent> => {
  const name = `fake-${kind}`;
  const packages = path.join(folder, "node_modules");
  const root = path.join(packages, name);
  await mkdir(root, { recursive: true });
  for (const open of [folder, packages, root]) await chmod(open, 0o755);
  await writeFile(path.join(root, "package.json"), JSON.stringify({ name, version: PIN }));
  await copyFile(fileURLToPath(script.program ?? PROGRAMS[kind]), path.join(root, "agent.mjs"));
  await writeFile(path.join(root, "steps.json"), JSON.stringify(script));
  return {
    packages,
    profile: {
      id: name,
      kind,
      tier: "documented",
      package: name,
      version: PIN,
      command: "${NODE}",
      args: [`\${AGENTS}/${name}/agent.mjs`, `\${AGENTS}/${name}/steps.json`],
      dialect: "chat",
      ...(kind === "command" ? { parser: "pi-json" } : {}),
      projectConfig: { off: "it reads none", paths: [], prose: [] },
      mediation: "observe",
    },
  };
};

/** Where a home keeps a profile of its own. */
export const profilePath = ({ profile }: FakeAgent): string => `.sot/authority/profiles/${profile.id}.json`;
