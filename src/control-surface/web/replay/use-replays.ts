import { useState } from "preact/hooks";

import type { ReplayResultObject, ReplaysObject } from "../../../harness/objects/replay.ts";
import type { Api, WriteApi } from "../../api.ts";
import { onlyReads, tell, type Problem } from "../ask.ts";
import { NEVER } from "../follow.ts";
import { useResource } from "../resource.ts";
import { addressOf } from "../run-addresses.ts";
import { useWhileOpen } from "../run/while-open.ts";

/** What the server knows of the replays of one run, and the asking for another. */
export interface Replays {
  readonly now: ReplaysObject["now"];
  readonly lastOf: (level: string) => ReplayResultObject | undefined;
  /** Undefined while that is not known: nothing is begun over what is not known. */
  readonly begin: ((level: string) => void) | undefined;
  readonly isReadOnly: boolean;
  readonly trouble: { readonly problem: Problem; readonly again: () => void } | undefined;
}

export const useReplays = (run: string): Replays => {
  const address = addressOf(run, "/replay");
  const known = useResource<Api["/api/r/:name/replay"]>(address, NEVER);
  const [asked, setAsked] = useState<Problem>();
  const [isBusy, setBusy] = useState(false);
  const now = known.kind === "ready" ? known.value.now : null;
  // No record of the ledger tells of a replay.
  useWhileOpen(known, now?.state === "running");
  const begin = async (level: string): Promise<void> => {
    setBusy(true);
    const answer = await tell<WriteApi["/api/r/:name/replay"]["answer"]>(address, { level });
    setAsked(answer.ok ? undefined : answer.problem);
    setBusy(false);
    known.again();
  };
  const isIdle = known.kind === "ready" && now?.state !== "running" && !isBusy;
  const trouble =
    known.kind === "problem"
      ? { problem: known.problem, again: known.again }
      : asked === undefined
        ? undefined
        : { problem: asked, again: () => (setAsked(undefined), known.again()) };
  return {
    now,
    lastOf: (level) => (known.kind === "ready" ? known.value.last.find((one) => one.level === level) : undefined),
    begin: isIdle ? (level) => void begin(level) : undefined,
    isReadOnly: onlyReads.value,
    trouble,
  };
};
