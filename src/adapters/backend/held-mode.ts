import { modeIn } from "../../workflow/backend/acp-mode.ts";

/** The mode that an agent is held in, against its own word of it (backends.md 6, step 5). */
export interface HeldMode {
  /** From here on its word is kept, and nothing is done about it. */
  wants(mode: string): void;
  /** Its last word since; undefined where it sent none. */
  said(): string | undefined;
  /** From here on another word than ours is a raise, and one that came in the meantime. */
  holds(): void;
  /** The agent has taken our mode again. */
  isBack(): void;
  readonly hear: (update: unknown) => void;
}

/** `raised` is told the mode that is wanted and how often the agent has left it; one leave may be told in several updates. */
export const openHeldMode = (raised: (wanted: string, times: number) => void): HeldMode => {
  let wanted: string | undefined;
  let said: string | undefined;
  let isHeld = false;
  let times = 0;
  const leave = (mode: string): void => {
    times += 1;
    raised(mode, times);
  };
  return {
    wants: (mode) => {
      wanted = mode;
      said = undefined;
      isHeld = false;
    },
    said: () => said,
    holds: () => {
      isHeld = true;
      if (wanted !== undefined && said !== undefined && said !== wanted) leave(wanted);
    },
    isBack: () => {
      said = wanted;
    },
    hear: (update) => {
      const mode = modeIn(update);
      if (mode === undefined || wanted === undefined) return;
      const before = said;
      said = mode;
      if (!isHeld || mode === wanted || mode === before) return;
      leave(wanted);
    },
  };
};
