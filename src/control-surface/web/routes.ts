import type { JSX } from "preact";

import { firstOfRun } from "./run-addresses.ts";

/** What a page is given: the parts of its address. */
export interface PageProps {
  readonly name: string;
  readonly rest: string;
}

export type RailName = "inbox" | "packets" | "runs" | "targets" | "audit" | "health" | "none";

export interface Route {
  readonly pattern: RegExp;
  readonly rail: RailName;
  /** Addresses that the page draws first, where it waits for all of them. */
  readonly first?: (name: string) => readonly string[];
  readonly load: () => Promise<{ readonly Page: (props: PageProps) => JSX.Element }>;
}

/** Every screen (surface.md 4.2). A new one needs its line here and its file in `pages/`. */
const ROUTES: readonly Route[] = [
  { pattern: /^\/$/, rail: "inbox", load: () => import("./pages/inbox.tsx") },
  { pattern: /^\/packets$/, rail: "packets", load: () => import("./pages/packets.tsx") },
  { pattern: /^\/w\/([^/]+)$/, rail: "packets", load: () => import("./pages/work.tsx") },
  { pattern: /^\/r\/([^/]+)$/, rail: "runs", first: firstOfRun, load: () => import("./pages/run.tsx") },
  { pattern: /^\/r\/([^/]+)\/evidence\/(.+)$/, rail: "runs", load: () => import("./pages/evidence.tsx") },
  { pattern: /^\/runs$/, rail: "runs", load: () => import("./pages/runs.tsx") },
  { pattern: /^\/r\/([^/]+)\/replay$/, rail: "runs", load: () => import("./pages/replay.tsx") },
  { pattern: /^\/targets$/, rail: "targets", load: () => import("./pages/targets.tsx") },
  { pattern: /^\/targets\/([^/]+)$/, rail: "targets", load: () => import("./pages/target.tsx") },
  { pattern: /^\/audit$/, rail: "audit", load: () => import("./pages/audit.tsx") },
  { pattern: /^\/health$/, rail: "health", load: () => import("./pages/health.tsx") },
  { pattern: /^\/compare$/, rail: "none", load: () => import("./pages/compare.tsx") },
  { pattern: /^\/settings$/, rail: "none", load: () => import("./pages/settings.tsx") },
];

export interface Matched extends PageProps {
  readonly route: Route;
}

/** The screen of an address and the parts of it that name something. */
export const routeOf = (path: string): Matched | undefined => {
  for (const route of ROUTES) {
    const found = route.pattern.exec(path);
    if (found !== null) return { route, name: decoded(found[1]), rest: decoded(found[2]) };
  }
  return undefined;
};

const decoded = (part: string | undefined): string => {
  try {
    return decodeURIComponent(part ?? "");
  } catch {
    return "";
  }
};
