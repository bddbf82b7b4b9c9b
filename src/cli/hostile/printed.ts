import { z } from "zod";

/** What the commands of an agent printed, from the frames as they were kept. */
export const printedIn = (files: ReadonlyMap<string, Uint8Array>): string =>
  new TextDecoder()
    .decode(files.get("backend/frames.jsonl"))
    .split("\n")
    .flatMap((line) => outputIn(line))
    .join("");

const frame = z.object({
  frame: z.object({ params: z.object({ update: z.object({ rawOutput: z.object({ output: z.string() }) }) }) }),
});

const outputIn = (line: string): readonly string[] => {
  if (line === "") return [];
  const read = frame.safeParse(JSON.parse(line));
  return read.success ? [read.data.frame.params.update.rawOutput.output] : [];
};
