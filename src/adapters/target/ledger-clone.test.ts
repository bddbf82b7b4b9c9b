import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, expect, test } from "vitest";

import { scratchRepository, type ScratchRepository } from "../../../test/repositories/scratch-repository.ts";
import { parseOid, type Oid } from "../../workflow/ids.ts";
import { openDoor } from "./door.ts";
import { git } from "./git.ts";
import { importCommit, isHeld, openLedgerClone, targetIdOf, treeOf } from "./ledger-clone.ts";

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean();
});

interface Place {
  readonly target: ScratchRepository;
  readonly door: string;
  readonly state: string;
  readonly head: () => Oid;
}

const place = async (): Promise<Place> => {
  const target = scratchRepository();
  const door = await openDoor(target.path, "main");
  cleanups.push(target.remove, () => void door.close());
  const head = (): Oid => parseOid(target.git("rev-parse", "HEAD").trim())!;
  return { target, door: door.gitDir, state: join(target.folder, "state"), head };
};

test("a target's id is sixteen hex digits of its real path, and its clone has no template and no configuration of others", async () => {
  const { target, state } = await place();
  const ledger = await openLedgerClone(state, target.path);
  expect(ledger).toBe(join(state, "git", `${targetIdOf(target.path)}.git`));
  expect(targetIdOf("/home/owner/target")).toMatch(/^[0-9a-f]{16}$/);
  expect(readdirSync(ledger).sort()).toEqual(["HEAD", "config", "info", "objects", "refs"]);
  expect(readFileSync(join(ledger, "info/attributes"), "utf8")).toBe(
    "* -text !eol -ident !filter !working-tree-encoding\n",
  );
  expect(statSync(join(state, "git")).mode & 0o777).toBe(0o700);
});

test("a commit comes in with its whole tree and without its history, and every object is sound", async () => {
  const { target, door, state, head } = await place();
  const first = head();
  target.append("README.md", "more\n");
  target.commit();
  const ledger = await openLedgerClone(state, target.path);
  await importCommit(ledger, door, head());
  expect(await isHeld(ledger, head())).toBe(true);
  expect(await isHeld(ledger, first)).toBe(false);
  expect(await treeOf(ledger, head())).toBe(target.git("rev-parse", "HEAD^{tree}").trim());
  expect((await git(ledger, ["rev-list", "--count", head()])).text).toBe("1");
  await importCommit(ledger, door, first);
  await git(ledger, ["fsck", "--strict", "--full"]);
});

test("eight at once open one clone and import one base", async () => {
  const { target, door, state, head } = await place();
  const ledgers = await Promise.all(
    Array.from({ length: 8 }, async () => {
      const ledger = await openLedgerClone(state, target.path);
      await importCommit(ledger, door, head());
      return ledger;
    }),
  );
  expect(new Set(ledgers).size).toBe(1);
  expect(readdirSync(join(state, "git"))).toHaveLength(1);
  await git(ledgers[0]!, ["fsck", "--strict", "--full"]);
});

test("importing changes no byte of the target and runs nothing that it names", async () => {
  const { target, door, state, head } = await place();
  mkdirSync(join(target.path, ".git/hooks"), { recursive: true });
  target.git("config", "uploadpack.packObjectsHook", target.marker);
  const bytes = (): string => target.sh("find . -type f -print0 | sort -z | xargs -0 sha256sum; find . | sort");
  const before = bytes();
  await importCommit(await openLedgerClone(state, target.path), door, head());
  expect(bytes()).toBe(before);
  expect(target.ran()).toBe(false);
});

test("an object of the base that is not what its name says stops the import (object-poisoning)", async () => {
  const { target, door, state, head } = await place();
  const blob = target.git("rev-parse", "HEAD:README.md").trim();
  const other = target.git("rev-parse", "HEAD:src/other.py").trim();
  const loose = (oid: string): string => join(target.path, ".git/objects", oid.slice(0, 2), oid.slice(2));
  target.sh(`chmod u+w ${loose(blob)}`);
  writeFileSync(loose(blob), readFileSync(loose(other)));
  const ledger = await openLedgerClone(state, target.path);
  await expect(importCommit(ledger, door, head())).rejects.toMatchObject({ code: "target/git-failed" });
  expect(await isHeld(ledger, head())).toBe(false);
});
