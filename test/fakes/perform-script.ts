import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

import { scriptedBackend } from "../../src/adapters/backend/scripted-backend.ts";
import type { Attempt } from "../../src/workflow/backend/attempt.ts";
import type { RunLimits } from "../../src/workflow/run-limits.ts";
import { sampleAssignment, sampleJudge } from "./assignment.ts";
import { openFakeRoom, type FakeRoom } from "./room.ts";

export interface Performed {
  readonly attempt: Attempt;
  readonly room: FakeRoom;
}

export interface PerformScript {
  readonly limits?: Partial<RunLimits>;
  readonly files?: Readonly<Record<string, string>>;
  readonly meanwhile?: (room: FakeRoom) => void;
}

/** Lets the scripted agent play steps in a room without walls. The caller closes the room. */
export const performScript = async (steps: readonly unknown[], how: PerformScript = {}): Promise<Performed> => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "cto-steps-"));
  try {
    const file = await writeSteps(path.join(folder, "steps.json"), steps);
    const backend = scriptedBackend({ stepsPath: async () => file });
    const assignment = sampleAssignment(how.limits);
    const files = how.files ?? {
      "src/strings.py": "def slugify(s):\n    return s\n",
      "test_strings.py": "",
      "README.md": "read me\n",
    };
    const room = await openFakeRoom(backend, assignment, sampleJudge, files);
    const performing = backend.perform(assignment, room);
    how.meanwhile?.(room);
    return { attempt: await performing, room };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

export const writeSteps = async (file: string, steps: readonly unknown[]): Promise<string> => {
  await writeFile(file, JSON.stringify({ steps }));
  return file;
};
