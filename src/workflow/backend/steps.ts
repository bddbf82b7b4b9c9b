import { parse } from "yaml";
import { z } from "zod";

import { refusal, type Refusal } from "../refusal.ts";
import { ok, refuse, type Result } from "../result.ts";

const text = z.string().optional();
const anything = z.unknown().optional();
const flag = z.literal(true).optional();
const number = z.number().int().nonnegative().optional();

const act = {
  read: text,
  edit: text,
  old: text,
  new: text,
  write: text,
  content: text,
  delete: text,
  run: text,
  bash: text,
};

/** One step of the agent without a model (backends.md 5). A step of another form is refused before anything starts. */
const step = z
  .strictObject({
    ...act,
    say: text,
    think: text,
    plan: z.array(z.string()).optional(),
    ask: z.strictObject({ kind: text, path: text, command: text, title: text }).optional(),
    // oxlint-disable-next-line unicorn/no-thenable -- the name that the step has in its file
    then: z.strictObject(act).optional(),
    options: z.array(z.unknown()).optional(),
    claim: text,
    mode: text,
    update: anything,
    notify: text,
    request: text,
    params: anything,
    id: z.union([z.string(), z.number()]).optional(),
    wait: z.boolean().optional(),
    terminal: text,
    extra: anything,
    answer: anything,
    line: text,
    flood: number,
    stderr: text,
    sleepMs: number,
    hang: flag,
    ignoreEof: flag,
    orphan: number,
    crash: number,
    stop: text,
    native: flag,
    silent: flag,
    boast: flag,
    kind: text,
    title: text,
  })
  .refine((fields) => Object.keys(fields).length > 0, "an empty step");

const stepsFile = z.strictObject({ steps: z.array(step) });

/** A file of steps, YAML or JSON, as the JSON that the agent is given. */
export const readSteps = (content: string): Result<string, Refusal> => {
  const read = parsed(content);
  if (typeof read === "string")
    return refuse(refusal("backend/profile-invalid", { profile: "scripted", problem: read }));
  return ok(JSON.stringify(read));
};

const parsed = (content: string): z.infer<typeof stepsFile> | string => {
  try {
    const read = stepsFile.safeParse(parse(content, { maxAliasCount: 0 }));
    if (read.success) return read.data;
    return read.error.issues
      .map(({ path, message }) => (path.length === 0 ? message : `${path.join(".")}: ${message}`))
      .join("; ");
  } catch (error) {
    return error instanceof Error ? error.message : "not YAML";
  }
};
