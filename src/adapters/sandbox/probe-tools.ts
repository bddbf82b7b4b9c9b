import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

import type { Protections } from "../../seams/sandbox.ts";
import { digestOf } from "../../workflow/digest.ts";
import { BASH, BWRAP, NSENTER, PERL, PRLIMIT, SETPRIV, SOCAT, UNSHARE } from "./launch-chain.ts";

export type Check = Protections["checks"][number];
export type Tool = Protections["tools"][number];

/** The programs of the chain, by really asking each for its version; what is absent is a failed check. */
export const probeTools = async (): Promise<{ readonly checks: readonly Check[]; readonly tools: readonly Tool[] }> => {
  const asked = await Promise.all(
    TOOLS.map(async ({ name, path }) => ({ name, path, tool: await toolAt(name, path) })),
  );
  const tools = asked.flatMap(({ tool }) => tool ?? []);
  return { checks: asked.map(checkOf), tools };
};

const OLDEST_BWRAP = [0, 8, 0] as const;

const TOOLS = [
  { name: "bubblewrap", path: BWRAP, fix: "apt-get install bubblewrap" },
  { name: "bash", path: BASH, fix: "apt-get install bash" },
  { name: "prlimit", path: PRLIMIT, fix: "apt-get install util-linux" },
  { name: "setpriv", path: SETPRIV, fix: "apt-get install util-linux" },
  { name: "unshare", path: UNSHARE, fix: "apt-get install util-linux" },
  { name: "nsenter", path: NSENTER, fix: "apt-get install util-linux" },
  { name: "perl", path: PERL, fix: "apt-get install perl-base" },
  { name: "socat", path: SOCAT, fix: "apt-get install socat" },
] as const;

const toolAt = async (name: string, path: string): Promise<Tool | undefined> => {
  try {
    const said = await promisify(execFile)(path, [name === "socat" ? "-V" : "--version"], { env: {}, timeout: 5_000 });
    const version = /\d+\.\d+(?:\.\d+)?/.exec(said.stdout)?.[0] ?? "unknown";
    return { name, version, sha256: digestOf(await readFile(path)) };
  } catch {
    return undefined;
  }
};

const checkOf = ({ name, path, tool }: { name: string; path: string; tool: Tool | undefined }): Check => {
  const id = `tool/${name}`;
  const fix = TOOLS.find((one) => one.name === name)?.fix ?? "";
  if (tool === undefined) return { id, ok: false, says: `${path} is not there or does not start.`, fix };
  if (name === "bubblewrap" && isOlder(tool.version))
    return { id, ok: false, says: `bubblewrap ${tool.version} is older than ${OLDEST_BWRAP.join(".")}.`, fix };
  return { id, ok: true, says: `${name} ${tool.version} starts.`, fix };
};

const isOlder = (version: string): boolean => {
  const parts = version.split(".").map(Number);
  const differing = OLDEST_BWRAP.findIndex((oldest, at) => oldest !== (parts[at] ?? 0));
  return differing !== -1 && (parts[differing] ?? 0) < (OLDEST_BWRAP[differing] ?? 0);
};
