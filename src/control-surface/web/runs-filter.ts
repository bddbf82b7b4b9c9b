import { SHOWN_STATES, type ShownState } from "../../workflow/state-words.ts";

/** The parts of the list of runs. Together they are all of it, and no run is in two. */
export const RUN_TABS = ["needs", "running", "finished", "all"] as const;
export type RunTab = (typeof RUN_TABS)[number];

export const TAB_WORDS: Readonly<Record<RunTab, string>> = {
  needs: "Needs you",
  running: "Running",
  finished: "Finished",
  all: "All",
};

const NEEDS: ReadonlySet<ShownState> = new Set(["rollback_failed", "awaiting_outcome", "rejected", "interrupted"]);
const RUNNING: ReadonlySet<ShownState> = new Set(["executing", "queued", "stopping"]);

/** The states of a tab, as the server is asked for them; all of them need no word. */
export const statesOfTab = (tab: RunTab): readonly ShownState[] | "all" => {
  switch (tab) {
    case "needs":
      return SHOWN_STATES.filter((state) => NEEDS.has(state));
    case "running":
      return SHOWN_STATES.filter((state) => RUNNING.has(state));
    case "finished":
      return SHOWN_STATES.filter((state) => !NEEDS.has(state) && !RUNNING.has(state));
    case "all":
      return "all";
  }
};

/** What a typed filter means. A word that it does not know is told, and then it lets nothing more through than it says. */
export interface RunsFilter {
  readonly states: readonly ShownState[] | "all";
  readonly work?: string;
  /** Runs that began since then. */
  readonly since?: Date;
  /** A path, with `*` within a name and `**` across them. */
  readonly touched?: string;
  /** Texts that state, run, work item, title or person hold, in small letters. */
  readonly words: readonly string[];
  readonly unknown: readonly string[];
}

export const readRunsFilter = (text: string, tab: RunTab, now: Date): RunsFilter => {
  let filter: RunsFilter = { states: statesOfTab(tab), words: [], unknown: [] };
  for (const term of text.trim().split(/\s+/).filter(Boolean)) {
    const [, name = "", value = ""] = /^([a-z]+):(.*)$/s.exec(term) ?? [];
    const read = name === "" ? { words: [...filter.words, term.toLowerCase()] } : TERMS.get(name)?.(value, filter, now);
    filter = read === undefined ? { ...filter, unknown: [...filter.unknown, term] } : { ...filter, ...read };
  }
  return filter;
};

type Read = (value: string, filter: RunsFilter, now: Date) => Partial<RunsFilter> | undefined;

const TERMS: ReadonlyMap<string, Read> = new Map<string, Read>([
  [
    "state",
    (value, { states }) => {
      const named = SHOWN_STATES.filter((state) => value !== "" && state.startsWith(value));
      if (named.length === 0) return undefined;
      return { states: states === "all" ? named : named.filter((state) => states.includes(state)) };
    },
  ],
  [
    "work",
    (value) => {
      const number = /^(?:CTO-WORK-)?(\d{3,9})$/i.exec(value)?.[1];
      return number === undefined ? undefined : { work: `CTO-WORK-${number}` };
    },
  ],
  [
    "since",
    (value, _, now) => {
      const since = momentOf(value, now);
      return since === undefined ? undefined : { since };
    },
  ],
  ["touched", (value) => (value === "" ? undefined : { touched: value })],
]);

const UNITS: ReadonlyMap<string, number> = new Map([
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
  ["w", 604_800_000],
]);

const momentOf = (value: string, now: Date): Date | undefined => {
  const [, count = "", unit = ""] = /^(\d{1,4})([mhdw])$/.exec(value) ?? [];
  const ms = UNITS.get(unit);
  if (ms !== undefined) return new Date(now.getTime() - Number(count) * ms);
  if (!/^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?Z)?$/.test(value)) return undefined;
  const at = new Date(value);
  return Number.isNaN(at.getTime()) ? undefined : at;
};

/** Whether a path is meant by what was asked for: `src/**` is everything below, `*.py` any name there. */
export const pathMeets = (pattern: string, path: string): boolean => meets(pattern.split("/"), path.split("/"));

/** Goes through the pattern once with all places that the path may have come to: stars within stars cost no more. */
const meets = (pattern: readonly string[], path: readonly string[]): boolean => {
  let places: readonly number[] = [0];
  for (const part of pattern) {
    const [first = path.length + 1] = places;
    places =
      part === "**"
        ? Array.from({ length: path.length + 1 - first }, (_, more) => first + more)
        : places.flatMap((at) => (nameMeets(part, path[at]) ? [at + 1] : []));
    if (places.length === 0) return false;
  }
  return places.at(-1) === path.length;
};

/** Each part between stars, found from left to right: no pattern can make this slow. */
const nameMeets = (pattern: string, name: string | undefined): boolean => {
  if (name === undefined) return false;
  const parts = pattern.split("*");
  const [first = "", last = ""] = [parts[0], parts.at(-1)];
  if (parts.length === 1) return pattern === name;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at);
    if (found === -1 || found + part.length > name.length - last.length) return false;
    at = found + part.length;
  }
  return true;
};
