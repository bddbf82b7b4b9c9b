import type { StepPage, Step } from "../../../harness/objects/step.ts";
import type { EventType } from "../../../workflow/run-events.ts";
import { useResource } from "../resource.ts";
import { addressOf, ofRun, useWhileOpen } from "./while-open.ts";

/** The facts that the words of a run page rest on. None of them can be made many by an agent. */
const KEY_TYPES: readonly EventType[] = [
  "gate.checked",
  "gate.decided",
  "approval.verified",
  "sandbox.canary",
  "backend.started",
  "diff.judged",
  "validation.finished",
  "commit.created",
  "commit.proved",
  "rollback.rehearsed",
  "run.stopping",
  "run.finished",
];
/** What is seen of an agent while it acts. */
const SEEN_TYPES: readonly EventType[] = ["file.written", "sandbox.attempt", "policy.violated"];
const FACTS_MAX = 1000;

/** Undefined until they are known. */
export const useKeyFacts = (run: string, isOpen: boolean): readonly Step[] | undefined =>
  useFacts(run, isOpen, KEY_TYPES);

export const useSeen = (run: string, isOpen: boolean): readonly Step[] | undefined => useFacts(run, isOpen, SEEN_TYPES);

const useFacts = (run: string, isOpen: boolean, types: readonly EventType[]): readonly Step[] | undefined => {
  const facts = useResource<StepPage>(
    addressOf(run, `/events?limit=${FACTS_MAX}&types=${types.join(",")}`),
    ofRun(run),
  );
  useWhileOpen(facts, isOpen);
  return facts.kind === "ready" ? facts.value.steps : undefined;
};
