import { isJsonObject } from "../../workflow/digest.ts";
import type { RunId } from "../../workflow/ids.ts";
import type { Trust } from "../../workflow/trust.ts";
import { factsOfRun } from "../run/facts-of-run.ts";
import type { World } from "../world.ts";

type LogStage = "validation" | "backend" | "events";

/** What one stream of a run holds, as bytes of whoever wrote them. */
export interface LogPart {
  readonly stage: LogStage;
  /** Names the command or the file: `candidate`, `backend/acp.jsonl`. */
  readonly stream: string;
  readonly trust: Trust;
  readonly text: string;
  /** Whether the command that printed it failed. */
  readonly hasFailed: boolean;
}

/** The logs of a run, or those of one stage: of its bundle once it is sealed, and what is recorded so far before. */
export const readLogs = async (world: World, run: RunId, stage: string | undefined): Promise<readonly LogPart[]> => {
  if (stage === "events") return eventParts(world, run);
  const files = await filesOf(world, run, stage);
  const log = files.get(TESTS);
  const backend = [...files].filter(([name]) => name.startsWith("backend/"));
  return [
    ...(log === undefined ? [] : sectionsOf(log)),
    ...backend.map(
      ([name, bytes]) =>
        ({ stage: "backend", stream: name, trust: "agent-claimed", text: textOf(bytes), hasFailed: false }) as const,
    ),
  ];
};

const filesOf = async (
  { archive, host }: World,
  run: RunId,
  stage: string | undefined,
): Promise<ReadonlyMap<string, Uint8Array>> => {
  if (!(await archive.isSealed(run))) return host.readRawLogs(run);
  if (stage === "validation") {
    const log = await archive.read(run, TESTS);
    return new Map(log === "absent" ? [] : [[TESTS, log]]);
  }
  const bundle = await archive.open({ run });
  return bundle === "absent" ? new Map() : bundle.files;
};

const TESTS = "test.log";

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const eventParts = async (world: World, run: RunId): Promise<readonly LogPart[]> =>
  (await factsOfRun(world, run)).map(({ type, trust, subject, data, sequence }) => {
    const hasFailed = type === "error.raised" || type === "policy.violated" || type === "sandbox.attempt";
    return {
      stage: "events",
      stream: `${sequence}`,
      trust,
      text: `${type}  ${subject}  ${JSON.stringify(data)}`,
      hasFailed,
    };
  });

/** test.log: a head of JSON, then exactly as many bytes as it says, then a line feed; over again. */
const sectionsOf = (log: Uint8Array): readonly LogPart[] => {
  const parts: LogPart[] = [];
  for (let at = 0; at < log.length;) {
    const end = log.indexOf(0x0a, at);
    const head = end === -1 ? undefined : headIn(textOf(log.subarray(at, end)));
    // What is not in its form is shown as it is: showing proves nothing.
    if (head === undefined)
      return [
        ...parts,
        {
          stage: "validation",
          stream: "test.log",
          trust: "harness-observed",
          text: textOf(log.subarray(at)),
          hasFailed: true,
        },
      ];
    const text = textOf(log.subarray(end + 1, end + 1 + head.storedBytes));
    parts.push({
      stage: "validation",
      stream: head.name,
      trust: "harness-observed",
      text,
      hasFailed: head.exitCode !== 0,
    });
    at = end + 1 + head.storedBytes + 1;
  }
  return parts;
};

const headIn = (
  line: string,
): { readonly name: string; readonly exitCode: unknown; readonly storedBytes: number } | undefined => {
  const head = jsonIn(line);
  if (!isJsonObject(head)) return undefined;
  const { on, criterion, exitCode, storedBytes } = head;
  if (typeof storedBytes !== "number" || !Number.isSafeInteger(storedBytes) || storedBytes < 0) return undefined;
  const name = typeof criterion === "string" ? `probe ${criterion}` : typeof on === "string" ? on : "unnamed";
  return { name, exitCode, storedBytes };
};

const jsonIn = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};
