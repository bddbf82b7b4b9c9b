import { z } from "zod";

import type { World } from "../harness/world.ts";
import { parseRunId, type RunId } from "../workflow/ids.ts";
import { nearest } from "../workflow/nearest.ts";
import { refusal, type Refusal } from "../workflow/refusal.ts";
import type { WriteApi } from "./api.ts";
import { refused, type Refused, type Reply } from "./reply.ts";

/** An address that writes. What it does is a verb of the harness; none of them takes or asks for a private key. */
export interface WriteRoute {
  readonly path: string;
  readonly answer: (open: OpenToWrite, name: string, body: unknown) => Promise<Reply>;
}

/** Opens the home for one write, as a command does. */
export type OpenToWrite = () => Promise<World>;

/** A route that reads its body strictly, and opens and closes the home for it. */
export const writeRoute = <Path extends keyof WriteApi>(
  path: Path,
  form: z.ZodType<WriteApi[Path]["given"]>,
  act: (world: World, name: string, body: WriteApi[Path]["given"]) => Promise<Reply<WriteApi[Path]["answer"]>>,
): WriteRoute => ({
  path,
  answer: async (open, name, body) => {
    const read = form.safeParse(body);
    if (!read.success) return refused(wrongBody(z.prettifyError(read.error).replaceAll("\n", " ")));
    const world = await open();
    try {
      return await act(world, name, read.data);
    } finally {
      await world.store.close();
    }
  },
});

/** The run of this name, by its key: no list is read for it. */
export const runNamed = async (world: World, name: string): Promise<RunId | undefined> => {
  const run = parseRunId(name);
  return run === undefined || (await world.store.run(run)) === "absent" ? undefined : run;
};

export const runsOf = async (world: World): Promise<readonly RunId[]> =>
  (await world.store.runs({})).map(({ run }) => run);

export const nothing = (what: string, name: string, known: readonly string[]): Refused =>
  refused(refusal("surface/nothing-there", { what, name }), nearest(name, known));

export const moved = (what: string, now: string | number, given: string | number): Refused =>
  refused(refusal("surface/digest-moved", { what, now, given }));

export const wrongBody = (problem: string): Refusal => refusal("surface/wrong-body", { problem });
