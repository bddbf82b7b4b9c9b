import { refusal, type Refusal } from "../refusal.ts";
import { FORBIDDEN_ACTIONS, type ForbiddenAction } from "../vocabulary.ts";
import { rollbackItems } from "./fixed-words.ts";
import { readHosts } from "./host-list.ts";
import { placeWithin } from "./line.ts";
import type { Packet, Placed } from "./packet.ts";
import { readPaths, repeated } from "./path-lists.ts";
import { beginning, exactly, perhaps, linesOfSection, objectionsToStray } from "./section-lines.ts";
import type { Block, Section } from "./sections.ts";
import { readValidation } from "./validation-command.ts";

type TaskFields = Pick<
  Packet,
  | "task"
  | "allowedPaths"
  | "forbiddenActions"
  | "forbiddenPaths"
  | "allowedHosts"
  | "criteria"
  | "validation"
  | "rollback"
>;

interface TaskSection {
  readonly fields?: TaskFields;
  readonly prose: readonly Placed<string>[];
}

const RULES = [
  ["task", beginning("Task: ", "Task: STATEMENT")],
  ["allowed", exactly("Allowed paths:")],
  ["actions", exactly("Forbidden actions:")],
  ["forbidden", exactly("Forbidden paths:")],
  ["hosts", perhaps("Allowed network hosts:")],
  ["criteria", exactly("Success criteria:")],
  ["validation", exactly("Validation command:")],
  ["rollback", exactly("Rollback expectation:")],
] as const;

/** The Task Contract as the packet proposes it (R028 to R035). */
export const readTask = (section: Section, owner: string, objections: Refusal[]): TaskSection => {
  const { blocks, prose } = linesOfSection(section, RULES, objections);
  for (const [key, block] of blocks) objections.push(...strayIn(key, block, section.heading));
  const block = (key: (typeof RULES)[number][0]): Block => blocks.get(key) ?? { items: [], fences: [] };

  const task = taskIn(block("task"));
  const paths = readPaths(block("allowed"), block("forbidden"), objections);
  const forbiddenActions = actionsIn(block("actions"), objections);
  const allowedHosts = readHosts(block("hosts"), objections);
  const criteria = criteriaIn(block("criteria"), objections);
  const validation = blocks.has("validation") ? readValidation(block("validation"), objections) : undefined;
  const rollback = rollbackIn(block("rollback"), owner, objections);
  if (task === undefined || validation === undefined) return { prose };
  const { allowed: allowedPaths, forbidden: forbiddenPaths } = paths;
  return {
    prose,
    fields: { task, allowedPaths, forbiddenActions, forbiddenPaths, allowedHosts, criteria, validation, rollback },
  };
};

// The task is one sentence, the command one fence, everything else a list.
const strayIn = (key: string, { items, fences }: Block, heading: string): readonly Refusal[] =>
  objectionsToStray(
    { items: key === "task" || key === "validation" ? items : [], fences: key === "validation" ? [] : fences },
    heading,
  );

const taskIn = ({ lead }: Block): Placed<string> | undefined => {
  if (lead === undefined) return undefined;
  const start = "Task: ".length;
  return { value: lead.value.slice(start), at: placeWithin(lead.at, lead.value, start) };
};

const actionsIn = ({ lead, items }: Block, objections: Refusal[]): readonly Placed<ForbiddenAction>[] => {
  const known = items.flatMap(({ value, at }) => {
    const action = FORBIDDEN_ACTIONS.find((action) => action === value);
    if (action === undefined) objections.push(refusal("packet/action-unknown", { action: value }, at));
    return action === undefined ? [] : [{ value: action, at }];
  });
  const removed = FORBIDDEN_ACTIONS.filter((action) => !known.some(({ value }) => value === action));
  objections.push(...repeated(items));
  if (lead === undefined) return known;
  objections.push(...removed.map((action) => refusal("packet/forbidden-action-removed", { action }, lead.at)));
  return known;
};

const criteriaIn = ({ lead, items }: Block, objections: Refusal[]): readonly Placed<string>[] => {
  if (lead !== undefined && items.length === 0) objections.push(refusal("packet/criterion-empty", {}, lead.at));
  objections.push(...repeated(items));
  return items;
};

const rollbackIn = ({ lead, items }: Block, owner: string, objections: Refusal[]): readonly Placed<string>[] => {
  const expected = rollbackItems(owner);
  const isExact = items.length === expected.length && items.every(({ value }, index) => value === expected[index]);
  if (lead !== undefined && !isExact) {
    objections.push(refusal("packet/rollback", { expected: expected.join(" ") }, items[0]?.at ?? lead.at));
  }
  return items;
};
