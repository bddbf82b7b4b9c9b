import { personOf, type Status } from "../reading/read-status.ts";
import type { StatusObject } from "./status.ts";

/** The inbox as every surface prints it. */
export const statusObject = ({ needs, running, workers, counts, unhashed }: Status): StatusObject => ({
  needs: needs.map(({ work, lastRun, title, state, reason, word, who, owner, since, next }) => ({
    work,
    ...(lastRun === null ? {} : { run: lastRun }),
    ...(title === null ? {} : { title }),
    state,
    ...(reason === null ? {} : { reason }),
    word,
    who: personOf(who, owner),
    ...(since === null ? {} : { since }),
    next,
  })),
  running: running.map(({ run, work, state, word, startedAt, order }) => ({
    run,
    work,
    state,
    word,
    startedAt,
    ...(order === null ? {} : { order }),
  })),
  workers,
  counts,
  unhashed,
});
