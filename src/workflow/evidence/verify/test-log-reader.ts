import { z } from "zod";

import { textIn } from "./bytes.ts";
import { strictJson } from "./strict-json.ts";

/** One section of test.log. A probe of the owner's has no tree of its own. */
export interface TestRun {
  readonly on: string;
  readonly criterion?: string | undefined;
  readonly tree?: string | undefined;
  readonly exitCode: number | null;
  /** Of a probe, which is run on both. */
  readonly onBase?: number | null | undefined;
  readonly argv: readonly string[];
  readonly outputSha256?: string | undefined;
  readonly outputBytes?: number | undefined;
  readonly limit?: string | null | undefined;
  readonly programSha256?: string | undefined;
  readonly manifestBefore?: string | undefined;
  readonly manifestAfter?: string | undefined;
  readonly output: Uint8Array;
}

const head = z.looseObject({
  schema: z.literal("cto/test-log/v1"),
  on: z.string(),
  criterion: z.string().optional(),
  tree: z.string().optional(),
  exitCode: z.int().nullable(),
  onBase: z.int().nullable().optional(),
  argv: z.array(z.string()),
  outputSha256: z.string().optional(),
  outputBytes: z.int().optional(),
  limit: z.string().nullable().optional(),
  programSha256: z.string().optional(),
  manifestBefore: z.string().optional(),
  manifestAfter: z.string().optional(),
  storedBytes: z.int().nonnegative(),
});

/** The sections in order; undefined when the file is absent or any byte of it belongs to none. */
export const readTestLog = (bytes: Uint8Array | undefined): readonly TestRun[] | undefined => {
  if (bytes === undefined) return undefined;
  const runs: TestRun[] = [];
  let at = 0;
  while (at < bytes.length) {
    const section = readSection(bytes, at);
    if (section === undefined) return undefined;
    runs.push(section.run);
    at = section.next;
  }
  return runs;
};

const readSection = (bytes: Uint8Array, at: number): { readonly run: TestRun; readonly next: number } | undefined => {
  const end = bytes.indexOf(0x0a, at);
  const text = end < 0 ? undefined : textIn(bytes.subarray(at, end));
  const json = text === undefined ? undefined : strictJson(text);
  const read = json === undefined ? undefined : head.safeParse(json.value);
  if (read?.success !== true) return undefined;
  const { schema: _, storedBytes, ...told } = read.data;
  const until = end + 1 + storedBytes;
  if (bytes[until] !== 0x0a) return undefined;
  const output = bytes.subarray(end + 1, until);
  return {
    run: { ...told, output },
    next: until + 1,
  };
};
