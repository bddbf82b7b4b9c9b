import { missing, type Answer } from "./answer.ts";
import type { McpGround } from "./ground.ts";
import { isRecord } from "./shown.ts";

type Check = Readonly<Record<string, unknown>>;

/** The checks of `cto gate` by what can be seen from here. What this process cannot know is told as not observed. */
export const explainGate = async (
  { reading, sandboxSeenAt }: McpGround,
  { work }: { readonly work: string },
): Promise<Answer> => {
  const gate = await reading.gate(work);
  if (!gate.found) return missing(work, gate.near);
  const seenAt = await sandboxSeenAt();
  const all = Array.isArray(gate.value["checks"]) ? gate.value["checks"].filter(isRecord) : [];
  const checks = all.map((check) => fromHere(check, seenAt));
  const blocks = checks.filter(({ status }) => status === "block");
  const unseen = checks.filter(({ status }) => status === "not-observed");
  const told = { work, blocked: blocks.length > 0 ? true : "unknown", checks, sandboxSeenAt: seenAt };
  return { told, says: [summary(blocks.length, unseen), ...blocks.map(line)].join("\n"), next: nextOf(work, blocks) };
};

const fromHere = (check: Check, seenAt: string): Check => {
  const { stage, name, status, code } = check;
  if (name === "switches") return notObserved(check, "variables of the operator, set for one command");
  // A program that only a variable of the operator names would be missed here.
  if (name === "backend" && status === "block" && code !== "backend/not-configured")
    return notObserved(check, "it may rest on variables of the operator");
  if (name !== "sandbox") return check;
  if (seenAt === "never") return notObserved(check, "it was not tried since this machine started");
  return { ...check, stage, observedAt: seenAt };
};

const notObserved = ({ stage, name }: Check, message: string): Check => ({
  stage,
  name,
  status: "not-observed",
  message,
});

const summary = (blocks: number, unseen: readonly Check[]): string => {
  const names = unseen.map(({ name }) => String(name)).join(", ");
  const open = names === "" ? "" : ` Not observed from here: ${names}.`;
  return `${blocks === 0 ? "Nothing that was seen blocks it." : `Blocked by ${blocks}.`}${open}`;
};

const line = ({ stage, code, message }: Check): string => `${String(stage)}  ${String(code)}  ${String(message)}`;

const nextOf = (work: string, blocks: readonly Check[]): string => {
  const next = blocks[0]?.["next"];
  return typeof next === "string" ? next : `cto gate ${work}`;
};
