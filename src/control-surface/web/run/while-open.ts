import { useEffect } from "preact/hooks";

import type { Follow } from "../follow.ts";
import type { Resource } from "../resource.ts";

const ASKS_EVERY_MS = 1000;

/** Asks again a moment after each answer while a run goes on: its facts are in no stream, only the ledger's records are. */
export const useWhileOpen = (resource: Resource<unknown>, isOpen: boolean): void => {
  const at = resource.kind === "ready" ? resource.at.getTime() : undefined;
  useEffect(() => {
    if (!isOpen) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    // Without an answer nothing is drawn anew, so that the wait has to begin anew by itself.
    const wait = (): void => {
      clearTimeout(timer);
      timer = setTimeout(look, ASKS_EVERY_MS);
    };
    const look = (): void => {
      if (document.visibilityState === "visible") resource.refresh();
      wait();
    };
    wait();
    document.addEventListener("visibilitychange", look);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, [isOpen, at, resource.address]);
};

/** Records of one run. */
export const ofRun = (run: string): Follow => ({
  concerns: (event) => event.run === run || event.type === "missed",
  moves: "at-once",
});

/** The page of one file of a bundle; its name is a path of plain names. */
export const fileAddress = (run: string, file: string, line?: number | null): string =>
  `/r/${encodeURIComponent(run)}/evidence/${file.split("/").map(encodeURIComponent).join("/")}${line === undefined || line === null ? "" : `#L${line}`}`;
