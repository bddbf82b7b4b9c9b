import type { GateCheckObject } from "../harness/objects/gate.ts";
import { missing, type Answer } from "./answer.ts";
import type { McpGround } from "./ground.ts";

/** A check as it is told here, also one that this process cannot ask. */
type Told = GateCheckObject | Unseen | (GateCheckObject & { readonly observedAt: string });

interface Unseen {
  readonly stage: string;
  readonly name: string;
  readonly status: "not-observed";
  readonly message: string;
}

/** The checks of `cto gate` by what can be seen from here. What this process cannot know is told as not observed. */
export const explainGate = async (
  { reading, sandboxSeenAt }: McpGround,
  { work }: { readonly work: string },
): Promise<Answer> => {
  const gate = await reading.gate(work);
  if (!gate.found) return missing(work, gate.near);
  const seenAt = await sandboxSeenAt();
  const checks = gate.value.checks.map((check) => fromHere(check, seenAt));
  const blocks = checks.flatMap((check) => (check.status === "block" ? [check] : []));
  const unseen = checks.filter(({ status }) => status === "not-observed");
  const told = { work, blocked: blocks.length > 0 ? true : "unknown", checks, sandboxSeenAt: seenAt };
  return { told, says: [summary(blocks.length, unseen), ...blocks.map(line)].join("\n"), next: nextOf(work, blocks) };
};

const fromHere = (check: GateCheckObject, seenAt: string): Told => {
  const { name, status, code } = check;
  if (name === "switches") return notObserved(check, "variables of the operator, set for one command");
  // A program that only a variable of the operator names would be missed here.
  if (name === "backend" && status === "block" && code !== "backend/not-configured")
    return notObserved(check, "it may rest on variables of the operator");
  if (name !== "sandbox") return check;
  if (seenAt === "never") return notObserved(check, "it was not tried since this machine started");
  return { ...check, observedAt: seenAt };
};

const notObserved = ({ stage, name }: GateCheckObject, message: string): Unseen => ({
  stage,
  name,
  status: "not-observed",
  message,
});

const summary = (blocks: number, unseen: readonly Told[]): string => {
  const names = unseen.map(({ name }) => name).join(", ");
  const open = names === "" ? "" : ` Not observed from here: ${names}.`;
  return `${blocks === 0 ? "Nothing that was seen blocks it." : `Blocked by ${blocks}.`}${open}`;
};

const line = ({ stage, code, message }: GateCheckObject): string => `${stage}  ${code ?? ""}  ${message}`;

const nextOf = (work: string, blocks: readonly GateCheckObject[]): string => blocks[0]?.next ?? `cto gate ${work}`;
