import { watch } from "node:fs/promises";

/**
 * Waits until something changes in one of these folders, again and again, until the signal; what changes while the
 * caller is busy is told once, when it asks again. It watches folders, since editors replace files.
 */
export async function* changesIn(folders: readonly string[], signal: AbortSignal): AsyncGenerator<void> {
  let isChanged = false;
  let wake: () => void = () => undefined;
  const note = (): void => {
    isChanged = true;
    wake();
  };
  const watching = Promise.all(folders.map((folder) => follow(folder, signal, note))).finally(() => wake());
  signal.addEventListener("abort", () => wake());
  while (!signal.aborted) {
    if (!isChanged)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    if (signal.aborted) break;
    isChanged = false;
    yield;
  }
  await watching;
}

const follow = async (folder: string, signal: AbortSignal, note: () => void): Promise<void> => {
  try {
    for await (const _ of watch(folder, { signal })) note();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
};
