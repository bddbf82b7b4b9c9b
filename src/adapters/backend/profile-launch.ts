import path from "node:path";

import { fillPlaces, type AgentProfile, type ProfilePlaces } from "../../workflow/backend/agent-profile.ts";
import { placeholderKey } from "../../workflow/backend/placeholder-key.ts";
import type { RunId } from "../../workflow/ids.ts";
import { insidePath } from "./programs.ts";

/** How a profile's agent is started in the stage: words, variables, and the files that its HOME is made of. */
export interface Launch {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly files: readonly { readonly path: string; readonly content: Uint8Array }[];
}

export interface LaunchGround {
  readonly agents: string;
  readonly model: string;
  readonly run: RunId;
  /** The prompt. An agent that speaks ACP gets it in its turn; a command reads it from a file. */
  readonly words: string;
}

/** Everything filled in. No key is among it: the placeholder names the run, and the relay sets the real one (R089). */
export const launchOf = (profile: AgentProfile, { agents, model, run, words }: LaunchGround): Launch => {
  const places: ProfilePlaces = {
    NODE: process.execPath,
    AGENTS: agents,
    HOME,
    WORK: "/workspace",
    MODEL: "http://127.0.0.1:8787",
    MODEL_NAME: model,
    KEY: placeholderKey(run),
    TOOLS: insidePath("tool-pipe.mjs"),
    WORDS,
    SAID: profile.kind === "command" ? words : "",
  };
  const fill = (text: string): string => fillPlaces(text, places);
  const laid = (profile.files ?? []).map((file) => {
    const place = fill(file.path);
    return {
      path: `${LAID}${place.slice(HOME.length)}`,
      text: fill("text" in file ? file.text : `${JSON.stringify(file.json, null, 1)}\n`),
      program: "executable" in file && file.executable ? [place] : [],
    };
  });
  const programs = laid.flatMap(({ program }) => program);
  return {
    argv: [
      "/bin/sh",
      "-c",
      START,
      "sh",
      laid.length === 0 ? "" : LAID,
      path.dirname(process.execPath),
      String(programs.length),
      ...programs,
      fill(profile.command),
      ...profile.args.map(fill),
    ],
    env: Object.fromEntries(Object.entries(profile.env ?? {}).map(([name, value]) => [name, fill(value)])),
    files: [
      ...laid.map((file) => ({ path: file.path, content: Buffer.from(file.text) })),
      ...(profile.kind === "command" ? [{ path: WORDS, content: Buffer.from(words) }] : []),
    ],
  };
};

const HOME = "/home/agent";
const LAID = "/opt/cto/home";
const WORDS = "/opt/cto/words.txt";

// An agent writes beside its settings and over them; so they are its own copies, made by its own process.
const START = [
  'if [ -n "$1" ]; then cp -R "$1/." "$HOME" && chmod -R u+w "$HOME" || exit 70; fi',
  'PATH="$PATH:$2"; export PATH; programs=$3; shift 3',
  'while [ "$programs" -gt 0 ]; do chmod u+x "$1" || exit 70; shift; programs=$((programs - 1)); done',
  'exec "$@"',
].join("; ");
