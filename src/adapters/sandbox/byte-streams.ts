import type { Readable, Writable } from "node:stream";

/**
 * Makes a child's output wait for its reader. Without this Node throws away, when the child exits, whatever nobody has
 * begun to read. A listener of this event also reads no more than one buffer ahead.
 */
export const holdOutput = (source: Readable): void => {
  source.on("readable", () => undefined);
  source.on("error", () => undefined);
};

/** A held output, read only as fast as it is asked for: what nobody reads stays in the pipe and stops its writer. */
export const outputStream = (source: Readable, seen: (chunk: Uint8Array) => void): ReadableStream<Uint8Array> => {
  let wake = (): void => undefined;
  for (const event of ["readable", "end", "close"]) source.on(event, () => wake());
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        for (;;) {
          const chunk: unknown = source.read();
          if (chunk instanceof Uint8Array) {
            seen(chunk);
            return controller.enqueue(new Uint8Array(chunk));
          }
          if (source.readableEnded || source.destroyed) return controller.close();
          await new Promise<void>((resolve) => (wake = resolve));
        }
      },
      cancel: () => {
        source.destroy();
        wake();
      },
    },
    { highWaterMark: 0 },
  );
};

/** A child's input. After the child's end writes are rejected; nothing is thrown past the writer. */
export const inputStream = (sink: Writable): WritableStream<Uint8Array> => {
  sink.on("error", () => undefined);
  return new WritableStream<Uint8Array>({
    write: (chunk) =>
      new Promise((resolve, reject) => {
        sink.write(chunk, (error) => (error instanceof Error ? reject(error) : resolve()));
      }),
    // Node never calls back on the end of a stream that was destroyed before, as a dead child's is.
    close: () =>
      new Promise((resolve) => {
        if (sink.destroyed) return resolve();
        sink.once("close", resolve);
        sink.end(() => resolve());
      }),
    abort: () => {
      sink.destroy();
    },
  });
};
