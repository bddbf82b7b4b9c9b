import type { StepPage, Step } from "../../../harness/objects/step.ts";
import { useResource } from "../resource.ts";
import { keyFactsOf, seenOf } from "../run-addresses.ts";
import { ofRun, useWhileOpen } from "./while-open.ts";

/** Undefined until they are known. */
export const useKeyFacts = (run: string, isOpen: boolean): readonly Step[] | undefined =>
  useFacts(run, keyFactsOf(run), isOpen);

export const useSeen = (run: string, isOpen: boolean): readonly Step[] | undefined =>
  useFacts(run, seenOf(run), isOpen);

const useFacts = (run: string, address: string, isOpen: boolean): readonly Step[] | undefined => {
  const facts = useResource<StepPage>(address, ofRun(run));
  useWhileOpen(facts, isOpen);
  return facts.kind === "ready" ? facts.value.steps : undefined;
};
