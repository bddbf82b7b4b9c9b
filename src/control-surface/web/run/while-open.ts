import { useEffect } from "preact/hooks";

import type { LiveEvent } from "../live.ts";
import type { Follow, Resource } from "../resource.ts";

const ASKS_EVERY_MS = 1000;

/** Asks again a moment after each answer while a run goes on: its facts are in no stream, only the ledger's records are. */
export const useWhileOpen = (resource: Resource<unknown>, isOpen: boolean): void => {
  const at = resource.kind === "ready" ? resource.at.getTime() : undefined;
  useEffect(() => {
    if (!isOpen || at === undefined) return;
    const timer = setTimeout(() => document.visibilityState === "visible" && resource.again(), ASKS_EVERY_MS);
    return () => clearTimeout(timer);
  }, [isOpen, at, resource.address]);
};

/** Records of one run. */
export const ofRun = (run: string): Follow => ({
  concerns: (event: LiveEvent) => event.run === run || event.type === "missed",
  moves: "at-once",
});

export const addressOf = (run: string, rest = ""): string => `/api/r/${encodeURIComponent(run)}${rest}`;

/** The page of one file of a bundle; its name is a path of plain names. */
export const fileAddress = (run: string, file: string, line?: number | null): string =>
  `/r/${encodeURIComponent(run)}/evidence/${file.split("/").map(encodeURIComponent).join("/")}${line === undefined || line === null ? "" : `#L${line}`}`;
