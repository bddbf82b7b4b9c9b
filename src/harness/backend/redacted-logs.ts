import type { RawLogs } from "../../seams/host.ts";
import type { RedactedStream } from "../../workflow/evidence/redaction.ts";
import type { Redactor } from "./redactor.ts";

/** The raw logs of one performance, behind the redactor. */
export interface RedactedLogs {
  /** Whole lines that went through the redactor already. */
  keep(log: string, line: Uint8Array): void;
  /** Bytes in pieces as they come, a secret perhaps cut in two between them. */
  stream(log: string, bytes: Uint8Array): void;
  /** Nothing comes any more: what was held back is written. */
  end(): void;
}

export const redactedLogs = (logs: RawLogs, redactor: Pick<Redactor, "openBytes">): RedactedLogs => {
  const streams = new Map<string, RedactedStream>();
  const write = (log: string, text: string): void => {
    if (text !== "") logs.keep(log, Buffer.from(text, "latin1"));
  };
  return {
    keep: (log, line) => logs.keep(log, line),
    stream: (log, bytes) => {
      const stream = streams.get(log) ?? redactor.openBytes(`backend/${log}`);
      streams.set(log, stream);
      // A log that was opened is there, also when nothing was written into it.
      if (bytes.length === 0) logs.keep(log, bytes);
      write(log, stream.push(Buffer.from(bytes).toString("latin1")));
    },
    end: () => {
      for (const [log, stream] of streams) write(log, stream.end());
      streams.clear();
    },
  };
};
