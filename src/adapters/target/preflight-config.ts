import { join } from "node:path";

import type { PreflightFinding } from "../../workflow/admission/observation.ts";
import { digestOf } from "../../workflow/digest.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { isOff, parseGitConfig, type ConfigEntry } from "./git-config.ts";
import { shown } from "./path-name.ts";
import { readPlainFile } from "./plain-file.ts";

export interface ConfigSeen {
  readonly refusals: readonly Refusal[];
  readonly findings: readonly PreflightFinding[];
  /** `name url`, as configured. */
  readonly remotes: readonly string[];
}

/** `T/.git/config` as data: what leads elsewhere is refused, what could run a program is listed and never run. */
export const lookAtConfig = (repository: string): ConfigSeen => {
  const read = readPlainFile(join(repository, ".git", "config"), CONFIG_BYTES_MAX);
  if (read.is !== "plain") return unreadable(`.git/config is ${read.is}`);
  const config = parseGitConfig(read.bytes);
  if (!config.readable) return unreadable(`line ${config.line} of .git/config`);
  return {
    refusals: config.entries.flatMap(objection),
    findings: config.entries.flatMap(findingOf),
    remotes: config.entries.flatMap(({ key, value }) => {
      const name = /^remote\.(.*)\.url$/s.exec(key)?.[1];
      return name === undefined ? [] : [`${name} ${String(value)}`];
    }),
  };
};

const CONFIG_BYTES_MAX = 1_048_576;

const unreadable = (found: string): ConfigSeen => ({
  refusals: [refusal("admission/config-unreadable", { found })],
  findings: [],
  remotes: [],
});

const objection = (entry: ConfigEntry): Refusal[] => {
  const { key, value, line } = entry;
  const found = shown(`${key} = ${String(value)}`);
  const section = key.slice(0, key.indexOf("."));
  if (section === "include" || section === "includeif") {
    return [refusal("admission/config-include", { key: shown(key), line })];
  }
  if (section === "extensions") return [extension(key, found)];
  if (key === "core.worktree") return [refusal("admission/config-worktree", { found })];
  if (key === "core.repositoryformatversion" && value !== "0" && value !== "1") {
    return [refusal("admission/extension", { found })];
  }
  if (/^remote\..*\.partialclonefilter$/s.test(key)) return [refusal("admission/partial-clone", { found })];
  if (isOff(value)) return [];
  if (key === "core.bare") return [refusal("admission/bare", { found })];
  if (key === "core.splitindex") return [refusal("admission/split-index", { found })];
  if (key === "core.sparsecheckout" || key === "index.sparse") return [refusal("admission/sparse", { found })];
  if (/^remote\..*\.promisor$/s.test(key)) return [refusal("admission/partial-clone", { found })];
  return [];
};

const extension = (key: string, found: string): Refusal => {
  switch (key) {
    case "extensions.objectformat":
    case "extensions.compatobjectformat":
      return refusal("admission/object-format", { found });
    case "extensions.worktreeconfig":
      return refusal("admission/config-worktree", { found });
    case "extensions.partialclone":
      return refusal("admission/partial-clone", { found });
  }
  return refusal("admission/extension", { found });
};

/** Keys that name a program, a place or a key of somebody: first match counts. */
const LISTED: readonly (readonly [RegExp, PreflightFinding["finding"]])[] = [
  [/^core\.hookspath$|^hook\./s, "hook"],
  [/^core\.fsmonitor$|^fsmonitor\./s, "fsmonitor"],
  [/^alias\./s, "alias"],
  [/^remote\..*\.(?:push)?url$/s, "remote"],
  [/^url\..*\.(?:push)?insteadof$/s, "url-rewrite"],
  [/^credential\.|^core\.askpass$/s, "credential"],
  [/^gpg\.|^user\.signingkey$|^(?:commit|tag|push)\.gpgsign$/s, "signing"],
  [/^(?:diff|merge|filter|difftool|mergetool|pager|tar|browser|man|guitool|trailer|submodule|uploadpack)\./s, "driver"],
  [/^core\.(?:pager|editor|sshcommand|gitproxy|alternaterefscommand|attributesfile|excludesfile)$/s, "driver"],
  [/^sequence\.editor$|^interactive\.difffilter$|^remote\..*\.(?:uploadpack|receivepack|vcs|proxy)$/s, "driver"],
];

const findingOf = ({ key, value }: ConfigEntry): PreflightFinding[] => {
  const finding = LISTED.find(([pattern]) => pattern.test(key))?.[1];
  return finding === undefined ? [] : [{ finding, where: key, digest: digestOf(String(value)) }];
};
