import { afterAll, expect, test } from "vitest";

import {
  failedIds,
  failures,
  sampleBundle,
  sealedOf,
  type SampleBundle,
} from "../../../../test/fixtures/sample-bundle.ts";
import { digestOf } from "../../digest.ts";
import { ENDINGS } from "../ending.ts";
import type { SandboxFacts } from "../run-record.ts";
import type { Verdict } from "./verdict.ts";

/** More than the sample's own base: masks at several depths, and a folder that nobody allowed. */
const BASE = { "src/deep/.env.local": "KEY=1\n", "secrets/k": "k\n", ".vscode/tasks.json": "{}\n", "docs/a.md": "a\n" };

const copied = sampleBundle({ base: BASE });
const overlaid = sampleBundle({ base: BASE, level: "A" });
afterAll(() => {
  copied.world.remove();
  overlaid.world.remove();
});

const BOTH: readonly (readonly [string, SampleBundle])[] = [
  ["over a copy", copied],
  ["over an overlay", overlaid],
];

test.each(BOTH.flatMap(([where, bundle]) => ENDINGS.map((kind) => [kind, where, bundle] as const)))(
  "a run that ended as %s, its stages laid %s, passes and says what was recomputed (R112)",
  async (kind, _, bundle) => {
    const { record, given } = bundle.world.ending(kind);
    const verdict = await bundle.verify(sealedOf(record, given));
    expect(failures(verdict)).toEqual([]);
    const says = verdict.checks.find(({ id }) => id === "mounts")?.says ?? "";
    if (record.reach === "gate") expect(says).toBe("no sandbox was started");
    else if (record.reach === "commit") expect(says).toContain("recomputed from contract, policy and base tree");
    else expect(says).toContain("not recomputed without a base tree");
  },
);

test("the sample has parents, pins and masks to be recomputed", () => {
  const [agent, validation] = overlaid.world.record.sandboxes;
  expect(agent?.writableParents).toEqual([".", "src"]);
  expect(agent?.pins).toEqual(expect.arrayContaining(["README.md", "docs", "src/deep"]));
  expect(agent?.masks).toEqual(
    expect.arrayContaining([".env.sample", ".claude", ".vscode", "deploy", "secrets", "src/deep/.env.local"]),
  );
  expect(validation?.masks).toEqual(expect.arrayContaining([".env.sample", ".claude", "secrets"]));
  expect(validation?.masks).not.toContain("deploy");
});

type Lie = (sandbox: SandboxFacts) => SandboxFacts;

const digestOfArgs = (args: readonly string[]): SandboxFacts["argsSha256"] =>
  digestOf(args.map((arg) => `${arg}\0`).join(""));

/** Other arguments, told with their own digest. */
const withArgs = (sandbox: SandboxFacts, args: readonly string[]): SandboxFacts => ({
  ...sandbox,
  args,
  argsSha256: digestOfArgs(args),
});

const ofAgent =
  (lie: Lie): Lie =>
  (sandbox) =>
    sandbox.purpose === "agent" ? lie(sandbox) : sandbox;
const ofValidation =
  (lie: Lie): Lie =>
  (sandbox) =>
    sandbox.purpose === "validation" ? lie(sandbox) : sandbox;

/** The arguments without the mount that lies at this path of the Workspace. */
const without = (sandbox: SandboxFacts, path: string): SandboxFacts => {
  const at = sandbox.args.lastIndexOf(`/workspace/${path}`);
  if (at < 2) throw new Error(`nothing lies at ${path}`);
  return withArgs(sandbox, sandbox.args.toSpliced(at - 2, 3));
};

const replaced = (sandbox: SandboxFacts, from: readonly string[], to: readonly string[]): SandboxFacts => {
  const at = sandbox.args.findIndex((_, start) => from.every((arg, more) => sandbox.args[start + more] === arg));
  if (at < 0) throw new Error(`${from.join(" ")} is not there`);
  return withArgs(sandbox, sandbox.args.toSpliced(at, from.length, ...to));
};

/** The folder of the Workspace as the arguments name it. */
const workspaceOf = ({ args }: SandboxFacts): string => args[args.indexOf("/workspace") - 1] ?? "";
const controlOf = ({ args }: SandboxFacts): string =>
  (args[args.indexOf("/etc/passwd") - 1] ?? "").replace(/\/passwd$/, "");

/** One more mount, before the end. */
const also = (sandbox: SandboxFacts, ...more: readonly string[]): SandboxFacts =>
  replaced(sandbox, ["--chdir", "/workspace"], [...more, "--chdir", "/workspace"]);

const except = (paths: readonly string[], path: string): readonly string[] => paths.filter((one) => one !== path);

const DROPPED: readonly (readonly [what: string, says: string, lie: Lie])[] = [
  [
    "an agent's mask that was dropped everywhere",
    '".env.sample" must be masked',
    ofAgent((one) => ({ ...without(one, ".env.sample"), masks: except(one.masks, ".env.sample") })),
  ],
  [
    "a mask in a folder that was dropped everywhere",
    '"src/deep/.env.local" must be masked',
    ofAgent((one) => ({ ...without(one, "src/deep/.env.local"), masks: except(one.masks, "src/deep/.env.local") })),
  ],
  [
    "a validation's mask that was dropped everywhere",
    '"secrets" must be masked',
    ofValidation((one) => ({ ...without(one, "secrets"), masks: except(one.masks, "secrets") })),
  ],
  [
    "a mask whose cover can be read",
    '"secrets" must be masked',
    ofAgent((one) =>
      replaced(
        one,
        [`${controlOf(one)}/none.d`, "/workspace/secrets"],
        [`${controlOf(one)}/empty.d`, "/workspace/secrets"],
      ),
    ),
  ],
  [
    "a pin that was dropped everywhere",
    '"README.md" must be pinned',
    ofAgent((one) => ({ ...without(one, "README.md"), pins: except(one.pins, "README.md") })),
  ],
  [
    "another writable parent, everywhere",
    '"docs" is writable',
    ofAgent((one) => {
      const [from, to] = [
        ["--ro-bind", `${workspaceOf(one)}/docs`],
        ["--bind", `${workspaceOf(one)}/docs`],
      ];
      const args = replaced(one, from, to).args;
      return {
        ...withArgs(one, args),
        pins: except(one.pins, "docs"),
        writableParents: [".", "docs", ...one.writableParents.slice(1)],
      };
    }),
  ],
  [
    "a writable parent that was left out everywhere",
    '"src" must be writable',
    ofAgent((one) => ({ ...without(one, "src"), writableParents: except(one.writableParents, "src") })),
  ],
  [
    "an unpinned place that is not told of",
    '"docs" is told as unpinned and must not be',
    ofAgent((one) => ({ ...one, unpinned: ["docs"] })),
  ],
];

const SHOWN: readonly (readonly [what: string, says: string, lie: Lie])[] = [
  [
    "a mask in the list that no argument shows",
    "other masks than it tells",
    ofAgent((one) => ({ ...one, masks: [...one.masks, "docs"] })),
  ],
  [
    "a mask that is told in no list",
    "other masks than it tells",
    ofAgent((one) => ({ ...one, masks: except(one.masks, "secrets") })),
  ],
  [
    "another digest of the pins",
    "other pins than it tells",
    ofAgent((one) => ({ ...one, pins: one.pins.map((path) => (path === "README.md" ? "readme.md" : path)) })),
  ],
  [
    "another writable parent in the list",
    "other writable parents than it tells",
    ofAgent((one) => ({ ...one, writableParents: ["."] })),
  ],
  [
    "a mask under a mount that came later",
    "a later mount hides",
    ofAgent((one) => also(one, "--ro-bind", `${workspaceOf(one)}/secrets`, "/workspace/secrets")),
  ],
  [
    "everything under the Workspace once more",
    "a later mount hides",
    ofAgent((one) => also(one, "--bind", workspaceOf(one), "/workspace")),
  ],
  [
    "a folder of the host in the Workspace",
    "no folder, pin or cover",
    ofAgent((one) => also(one, "--ro-bind", "/opt/tools", "/workspace/tools")),
  ],
  [
    "a fresh folder in the Workspace",
    "no folder, pin or cover",
    ofAgent((one) => also(one, "--tmpfs", "/workspace/src/deep")),
  ],
  [
    "the Workspace at another place, without its masks",
    "shows the Workspace or its base once more",
    ofAgent((one) => also(one, "--ro-bind", `${workspaceOf(one)}/secrets`, "/mnt/secrets")),
  ],
  [
    "what holds the Workspace at another place",
    "shows the Workspace or its base once more",
    ofAgent((one) => also(one, "--ro-bind", workspaceOf(one).replace(/\/[^/]+$/, ""), "/mnt/all")),
  ],
  [
    "a folder of the host that can be written",
    "can be written, and is no part of the Workspace",
    ofAgent((one) => also(one, "--bind", "/opt/tools", "/opt/tools")),
  ],
  [
    "an option that nobody knows",
    "is not known here",
    ofAgent((one) => also(one, "--bind-data", "7", "/workspace/secrets")),
  ],
  [
    "a path with steps back in it",
    "no plain path",
    ofAgent((one) => also(one, "--ro-bind", "/opt/tools", "/workspace/../workspace/src")),
  ],
  ["arguments that break off", "break off", ofAgent((one) => withArgs(one, [...one.args, "--ro-bind", "/x"]))],
  ["something over everything", "over everything", ofAgent((one) => also(one, "--tmpfs", "/"))],
  [
    "a Workspace that is writable as a whole",
    "not read-only as a whole",
    ofAgent((one) =>
      replaced(one, ["--ro-bind", workspaceOf(one), "/workspace"], ["--bind", workspaceOf(one), "/workspace"]),
    ),
  ],
  [
    "a validation that can write",
    "something of its Workspace is writable",
    ofValidation((one) => also(one, "--bind", `${workspaceOf(one)}/docs`, "/workspace/docs")),
  ],
  [
    "an agent that can write what nobody allowed",
    '"docs" is writable for no allowed path',
    ofAgent((one) => also(one, "--bind", `${workspaceOf(one)}/docs`, "/workspace/docs")),
  ],
  [
    "a forbidden file that is pinned where it can be read",
    '"secrets" is shown, though it is forbidden',
    ofAgent((one) => {
      const from = ["--ro-bind", `${controlOf(one)}/none.d`, "/workspace/secrets"];
      const to = ["--ro-bind", `${workspaceOf(one)}/secrets`, "/workspace/secrets"];
      return { ...replaced(one, from, to), masks: except(one.masks, "secrets"), pins: [...one.pins, "secrets"] };
    }),
  ],
  [
    "a mask for which there is no pattern",
    '"docs" is masked by no pattern',
    ofAgent((one) => also(without(one, "docs"), "--ro-bind", `${controlOf(one)}/none.d`, "/workspace/docs")),
  ],
];

const expectFailed = (verdict: Verdict, says: string): void => {
  expect(failedIds(verdict)).toContain("mounts");
  expect(
    failures(verdict)
      .filter((row) => row.startsWith("mounts"))
      .join("\n"),
  ).toContain(says);
};

const lying = (bundle: SampleBundle, kind: (typeof ENDINGS)[number], lie: Lie): Promise<Verdict> => {
  const { record, given } = bundle.world.ending(kind, lie);
  return bundle.verify(sealedOf(record, given));
};

test.each([
  ...DROPPED.flatMap((row) => BOTH.map(([where, bundle]) => [row[0], where, row[1], row[2], bundle] as const)),
  ...SHOWN.map((row) => [row[0], "over an overlay", row[1], row[2], overlaid] as const),
])(
  "a bundle with %s, its stages laid %s, fails though every file, log and signature is the Harness's own (R066)",
  async (_, __, says, lie, bundle) => {
    expectFailed(await lying(bundle, "awaiting_outcome", lie), says);
  },
);

test.each(SHOWN)("a voided run with %s fails without its base tree (R066)", async (_, says, lie) => {
  expectFailed(await lying(copied, "voided", lie), says);
});

const OUTER: readonly (readonly [
  what: string,
  says: string,
  change: (args: readonly string[]) => readonly string[],
])[] = [
  [
    "a folder of the host that can be written",
    "can be written in the sandbox around it",
    (args) => [...args, "--bind", "/srv", "/srv"],
  ],
  [
    "something in the stage",
    "laid into the stage from outside",
    (args) => [...args, "--ro-bind", "/srv", "/stage/ctl"],
  ],
  ["an option that nobody knows", "is not known here", (args) => [...args, "--overlay-src", "/srv"]],
];

test.each(OUTER)("a sandbox around it with %s fails (R066)", async (_, says, change) => {
  const lie = ofAgent((one) => {
    if (one.outer === undefined) throw new Error("level A has a sandbox around it");
    const args = change(one.outer.args);
    return { ...one, outer: { ...one.outer, args, argsSha256: digestOfArgs(args) } };
  });
  expectFailed(await lying(overlaid, "awaiting_outcome", lie), says);
});

test("at level A the Workspace is the one that the sandbox around it made (R066)", async () => {
  const lie = ofAgent((one) =>
    withArgs(
      one,
      one.args.map((arg) => arg.replace(/^\/stage\/ws/, "/base")),
    ),
  );
  expectFailed(await lying(overlaid, "awaiting_outcome", lie), "not the one of the sandbox around it");
});

test("a policy whose lists are in another form is not guessed: NOT-PROVEN, and no pass", async () => {
  const bundle = sampleBundle({
    policy: (text) => text.replace(/secretPaths:\n(?: {2}- .*\n)+/, "secretPaths: [.env,\n  secrets/]\n"),
  });
  const verdict = await bundle.verify(bundle.sealed());
  bundle.world.remove();
  expect(verdict.checks.find(({ id }) => id === "mounts")).toMatchObject({ verdict: "NOT-PROVEN" });
  expect(verdict.verdict).toBe("NOT-PROVEN");
});
