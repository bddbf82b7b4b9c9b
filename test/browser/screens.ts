import type { List } from "./state-sayings.ts";
import type { SurfaceGround } from "./surface-ground.ts";
import type { ShownCase } from "./surface-makings.ts";
import { STATES } from "./surface-states.ts";

/** One screen in one of its states, as the tests walk it and `npm run shots` draws it. */
export interface Screen {
  /** Also the name of its pictures. */
  readonly name: string;
  readonly at: (shown: SurfaceGround["shown"]) => string;
  readonly served: ServedAs;
  /** `missing` where its address names nothing: the browser then tells its console of a 404. */
  readonly answers: "found" | "missing";
  /** What its reader does before it is looked at. */
  readonly does: Deed;
  /** What the words of states in it are held to: it is the page of one case, or a list of all of them. */
  readonly shows: { readonly of: "work" | "run"; readonly one: ShownCase } | List | "no state";
}

/** A home that holds every state or nothing yet, for who may write, for who only reads, or for who has no token. */
export type ServedAs = "states" | "empty" | "read-only" | "no-token";

export type Deed = "nothing" | "opens the palette" | "searches" | "opens the sheet" | "loses the server";

const screen = (
  name: string,
  at: string | Screen["at"],
  {
    served = "states",
    answers = "found",
    does = "nothing",
    shows = "no state",
  }: Partial<Omit<Screen, "name" | "at">> = {},
): Screen => ({ name, at: typeof at === "string" ? () => at : at, served, answers, does, shows });

const CASES = Object.keys(STATES) as readonly ShownCase[];

const NOT_STARTED: readonly ShownCase[] = [
  "candidate",
  "not-admitted",
  "suspended",
  "approved",
  "stale",
  "expired",
  "withdrawn",
];
const RUNS = CASES.filter((one) => !NOT_STARTED.includes(one));

const artifact = (one: ShownCase, file: string): Screen["at"] => {
  const name = file.split("/").map(encodeURIComponent).join("/");
  return (shown) => `/r/${shown[one].run}/evidence/${name}`;
};

/** Every screen (surface.md 4.2) in every state (surface.md 1). A new page needs its line here: a test holds routes to it. */
export const SCREENS: readonly Screen[] = [
  screen("inbox", "/", { shows: "inbox" }),
  screen("inbox-empty", "/", { served: "empty" }),
  screen("no-such-page", "/w/no/such/page"),
  screen("packets", "/packets", { shows: "packets" }),
  screen("packets-empty", "/packets", { served: "empty" }),
  ...CASES.map((one) => screen(`work-${one}`, (shown) => `/w/${shown[one].work}`, { shows: { of: "work", one } })),
  screen("work-missing", "/w/CTO-WORK-999", { answers: "missing" }),
  screen("runs", "/runs", { shows: "runs" }),
  screen("runs-filtered", "/runs?q=state%3Avoided"),
  screen("runs-nothing-found", "/runs?q=state%3Anothing"),
  screen("runs-empty", "/runs", { served: "empty" }),
  ...RUNS.map((one) => screen(`run-${one}`, (shown) => `/r/${shown[one].run}`, { shows: { of: "run", one } })),
  screen("run-missing", "/r/R-999-01", { answers: "missing" }),
  ...["report.json", "patch.diff", "test.log", "backend/frames.jsonl", "SHA256SUMS"].map((file) =>
    screen(`evidence-${file.replaceAll("/", "-")}`, artifact("awaiting_outcome", file)),
  ),
  screen("evidence-hostile", artifact("voided(policy)", "backend/frames.jsonl")),
  screen("evidence-changed", artifact("tampered", "test.log")),
  screen("evidence-missing", artifact("awaiting_outcome", "no-such-file"), { answers: "missing" }),
  screen("replay", (shown) => `/r/${shown.awaiting_outcome.run}/replay`),
  screen("replay-voided", (shown) => `/r/${shown["voided(policy)"].run}/replay`),
  screen("replay-missing", "/r/R-999-01/replay", { answers: "missing" }),
  screen("targets", "/targets"),
  screen("targets-empty", "/targets", { served: "empty" }),
  screen("target", "/targets/CTO-SAMPLE-049"),
  screen("target-missing", "/targets/CTO-NOTHING", { answers: "missing" }),
  screen("audit", "/audit"),
  screen("audit-empty", "/audit", { served: "empty" }),
  screen("health", "/health"),
  screen("settings", "/settings"),
  screen("compare", "/compare"),
  screen("compare-runs", ({ accepted, tampered }) => `/compare?a=${accepted.run}&b=${tampered.run}`),
  screen("compare-packets", ({ approved, stale }) => `/compare?a=${approved.work}&b=${stale.work}`),
  screen("compare-missing", ({ accepted }) => `/compare?a=${accepted.run}&b=R-999-01`, { answers: "missing" }),
  screen("evidence-not-sealed", artifact("executing", "test.log"), { answers: "missing" }),
  screen("palette", "/runs", { does: "opens the palette" }),
  screen("palette-searched", "/runs", { does: "searches" }),
  screen("help-sheet", "/runs", { does: "opens the sheet" }),
  screen("inbox-away", "/", { does: "loses the server" }),
  screen("work-away", (shown) => `/w/${shown.blocked.work}`, { does: "loses the server" }),
  screen("run-away", (shown) => `/r/${shown.awaiting_outcome.run}`, { does: "loses the server" }),
  screen("work-read-only", (shown) => `/w/${shown.blocked.work}`, { served: "read-only" }),
  screen("work-approved-read-only", (shown) => `/w/${shown.approved.work}`, { served: "read-only" }),
  screen("run-read-only", (shown) => `/r/${shown.awaiting_outcome.run}`, { served: "read-only" }),
  screen("run-executing-read-only", (shown) => `/r/${shown.executing.run}`, { served: "read-only" }),
  screen("inbox-no-token", "/", { served: "no-token" }),
  screen("run-no-token", (shown) => `/r/${shown.awaiting_outcome.run}`, { served: "no-token" }),
];
