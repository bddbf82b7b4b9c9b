import { expect, test } from "vitest";

import { digestOf } from "./digest.ts";
import { backupText, modeAt, readBackup, type HomeBackup } from "./home-backup.ts";

const file = (path: string): HomeBackup["files"][number] => ({ path, sha256: digestOf(path), size: path.length });
const BACKUP: HomeBackup = {
  homeId: "01ARZ3NDEKTSV4RRFFQ69G5FAV",
  ledger: { size: 3, rootHash: `${"A".repeat(43)}=` },
  privateKeys: "left-out",
  inBucket: [],
  open: [],
  files: [file(".cto/home-id"), file(".cto/ledger.db"), file(".sot/authority/policy.yaml")],
};
const bytes = (backup: HomeBackup): Uint8Array => new TextEncoder().encode(backupText(backup));

test("a manifest is read back as it was written", () => {
  expect(readBackup(bytes(BACKUP))).toEqual({ ok: true, value: BACKUP });
});

test.each([
  [".sot/03-PROTOCOLS/näme with blanks.md", 0o644],
  [".cto/home-id", 0o600],
  [".cto/keys/harness.key", 0o600],
  [".cto/keys/harness.pub", 0o644],
  [".cto/runs/R-049-01/approval/packet.md", 0o444],
  [".cto/runs/R-049-01.addenda/outcome.json", 0o600],
  [".cto/consumed/ap-213", 0o600],
])("%s has its mode", (path, mode) => {
  expect(modeAt(path)).toBe(mode);
});

test.each([
  "",
  ".sot",
  ".sot/",
  ".sot/../x",
  ".sot/./x",
  ".sot//x",
  "/.sot/x",
  ".sot/a\\b",
  ".sot/a\0b",
  `.sot/${"x".repeat(256)}`,
  `.sot/${"x/".repeat(33)}x`,
  ".git/config",
  "README.md",
  ".cto/engine.db",
  ".cto/ledger.db-wal",
  ".cto/private/raw.log",
  ".cto/keys/other.key",
  ".cto/keys/harness.key/x",
  ".cto/runs/.partial-R-049-01/x",
  ".cto/runs/R-049-01",
  ".cto/runs/R-049-01/.hidden",
  ".cto/runs/R-049-01.addenda/a/b",
  ".cto/consumed/.ap-213.fresh",
])("%j is no place where a backup puts anything", (path) => {
  expect(modeAt(path)).toBeUndefined();
});

test.each<readonly [string, Uint8Array]>([
  ["no JSON", new TextEncoder().encode("{")],
  ["white space", Buffer.concat([bytes(BACKUP), Buffer.from("\n")])],
  ["no home id", bytes({ ...BACKUP, files: BACKUP.files.slice(1) })],
  ["no ledger", bytes({ ...BACKUP, files: BACKUP.files.filter(({ path }) => !path.endsWith("db")) })],
  [
    "a private key that it does not tell of",
    bytes({ ...BACKUP, files: [...BACKUP.files, file(".cto/keys/harness.key")] }),
  ],
  ["private keys that it does not hold", bytes({ ...BACKUP, privateKeys: "included" })],
  ["a file below a file", bytes({ ...BACKUP, files: [...BACKUP.files, file(".sot/authority/policy.yaml/x")] })],
  [
    "one content of two sizes",
    bytes({ ...BACKUP, files: [...BACKUP.files, { ...file(".cto/home-id"), path: ".sot/x", size: 1 }] }),
  ],
])("a manifest with %s is none", (_, content) => {
  expect(readBackup(content).ok).toBe(false);
});
