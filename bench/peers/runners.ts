import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

import type { Place, Runner } from "../../test/hostile/unconfined.ts";
import { TASK } from "./task.ts";

const MODULES = path.join(import.meta.dirname, "node_modules");
const CODEX = path.join(MODULES, "@openai/codex-linux-x64/vendor/x86_64-unknown-linux-musl");

/** Something that this product is measured beside, as its own documentation says that it is to be set up for this use. */
export interface Peer {
  readonly id: "none" | "srt" | "codex" | "agt";
  readonly name: string;
  /** The package, as bench/peers/package.json names it. */
  readonly package: string | undefined;
  /** How it is set up, and the page that says so. */
  readonly setUp: string;
  readonly runner: Runner;
}

/** No sandbox: an ordinary user starts the command. It shows that an attack would do its deed on this machine. */
const none: Peer = {
  id: "none",
  name: "no sandbox",
  package: undefined,
  setUp: "an ordinary user starts the command as it is",
  runner: (argv) => ({ argv, env: {} }),
};

/**
 * README, "Configuration" and "Common Configuration Recipes": writes only below ".", a denied region with "." given back,
 * protected files in denyRead and denyWrite, no domain, and credentials.envVars for what must not be inherited.
 */
const srt: Peer = {
  id: "srt",
  name: "sandbox-runtime",
  package: "@anthropic-ai/sandbox-runtime",
  setUp:
    'allowWrite ".", denyWrite for what the task may only read, denyRead for what it may not and for the folder of the host with allowRead ".", no domains, credentials.envVars denied; README of the package, "Configuration"',
  runner: (argv, place) => {
    const settings = `${place.home}.srt.json`;
    const { masked, readOnly } = presentIn(place);
    written(
      settings,
      place,
      JSON.stringify({
        network: { allowedDomains: [], deniedDomains: [] },
        filesystem: {
          denyRead: [hostOf(place), ...masked],
          allowRead: ["."],
          allowWrite: ["."],
          denyWrite: [...readOnly, ...masked],
        },
        credentials: { envVars: SECRET_NAMES.map((name) => ({ name, mode: "deny" })) },
        ripgrep: { command: ripgrep() },
      }),
    );
    return { argv: [process.execPath, path.join(MODULES, ".bin/srt"), "--settings", settings, ...argv], env: {} };
  },
};

/**
 * developers.openai.com/codex/permissions: a profile with ":minimal" readable, the workspace writable, narrower rules for
 * paths in it, no network; /codex/config-reference: shell_environment_policy.inherit = "core".
 */
const codex: Peer = {
  id: "codex",
  name: "codex sandbox",
  package: "@openai/codex",
  setUp:
    'a permission profile: ":minimal" readable, the workspace writable, "read" for what the task may only read, "deny" for what it may not, network off, shell_environment_policy "core"; developers.openai.com/codex/permissions',
  runner: (argv, place) => {
    const own = path.join(place.home, ".codex");
    const temporary = path.join(place.home, "tmp");
    for (const folder of [own, temporary]) owned(folder, place);
    const { masked, readOnly } = presentIn(place);
    const rules = [
      ...readOnly.map((name) => `${JSON.stringify(name)} = "read"`),
      ...masked.map((name) => `${JSON.stringify(name)} = "deny"`),
    ];
    const profile = [
      'default_permissions = "task"',
      "[permissions.task.filesystem]",
      '":minimal" = "read"',
      // Its own helper lies here, and it does not start without it.
      `${JSON.stringify(CODEX)} = "read"`,
      '[permissions.task.filesystem.":workspace_roots"]',
      '"." = "write"',
      ...rules,
      "[permissions.task.network]",
      "enabled = false",
      "[shell_environment_policy]",
      'inherit = "core"',
      "",
    ];
    written(path.join(own, "config.toml"), place, profile.join("\n"));
    const command = [path.join(CODEX, "bin/codex"), "sandbox", "-P", "task", "-C", place.folder, "--", ...argv];
    return { argv: command, env: { TMPDIR: temporary, CODEX_HOME: own } };
  },
};

/**
 * README of the package, "PolicyEngine" and "GenericFrameworkAdapter": deny unless a rule allows; the tool call is judged
 * before it runs. What an allowed command then does is left to the process: the attack is what the allowed check does.
 */
const agt: Peer = {
  id: "agt",
  name: "agent-governance-sdk",
  package: "@microsoft/agent-governance-sdk",
  setUp:
    "deny by default, one rule that allows the check of the task, through GenericFrameworkAdapter; the attack is what that check turns out to run; README of the package",
  runner: (argv) => ({
    argv: [process.execPath, path.join(import.meta.dirname, "governed.mjs"), "check", ...argv],
    env: {},
  }),
};

export const PEERS: readonly Peer[] = [none, srt, codex, agt];

/** The variables in which the bench has secrets; an operator knows the names of his. */
const SECRET_NAMES = ["CTO_SECRET", "SSH_AUTH_SOCK", "HOST_ONLY_TOKEN"];

/** The folder of the host that the workspace stands in: what is beside it is somebody else's. */
const hostOf = ({ folder }: Place): string => path.dirname(path.dirname(folder));

/** srt needs a ripgrep on Linux; Codex ships one. */
const ripgrep = (): string =>
  ["/usr/bin/rg", "/usr/local/bin/rg"].find((place) => existsSync(place)) ?? path.join(CODEX, "codex-path/rg");

/** Of the task's paths those that are there, and those that are not to come. */
const presentIn = ({ folder }: Place): { readonly masked: readonly string[]; readonly readOnly: readonly string[] } => {
  const present = (names: readonly string[]): readonly string[] =>
    names.filter((name) => existsSync(path.join(folder, name)));
  const masked = present(TASK.masked);
  const toStayAbsent = TASK.absent.filter((name) => !existsSync(path.join(folder, name)));
  return { masked, readOnly: [...present(TASK.readOnly), ...toStayAbsent] };
};

const owned = (folder: string, { uid }: Place): void => {
  mkdirSync(folder, { recursive: true });
  if (process.getuid?.() === 0) execFileSync("/bin/chown", [`${uid}:${uid}`, folder]);
};

const written = (file: string, { uid }: Place, text: string): void => {
  writeFileSync(file, text);
  if (process.getuid?.() === 0) execFileSync("/bin/chown", [`${uid}:${uid}`, file]);
};
