import { Failure, type FailureCode } from "../../workflow/failure.ts";

/**
 * Does something for a run. A disk that is full, or takes no writes any more, is the world's doing and not a bug: nothing
 * more is said of the run, which stays open and goes on once the disk serves.
 */
export const onDisk = async <T>(act: () => Promise<T>): Promise<T> => {
  try {
    return await act();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? CODES[String(error.code)] : undefined;
    if (code === undefined || !(error instanceof Error)) throw error;
    throw new Failure(code, `The disk takes nothing more: ${error.message}.`, { cause: error });
  }
};

const CODES: Readonly<Record<string, FailureCode>> = {
  ENOSPC: "store/no-space",
  EDQUOT: "store/no-space",
  EROFS: "home/unreadable",
  EIO: "home/unreadable",
};
