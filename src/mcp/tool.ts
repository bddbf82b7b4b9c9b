import type { McpServer } from "@modelcontextprotocol/server";
import type { z } from "zod";

import { problem, resultOf, type Answer } from "./answer.ts";
import type { McpGround } from "./ground.ts";

/** One verb of an assistant. */
interface ToolSpec<Input extends z.ZodObject> {
  readonly name: `cto_${string}`;
  readonly title: string;
  readonly description: string;
  readonly input: Input;
  readonly answer: (ground: McpGround, given: z.output<Input>) => Promise<Answer>;
}

export interface Tool {
  readonly name: string;
  readonly register: (server: McpServer, ground: McpGround) => void;
}

/** Every tool says of itself that it only reads, and none says anything else. */
export const tool = <Input extends z.ZodObject>({
  name,
  title,
  description,
  input,
  answer,
}: ToolSpec<Input>): Tool => ({
  name,
  register: (server, ground) => {
    const config = { title, description, inputSchema: input, annotations: ONLY_READS };
    server.registerTool<z.ZodObject, z.ZodObject>(name, config, async (given) => {
      try {
        await ground.mustBeHere();
        return resultOf(await answer(ground, input.parse(given)));
      } catch (error) {
        // The next call may find the home in order again; this one is told what broke.
        return problem(error instanceof Error ? error.message : String(error));
      }
    });
  },
});

const ONLY_READS = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false } as const;
