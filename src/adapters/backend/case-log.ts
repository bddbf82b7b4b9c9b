import { LIMITS } from "../../workflow/limits.ts";
import type { FrameLog } from "./frame-log.ts";
import { HandRefusal, type Hand } from "./hand.ts";
import { within } from "./watch.ts";

/**
 * Follows a folder of JSON-lines files that grow, through the hand: what is new goes into the log, line by line. A line
 * beyond the bound of a frame is a limit, as are all files together beyond that of all frames; nothing is read after it.
 */
export interface CaseLog {
  /** Looks until told to stop, then a last time; the rest without a line end counts as a line then. */
  follow(stop: Promise<unknown>): Promise<void>;
}

interface Followed {
  from: number;
  rest: Buffer;
}

export const openCaseLog = (hand: Hand, folder: string, log: FrameLog, onLimit: (limit: string) => void): CaseLog => {
  let isOver = false;
  let bytes = 0;
  const files = new Map<string, Followed>();
  const look = async (): Promise<void> => {
    for (const name of await found(hand.list(folder), [])) {
      if (isOver) return;
      if (!name.endsWith(".jsonl")) continue;
      const followed = files.get(name) ?? { from: 0, rest: Buffer.alloc(0) };
      files.set(name, followed);
      await readOn(`${folder}/${name}`, followed);
    }
  };
  const readOn = async (path: string, followed: Followed): Promise<void> => {
    for (;;) {
      const read = await found(hand.read(path, followed.from), undefined);
      if (read === undefined || read.bytes === 0) return;
      followed.from += read.bytes;
      bytes += read.bytes;
      const lines = split(Buffer.concat([followed.rest, read.content]));
      followed.rest = lines.pop() ?? Buffer.alloc(0);
      // A file with holes costs the agent nothing, and each holds its last line here.
      isOver ||=
        bytes > LIMITS.framesBytesMax || [...lines, followed.rest].some(({ length }) => length > LIMITS.frameBytesMax);
      if (isOver) {
        followed.rest = Buffer.alloc(0);
        onLimit("backend frame bytes");
        return;
      }
      for (const line of lines) if (line.length > 0) log.incoming(line);
      if (!read.more) return;
    }
  };
  return {
    follow: async (stop) => {
      do await look();
      while ((await within(LIMITS.caseLogPollMs, stop)) === "late");
      await look();
      for (const { rest } of files.values()) if (rest.length > 0) log.incoming(rest);
    },
  };
};

const split = (bytes: Buffer): Buffer[] => {
  const lines: Buffer[] = [];
  let from = 0;
  for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a, from)) {
    lines.push(bytes.subarray(from, end));
    from = end + 1;
  }
  return [...lines, Buffer.from(bytes.subarray(from))];
};

// A folder that is not there yet, or a link where a file should be, is nothing to follow.
const found = async <T, U>(act: Promise<T>, otherwise: U): Promise<T | U> => {
  try {
    return await act;
  } catch (error) {
    if (error instanceof HandRefusal) return otherwise;
    throw error;
  }
};
