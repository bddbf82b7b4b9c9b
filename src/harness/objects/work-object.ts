import type { WorkView } from "../reading/read-works.ts";
import type { WorkObject } from "./work.ts";

/** A work item as JSON; what is not there is left out. */
export const workObject = (view: WorkView): WorkObject => {
  const { work, title, state, reason, word, packet, target, lastRun, owner, who, next, since } = view;
  return {
    work,
    state,
    word,
    ...(title === null ? {} : { title }),
    ...(reason === null ? {} : { reason }),
    ...(packet === null ? {} : { packet }),
    ...(target === null ? {} : { target }),
    ...(lastRun === null ? {} : { lastRun }),
    ...(owner === null ? {} : { owner }),
    ...(since === null ? {} : { since }),
    who,
    next,
  };
};
