import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, expect, test } from "vitest";

import { RUN } from "../../../test/fixtures/governed.ts";
import { localHost } from "./local-host.ts";

const folder = mkdtempSync(path.join(tmpdir(), "cto-host-"));
const host = localHost(folder);

afterAll(() => rmSync(folder, { recursive: true }));

test("the disk of the state folder has room, and logs lie in the private part of it", async () => {
  expect(await host.diskFree()).toBeGreaterThan(0);
  host.openRawLogs(RUN, 1, 10).keep("stderr.log", new Uint8Array([1]));
  expect([...(await host.readRawLogs(RUN)).keys()]).toEqual(["backend/stderr.log"]);
  expect(await host.fingerprint(path.join(folder, "private", RUN, "backend", "1", "stderr.log"))).not.toBe("absent");
});
