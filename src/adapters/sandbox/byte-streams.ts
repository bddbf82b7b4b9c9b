import type { Readable, Writable } from "node:stream";

/** A child's output, read only as fast as it is asked for: what nobody reads stays in the pipe and stops its writer. */
export const outputStream = (source: Readable, seen: (chunk: Uint8Array) => void): ReadableStream<Uint8Array> => {
  const chunks: AsyncIterator<unknown> = source[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const next = await chunks.next().catch(() => ({ done: true, value: undefined }));
        if (next.done === true || !(next.value instanceof Uint8Array)) return controller.close();
        seen(next.value);
        controller.enqueue(new Uint8Array(next.value));
      },
      cancel: () => {
        source.destroy();
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
        sink.write(chunk, (error) => (error == null ? resolve() : reject(error)));
      }),
    close: () =>
      new Promise((resolve) => {
        sink.end(() => resolve());
      }),
    abort: () => {
      sink.destroy();
    },
  });
};
