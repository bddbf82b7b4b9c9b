import type { EngineRun, StepOutput } from "../../seams/engine.ts";
import { LIMITS } from "../../workflow/limits.ts";

/** Nobody hears of what ends so: DBOS records neither an end nor an error, and another worker goes on. */
export const forever = (): Promise<never> => new Promise(() => undefined);

/** What remembers the steps of one order. */
export interface Journal {
  /** Whatever comes now is of no use here. */
  readonly isGone: () => boolean;
  /** Another worker has the order, or will have it. */
  readonly lose: () => void;
  /** Aborts when nothing can be recorded any more. */
  readonly lost: AbortSignal;
}

/**
 * A step through DBOS, which is told of outputs alone. An act that fails is not remembered: another worker tries it
 * again, and what it throws goes to whoever performs. A memory that does not fit is passed over.
 */
export const journaledStep =
  ({ isGone, lose, lost }: Journal): EngineRun["step"] =>
  async <T extends StepOutput>(name: string, act: () => Promise<T>): Promise<T> => {
    if (isGone()) {
      lose();
      throw new Error(`Step ${name} does not begin here any more.`);
    }
    const { DBOS, Error: errors, DBOSWorkflowConflictError: Conflict } = await import("@dbos-inc/dbos-sdk");
    const { promise: broken, reject } = Promise.withResolvers<never>();
    let acting = false;
    const end = (): void => {
      if (!acting) reject(new Error(`Step ${name} cannot be remembered any more.`));
    };
    const acted = async (): Promise<T> => {
      acting = true;
      const output = checked(name, await act());
      acting = false;
      if (lost.aborted) end();
      return output;
    };
    const remember = async (): Promise<T> => {
      try {
        return await acted();
      } catch (error) {
        reject(error);
        return forever();
      }
    };
    lost.addEventListener("abort", end);
    const remembered = DBOS.runStep(remember, { name, retriesAllowed: false }).catch((error: unknown) => {
      if (error instanceof errors.DBOSUnexpectedStepError) return acted();
      if (error instanceof Conflict || error instanceof errors.DBOSWorkflowCancelledError) lose();
      throw error;
    });
    try {
      return await Promise.race([remembered, broken]);
    } finally {
      lost.removeEventListener("abort", end);
    }
  };

const checked = <T extends StepOutput>(step: string, output: T): T => {
  const isPlain = output === null || ["string", "number", "boolean"].includes(typeof output);
  if (!isPlain || Buffer.byteLength(JSON.stringify(output)) > LIMITS.stepOutputBytesMax)
    throw new TypeError(`Step ${step} gave no plain value of at most ${LIMITS.stepOutputBytesMax} bytes.`);
  return output;
};
