import { hostShell, hostShellAtOnce } from "../../compose.ts";
import type { HostAct, HostileCase } from "./case-form.ts";
import type { Field } from "./field.ts";
import { stateOf, differences, type HomeState } from "./home-state.ts";
import type { PlayedAct } from "./played.ts";

/** The acts of a case on the host, each at its moment, in their order. */
export interface HostActs {
  /** Everything that is to be done at a point of the story. */
  at(moment: HostAct["at"], more?: Readonly<Record<string, string>>): Promise<void>;
  /** Does at once, while nothing else moves, what belongs to the first fact of this type. */
  seen(line: string): void;
  readonly played: readonly PlayedAct[];
}

export const hostActs = ({ host }: HostileCase, field: Field): HostActs => {
  const played: PlayedAct[] = [];
  const waiting = new Set(host);
  const orderOf = (act: HostAct, more: Readonly<Record<string, string>>): Parameters<typeof hostShell>[0] => {
    waiting.delete(act);
    const env = { ...field.shell, ...more };
    return { script: `${PRELUDE}${act.run}`, folder: field.target, env, timeoutMs: ACT_TIMEOUT_MS };
  };
  return {
    played,
    at: async (moment, more = {}) => {
      for (const act of host.filter((one) => one.at === moment)) {
        const before = act.refuses === undefined ? "not-asked" : await stateOf(field);
        const done = await hostShell(orderOf(act, more));
        played.push({ act, ...done, changed: await changedSince(field, before) });
      }
    },
    seen: (line) => {
      for (const act of [...waiting].filter(({ at }) => isMomentOf(at, line)))
        played.push({ act, ...hostShellAtOnce(orderOf(act, {})), changed: [] });
    },
  };
};

/** One act may be a handful of commands of `cto`, each a process of its own. */
const ACT_TIMEOUT_MS = 120_000;

/** What acts have in common: the owner's words, and commands that must be refused with one code each. */
const PRELUDE = `sentence() { grep -m1 '^I approve ' "$PACKET"; }
approve_as() { cto approve "$WORK" --key "$1" --sentence-file "$2"; }
accept_words() { cto outcome "$RUN" --accept --key "$KEY" 2>&1 | sed -n "s/.*printf '%s' '\\(.*\\)' | cto.*/\\1/p" | tr -d '\\n' >"$ROOT/words"; }
accept_run() { accept_words; cto outcome "$RUN" --accept --key "$KEY" --sentence-file "$ROOT/words" "$@"; }
answers() {
  local exit=$1 code=$2 said got=0; shift 2
  said=$("$@" 2>&1) || got=$?
  printf '%s\\n' "$said"
  case "$got $said" in "$exit "*"$code"*) ;; *) echo "NOT $exit with $code but $got: $*"; exit 99 ;; esac
}
refused() { answers 3 "$@"; }
detected() { answers 5 "$@"; }
verify_at() { cto verify "$1" --trust "$GOVERNED/.sot/authority/allowed_signers" --json; }
work_in_a_copy() {
  cp -a . "$ROOT/everyday"; cd "$ROOT/everyday"
  git status >/dev/null; git add -A; git commit -q --allow-empty -m mine; git diff HEAD~1 >/dev/null; git checkout -q -b other
}
copied() { rm -rf "$ROOT/copy"; cp -a "$BUNDLE" "$ROOT/copy"; chmod -R u+w "$ROOT/copy"; }
`;

const isMomentOf = (at: HostAct["at"], line: string): boolean =>
  at.startsWith("event:") && line.includes(`"type":"cto.${at.slice("event:".length)}.v1"`);

const changedSince = async (field: Field, before: HomeState | "not-asked"): Promise<readonly string[]> =>
  before === "not-asked" ? [] : differences(before, await stateOf(field));
