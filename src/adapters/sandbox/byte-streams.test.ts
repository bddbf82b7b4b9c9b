import { spawn } from "node:child_process";
import { once } from "node:events";

import { expect, test } from "vitest";

import { holdOutput, inputStream, outputStream } from "./byte-streams.ts";

test("closing the input of a child that is gone already settles", async () => {
  const child = spawn("/bin/true", [], { stdio: ["pipe", "ignore", "ignore"] });
  await once(child, "close");
  await expect(inputStream(child.stdin).close()).resolves.toBeUndefined();
});

test("writing to a child that is gone already is refused, and nothing is thrown past the writer", async () => {
  const child = spawn("/bin/true", [], { stdio: ["pipe", "ignore", "ignore"] });
  const writer = inputStream(child.stdin).getWriter();
  await once(child, "close");
  await expect(writer.write(new Uint8Array([1]))).rejects.toThrow(/EPIPE|destroyed|ended|closed/i);
});

test("closing the input while the child goes away settles, whoever is first", async () => {
  const rounds = Array.from({ length: 40 }, async (_, round) => {
    const child = spawn("/bin/sh", ["-c", "exit 0"], { stdio: ["pipe", "ignore", "ignore"] });
    const gone = once(child, "close");
    if (round % 2 === 0) await once(child, "exit");
    await inputStream(child.stdin).close();
    await gone;
  });
  await expect(Promise.all(rounds)).resolves.toHaveLength(40);
});

test("what a child said is read whole after its end, and the stream ends", async () => {
  const child = spawn("/bin/sh", ["-c", "head -c 200000 /dev/zero"], { stdio: ["ignore", "pipe", "ignore"] });
  holdOutput(child.stdout);
  let seen = 0;
  let bytes = 0;
  const output = outputStream(child.stdout, (chunk) => (seen += chunk.length));
  for await (const chunk of output) bytes += chunk.length;
  expect([bytes, seen]).toEqual([200_000, 200_000]);
});

test("a child that says nothing ends its stream", async () => {
  const child = spawn("/bin/true", [], { stdio: ["ignore", "pipe", "ignore"] });
  holdOutput(child.stdout);
  await once(child, "exit");
  const output = outputStream(child.stdout, () => undefined).getReader();
  expect(await output.read()).toEqual({ done: true, value: undefined });
});
