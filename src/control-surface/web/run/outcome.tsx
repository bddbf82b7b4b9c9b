import type { JSX } from "preact";

import type { Step } from "../../../harness/objects/step.ts";
import { Awaiting } from "./awaiting.tsx";
import { Decided } from "./decided.tsx";
import { Ended } from "./ended.tsx";
import { Running } from "./running.tsx";
import { isOpen, type Standing } from "./standing.ts";
import type { Rehash } from "./sums.ts";

/** The box beside a run: what is to be done about it now, and by whom. */
export const OutcomeBox = ({
  standing,
  rehash,
  seen,
}: {
  readonly standing: Standing;
  readonly rehash: Rehash;
  readonly seen: readonly Step[] | undefined;
}): JSX.Element => {
  const { run } = standing;
  if (isOpen(run)) return <Running run={run} seen={seen} />;
  if (run.outcome !== undefined) return <Decided standing={standing} />;
  return run.state === "awaiting_outcome" ? <Awaiting standing={standing} rehash={rehash} /> : <Ended run={run} />;
};
