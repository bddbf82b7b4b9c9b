import { mkdir, readdir, chmod } from "node:fs/promises";
import path from "node:path";

import { afterAll, expect, test } from "vitest";

import { SAMPLE_FILES } from "../../src/cli/demo/sample.ts";
import { planMounts } from "../../src/workflow/workspace/mount-plan.ts";
import { admit, approveBy, endOf, HONEST_STEPS, makeGround, runOnce, type Ground } from "../journeys/ground.ts";

const grounds: Ground[] = [];
afterAll(async () => {
  for (const ground of grounds) await ground.close();
});

const SECRET = "TOKEN=cto-canary-moved-mask";

/** Runs these steps before an honest edit, in a contract that allows the whole folder around a masked secret. */
const runBeside = async (
  steps: (ground: Ground) => readonly object[] | Promise<readonly object[]>,
): Promise<{ readonly ground: Ground; readonly lines: string; readonly end: readonly string[] }> => {
  const files = { ...SAMPLE_FILES, "src/config/.env": `${SECRET}\n` };
  const ground = await makeGround(
    { allowedPaths: ["src/", "test_strings.py"], validation: ["python3", "-m", "compileall", "-q", "/dev/null"] },
    files,
  );
  grounds.push(ground);
  await ground.plays([...(await steps(ground)), ...HONEST_STEPS]);
  const world = await ground.open();
  try {
    await admit(world, ground);
    expect(await approveBy(world, ground)).toEqual([]);
    const lines: string[] = [];
    const end = endOf(await runOnce(world, ground, (line) => lines.push(line)));
    return { ground, lines: lines.join("\n"), end };
  } finally {
    await world.store.close();
  }
};

test("moved-mask: a folder above a masked secret cannot be moved away before the next process starts", async () => {
  const { lines } = await runBeside(() => [
    { bash: "mv src/config src/moved" },
    { terminal: "cat src/moved/.[e]nv src/config/.[e]nv" },
    { bash: "mv src/moved src/config" },
  ]);
  expect(lines).not.toContain("cto-canary-moved-mask");
});

test("moved-mask: a link in place of such a folder leads no mount to the host", async () => {
  const { ground } = await runBeside(async (made) => {
    await mkdir(path.join(made.root, "hole"));
    await chmod(path.join(made.root, "hole"), 0o777);
    await chmod(made.root, 0o755);
    return [
      { bash: `mv src/config src/moved && ln -s /oldroot${made.root}/hole src/config` },
      { terminal: "true" },
      { bash: "rm -rf src/config; mv src/moved src/config" },
    ];
  });
  expect(await readdir(path.join(ground.root, "hole"))).toEqual([]);
});

test("moved-mask: every folder between a writable place and a deeper mount is a mount itself", () => {
  const entries = ["src/", "src/b/", "src/b/c/", "src/b/c/z.py", "src/b/c/.env", "src/a/", "src/a/y.py"].map(
    (name) => ({
      path: name,
      mode: name.endsWith("/") ? ("040000" as const) : ("100644" as const),
    }),
  );
  const { mounts } = planMounts(entries, { writable: ["src/*/y.py", "src/b/c/z.py"], masked: [".env"], readOnly: [] });
  const paths = mounts.map((mount) => mount.path);
  expect(paths).toEqual(expect.arrayContaining(["src", "src/b", "src/b/c", "src/b/c/.env"]));
  expect(paths.indexOf("src/b")).toBeLessThan(paths.indexOf("src/b/c"));
});
