import { afterAll, expect, test } from "vitest";

import {
  failedIds,
  failures,
  sampleBundle,
  sealedOf,
  textOf,
  type Edit,
  utf8,
} from "../../../../test/fixtures/sample-bundle.ts";
import { digestOf } from "../../digest.ts";
import { jsonFile } from "../json-file.ts";
import { isWhole, ownedRepoSchema, type WholeProof } from "../schemas/owned-repo.ts";

const bundle = sampleBundle();
const found = sampleBundle({
  findings: [
    { finding: "hook", where: ".git/hooks/pre-commit" },
    { finding: "hook", where: "core.hookspath" },
    { finding: "driver", where: "diff.pdf.textconv" },
  ],
});
afterAll(() => {
  bundle.world.remove();
  found.world.remove();
});

const FILE = "stage5-owned-repo-proof.json";

type Change = (proof: WholeProof) => unknown;

const edited =
  (change: Change): Edit =>
  (files) => {
    const proof = ownedRepoSchema.parse(JSON.parse(textOf(files, FILE)));
    if (!isWhole(proof)) throw new Error("the sample is whole");
    files.set(FILE, utf8(jsonFile(change(proof))));
  };

const seen = ({ after }: WholeProof): Exclude<WholeProof["after"], "unknown"> => {
  if (after === "unknown") throw new Error("the sample was seen afterwards");
  return after;
};

const CONTRADICTED: readonly (readonly [what: string, says: string, change: Change])[] = [
  [
    "remotes that differ and are told equal",
    "its two lists",
    (proof) => ({ ...proof, remotes: { ...proof.remotes, after: [] } }),
  ],
  [
    "equal remotes that are told to differ",
    "its two lists",
    (proof) => ({ ...proof, remotes: { ...proof.remotes, equal: false } }),
  ],
  [
    "a network told open against the sandboxes' arguments",
    "another network",
    (proof) => ({ ...proof, remotes: { ...proof.remotes, networkDenied: false } }),
  ],
  [
    "a network told unknown though sandboxes ran",
    "another network",
    (proof) => ({ ...proof, remotes: { ...proof.remotes, networkDenied: "unknown" } }),
  ],
  [
    "remotes of a target that was not seen",
    "did not see",
    (proof) => ({ ...proof, remotes: { ...proof.remotes, after: "unknown", equal: "unknown" } }),
  ],
  ["a lock", "no gate", (proof) => ({ ...proof, before: { ...proof.before, lockFiles: ["index.lock"] } })],
  [
    "a merge under way",
    "no gate",
    (proof) => ({ ...proof, after: { ...seen(proof), operationInProgress: ["MERGE_HEAD"] } }),
  ],
  [
    "an index that hides a file",
    "no gate",
    (proof) => ({ ...proof, before: { ...proof.before, indexFlags: { assumeUnchanged: 0, skipWorktree: 1 } } }),
  ],
  [
    "refs that did not move with the branch",
    "its refs differ",
    (proof) => ({ ...proof, after: { ...seen(proof), refsSha256: proof.before.refsSha256 } }),
  ],
  [
    "another git directory afterwards than the change tells",
    "in two ways",
    (proof) => ({ ...proof, after: { ...seen(proof), controlPlaneSha256: digestOf("other") } }),
  ],
  [
    "a hook that was not found",
    "preflight found",
    (proof) => ({ ...proof, execution: { ...proof.execution, hooks: [".git/hooks/pre-commit"] } }),
  ],
  [
    "a finding that the log does not tell",
    "the log tells of other findings",
    (proof) => ({ ...proof, found: [{ finding: "alias", where: "alias.x" }] }),
  ],
  [
    "a git directory elsewhere",
    "no-redirects is claimed",
    (proof) => ({ ...proof, identity: { ...proof.identity, gitDir: "/elsewhere/.git" } }),
  ],
  [
    "a git directory that is shared",
    "no-redirects is claimed",
    (proof) => ({ ...proof, identity: { ...proof.identity, gitCommonDir: "/elsewhere/.git" } }),
  ],
  [
    "a configuration that includes another",
    "no-redirects is claimed",
    (proof) => ({ ...proof, execution: { ...proof.execution, includes: ["include.path"] } }),
  ],
  [
    "a stash with one more",
    "no-other-ref is claimed",
    (proof) => ({ ...proof, after: { ...seen(proof), stashCount: 1 } }),
  ],
  ["half of its form", "does not read", (proof) => ({ ...proof, remotes: undefined })],
  ["an unknown member", "does not read", (proof) => ({ ...proof, more: 1 })],
];

test.each(CONTRADICTED)("a proof with %s fails, though everything is signed again (R110)", async (_, says, change) => {
  const verdict = await bundle.verify(bundle.resealed(edited(change)));
  expect(failedIds(verdict)).toContain("owned-repo");
  expect(
    failures(verdict)
      .filter((line) => line.startsWith("owned-repo"))
      .join("\n"),
  ).toContain(says);
});

test("findings in proof and log pass together, with what could be executed (R110)", async () => {
  expect(failures(await found.verify(found.sealed()))).toEqual([]);
  const silent = found.resealed(edited((proof) => ({ ...proof, found: proof.found.slice(1) })));
  expect(failures(await found.verify(silent)).join("\n")).toContain("the log tells of other findings");
});

test("a bundle of before all was looked at passes, and the check says what it does not tell", async () => {
  const { record, given } = bundle.world;
  if (record.before === "unknown") throw new Error("the sample was seen before");
  const { particulars: _, ...before } = record.before;
  const verdict = await bundle.verify(sealedOf({ ...record, before }, given));
  expect(failures(verdict)).toEqual([]);
  expect(verdict.checks.find(({ id }) => id === "owned-repo")?.says).toContain("of an earlier form");
});
