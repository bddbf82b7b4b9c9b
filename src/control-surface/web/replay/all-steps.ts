import { useEffect, useState } from "preact/hooks";

import type { Step } from "../../../harness/objects/step.ts";
import type { Api } from "../../api.ts";
import { ask, type Problem } from "../ask.ts";
import { eventsAfter } from "../run-addresses.ts";

/** The facts of a run as far as they were read. */
export type Steps =
  | { readonly kind: "reading"; readonly steps: readonly Step[] }
  | { readonly kind: "ready"; readonly steps: readonly Step[]; readonly isCut: boolean }
  | { readonly kind: "problem"; readonly problem: Problem };

const PAGE = 1000;
export const STEPS_MAX = 20_000;

/** All of them, page after page; of more than 20,000 the first. */
export const useAllSteps = (run: string, round: number): Steps => {
  const [held, setHeld] = useState<Steps>({ kind: "reading", steps: [] });
  useEffect(() => {
    const left = new AbortController();
    const readOn = async (): Promise<void> => {
      const steps: Step[] = [];
      setHeld({ kind: "reading", steps });
      for (;;) {
        const answer = await ask<Api["/api/r/:name/events"]>(eventsAfter(run, steps.at(-1)?.seq, PAGE), left.signal);
        if (left.signal.aborted) return;
        if (!answer.ok) return setHeld({ kind: "problem", problem: answer.problem });
        steps.push(...answer.value.steps);
        const isWhole = answer.value.steps.length < PAGE;
        if (isWhole || steps.length >= STEPS_MAX) return setHeld({ kind: "ready", steps, isCut: !isWhole });
        setHeld({ kind: "reading", steps: [...steps] });
      }
    };
    void readOn().catch(() => undefined);
    return () => left.abort();
  }, [run, round]);
  return held;
};
