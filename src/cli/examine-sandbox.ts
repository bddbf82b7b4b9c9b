import type { Protections } from "../seams/sandbox.ts";
import type { Finding } from "./examine.ts";

/**
 * The grade of this machine with what it means, then one line for each protection that does not hold, or that is weaker
 * here: what was tried, what it costs, and the remedy (confinement.md 11).
 */
export const examineSandbox = ({ confinement, checks, tools }: Protections): readonly Finding[] => {
  const failed = checks.filter((check) => !check.ok);
  const bubblewrap = tools.find(({ name }) => name === "bubblewrap");
  const name = bubblewrap === undefined ? "bubblewrap" : `bubblewrap ${bubblewrap.version}`;
  const grade = `confinement level ${GRADES[confinement]}`;
  if (confinement === "none")
    return [
      { id: "sandbox", status: "fail", says: grade, fix: "" },
      ...failed.map(({ id, says, fix }): Finding => ({ id: `sandbox/${id}`, status: "fail", says, fix })),
    ];
  const held = checks.length - failed.length;
  return [
    { id: "sandbox", status: "ok", says: `${name} really started, ${held} protections held, ${grade}`, fix: "" },
    ...failed.map(({ id, says, fix }): Finding => ({
      id: `sandbox/${id}`,
      status: "warn",
      says: `${says}${COSTS[id] === undefined ? "" : ` It costs: ${COSTS[id]}.`}`,
      fix,
    })),
  ];
};

/** The ladder: each level with its name and what may run on it. Nothing falls to a lower one after the gate named one. */
const GRADES: Readonly<Record<Protections["confinement"], string>> = {
  A: "A (full stage)",
  B: "B (no overlay): a run may use it, unless policy.yaml asks A for its risk class",
  C: "C (process only): refused, no run starts here",
  none: "C (process only): refused, no run starts here",
};

/** What is lost where a machine lacks something and runs are still to be had. */
const COSTS: Readonly<Partial<Record<string, string>>> = {
  "full-stage":
    "each Workspace is copied as a whole, and its size is looked at every 200 ms instead of being kept by the kernel",
  memory: "a memory bomb is ended when it is seen, and what lies in sockets is bounded by nothing",
};
