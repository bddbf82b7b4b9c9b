import { statSync } from "node:fs";
import { stat, watch } from "node:fs/promises";

import { Failure } from "../workflow/failure.ts";
import { visible } from "../workflow/visible-text.ts";

/**
 * Waits until something changes in one of these folders, again and again, until the signal; what changes while the
 * caller is busy is told once, when it asks again. It watches folders, since editors replace files; one that is not there,
 * or not the same any more, is a Failure: nobody would be told of what changes there.
 */
export async function* changesIn(folders: readonly string[], signal: AbortSignal): AsyncGenerator<void> {
  let isChanged = false;
  const failures: unknown[] = [];
  let wake: () => void = () => undefined;
  const note = (): void => {
    isChanged = true;
    wake();
  };
  const failing = new AbortController();
  const either = AbortSignal.any([signal, failing.signal]);
  const watching = Promise.all(folders.map((folder) => follow(folder, either, note)))
    .catch((error: unknown) => {
      failures.push(error);
      failing.abort();
    })
    .finally(() => wake());
  signal.addEventListener("abort", () => wake());
  while (!signal.aborted && failures.length === 0) {
    if (!isChanged)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    if (signal.aborted || failures.length > 0) break;
    isChanged = false;
    yield;
  }
  if (failures.length > 0) throw failures[0];
  await watching;
}

const follow = async (folder: string, signal: AbortSignal, note: () => void): Promise<void> => {
  try {
    // At once: what changes before it is watched would be missed.
    const { ino } = statSync(folder);
    for await (const _ of watch(folder, { signal })) {
      note();
      if ((await stat(folder)).ino !== ino)
        throw new Failure("home/unreadable", `${visible(folder)} is another folder than the one that was watched.`);
    }
  } catch (error) {
    if (signal.aborted) return;
    if (error instanceof Failure || !(error instanceof Error) || !("code" in error)) throw error;
    throw new Failure("home/unreadable", `${visible(folder)} cannot be watched: ${String(error.code)}.`, {
      cause: error,
    });
  }
};
