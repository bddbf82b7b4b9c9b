import { Failure } from "../../workflow/failure.ts";

/** Whether the end of the run is wanted; not so where only this worker is to let go of it. */
export const isCancelled = ({ aborted, reason }: AbortSignal): boolean => aborted && !(reason instanceof Failure);

/** Where another worker is to go on, nothing more is said of the run here: it stays open. */
export const throwIfLetGo = ({ aborted, reason }: AbortSignal): void => {
  if (aborted && reason instanceof Failure) throw reason;
};
