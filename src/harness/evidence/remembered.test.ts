import { expect, test } from "vitest";

import { runId, workId } from "../../workflow/ids.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { rememberedOf } from "./remembered.ts";

const WORK = workId("CTO-WORK-049");
if (WORK === undefined) throw new TypeError("a work id has a number");
const RUN = runId(WORK, 1);
const OTHER = runId(WORK, 2);

/** A folder of which is told what `now` says, and how often something was drawn from it. */
const watched = (now: string | undefined) => {
  const folder = { now, drawn: 0, fingerprint: () => Promise.resolve(folder.now) };
  const draw = (): Promise<number> => Promise.resolve((folder.drawn += 1));
  return { folder, draw };
};

test("of a bundle in which nobody wrote the same is answered, and nothing drawn", async () => {
  const { folder, draw } = watched("as it was");
  const remembered = rememberedOf<number>();
  expect([await remembered(folder, RUN, "", draw), await remembered(folder, RUN, "", draw)]).toEqual([1, 1]);
});

test.each<readonly [what: string, change: (folder: { now: string | undefined }) => string]>([
  ["somebody wrote in it", (folder) => ((folder.now = "another"), "")],
  ["it cannot be told whether somebody wrote in it", (folder) => ((folder.now = undefined), "")],
  ["something beside it is another", () => "another key"],
])("where %s it is drawn anew", async (_, change) => {
  const { folder, draw } = watched("as it was");
  const remembered = rememberedOf<number>();
  await remembered(folder, RUN, "", draw);
  const beside = change(folder);
  expect(await remembered(folder, RUN, beside, draw)).toBe(2);
});

test("what was drawn while somebody wrote is answered once and not remembered", async () => {
  const { folder, draw } = watched("as it was");
  const remembered = rememberedOf<number>();
  const meanwhile = await remembered(folder, RUN, "", () => {
    folder.now = "another";
    return draw();
  });
  folder.now = "as it was";
  expect([meanwhile, await remembered(folder, RUN, "", draw)]).toEqual([1, 2]);
});

test("what cannot be drawn is not remembered as if it had been", async () => {
  const { folder, draw } = watched("as it was");
  const remembered = rememberedOf<number>();
  await expect(remembered(folder, RUN, "", () => Promise.reject(new Error("unreadable")))).rejects.toThrow(
    "unreadable",
  );
  expect(await remembered(folder, RUN, "", draw)).toBe(1);
});

test("another run, another archive and another drawing are each their own", async () => {
  const [one, two] = [watched("same"), watched("same")];
  const remembered = rememberedOf<number>();
  await remembered(one.folder, RUN, "", one.draw);
  expect(await remembered(one.folder, OTHER, "", one.draw)).toBe(2);
  expect(await remembered(two.folder, RUN, "", two.draw)).toBe(1);
  expect(await rememberedOf<number>()(one.folder, RUN, "", one.draw)).toBe(3);
});

test("of many bundles those that were asked for last are kept", async () => {
  const { folder, draw } = watched("same");
  const remembered = rememberedOf<number>();
  for (let attempt = 1; attempt <= LIMITS.rememberedBundlesMax; attempt += 1)
    await remembered(folder, runId(WORK, attempt), "", draw);
  await remembered(folder, RUN, "", draw);
  await remembered(folder, runId(WORK, LIMITS.rememberedBundlesMax + 1), "", draw);
  expect(await remembered(folder, RUN, "", draw)).toBe(1);
  expect(await remembered(folder, OTHER, "", draw)).toBe(LIMITS.rememberedBundlesMax + 2);
});
