import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { parseRunId } from "../../workflow/ids.ts";
import { carryConsumed, consumedBy, consumeOnce } from "./consumed.ts";

const first = parseRunId("R-049-01")!;
const second = parseRunId("R-049-02")!;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "cto-consumed-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("R046 an approval is spent by one run, which may ask again, and by no other", async () => {
  expect(await consumedBy(folder, "ap-1")).toBe("nobody");
  expect(await consumeOnce(folder, "ap-1", first)).toBe("won");
  expect(await consumeOnce(folder, "ap-1", first)).toBe("again");
  expect(await consumeOnce(folder, "ap-1", second)).toBe("lost");
  expect(await consumeOnce(folder, "ap-2", second)).toBe("won");
  expect(await consumedBy(folder, "ap-1")).toBe(first);
  expect(await readdir(folder)).toEqual(["ap-1", "ap-2"]);
  expect(await readFile(path.join(folder, "ap-1"), "utf8")).toBe("R-049-01\n");
});

test.each<readonly [string, (file: string) => Promise<unknown>]>([
  ["an empty file", (file) => writeFile(file, "")],
  ["other text", (file) => writeFile(file, "R-049-01 and more")],
  ["a link", (file) => symlink("elsewhere", file)],
  ["a folder", (file) => mkdir(file)],
])("R046 %s in its place spends an approval for nobody", async (_, put) => {
  await put(path.join(folder, "ap-1"));
  expect(await consumeOnce(folder, "ap-1", first)).toBe("lost");
  expect(await consumedBy(folder, "ap-1")).toBe("unreadable");
});

test.each(["", ".", "..", "../ap-1", "a/b", ".hidden", "ap 1", "ap\u0000", "x".repeat(101)])(
  "%j is no approval id",
  async (id) => {
    await expect(consumeOnce(folder, id, first)).rejects.toThrow(TypeError);
  },
);

test("a folder that is not there is a Failure, and nothing is spent", async () => {
  await expect(consumeOnce(path.join(folder, "x"), "ap-1", first)).rejects.toMatchObject({ code: "home/unreadable" });
});

test("locks are carried to another folder as they are, and none that is there is written over", async () => {
  const [from, to] = [path.join(folder, "from"), path.join(folder, "to")];
  await mkdir(from);
  await mkdir(to);
  await consumeOnce(from, "ap-1", first);
  await consumeOnce(from, "ap-2", first);
  await writeFile(path.join(from, "ap-3"), "");
  await consumeOnce(to, "ap-2", second);
  expect(await carryConsumed(from, to)).toEqual(["ap-1", "ap-3"]);
  expect([await consumedBy(to, "ap-1"), await consumedBy(to, "ap-2")]).toEqual([first, second]);
  expect(await consumeOnce(to, "ap-3", first)).toBe("lost");
  expect(await carryConsumed(from, to)).toEqual([]);
});
