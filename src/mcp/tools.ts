import { RUN_TOOLS } from "./run-tools.ts";
import type { Tool } from "./tool.ts";
import { WORK_TOOLS } from "./work-tools.ts";

/** Every verb of an assistant. What is not here does not exist for it: approve, withdraw, accept, reject, roll back, admit, run, stop, replay, keys, policy, configuration. */
export const TOOLS: readonly Tool[] = [...WORK_TOOLS, ...RUN_TOOLS];
