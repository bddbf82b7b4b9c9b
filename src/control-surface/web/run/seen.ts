import type { Step } from "../../../harness/objects/step.ts";

/** Each path once, in the order in which it was first seen written; what was refused was not written. */
export const pathsIn = (seen: readonly Step[]): readonly string[] => [
  ...new Set(
    seen.flatMap((step) =>
      step.label === "file.written" && isAllowed(step) && typeof step.detail["path"] === "string"
        ? [step.detail["path"]]
        : [],
    ),
  ),
];

/** Every fact of something that was tried and not let through. */
export const deniedIn = (seen: readonly Step[]): readonly Step[] =>
  seen.filter((step) => DENIALS.has(step.label) || isRefusedWrite(step));

export const isRefusedWrite = (step: Step): boolean => step.label === "file.written" && !isAllowed(step);

const DENIALS: ReadonlySet<string> = new Set(["sandbox.attempt", "policy.violated"]);

const isAllowed = ({ detail }: Step): boolean => detail["decision"] === "allowed";
