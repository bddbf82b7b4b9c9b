import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { EMBEDDED, SERVICES_PATH, writeServices } from "../../workflow/home-services.ts";
import { folderHome } from "./folder-home.ts";
import { servicesOf } from "./services-of.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "cto-services-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const write = (text: string): Promise<unknown> =>
  folderHome(folder).write(SERVICES_PATH, new TextEncoder().encode(text), "absent");

test("a home without services.json has everything in itself", async () => {
  expect(await servicesOf(folderHome(folder))).toEqual(EMBEDDED);
});

test("services.json says where the ledger is", async () => {
  const store = { kind: "postgresql", url: "postgresql://localhost/cto" } as const;
  await write(writeServices({ ...EMBEDDED, store }));
  expect((await servicesOf(folderHome(folder))).store).toEqual(store);
});

test("services.json that is not understood is a failure that names the place, and no embedded ledger", async () => {
  await write('{"schemaVersion":1,"store":{"kind":"postgresql"}}');
  await expect(servicesOf(folderHome(folder))).rejects.toMatchObject({
    code: "home/unreadable",
    message: expect.stringMatching(/^\.cto\/services\.json: store\.url/),
  });
});

test("services.json that others may write is a failure", async () => {
  await write(writeServices(EMBEDDED));
  await chmod(path.join(folder, SERVICES_PATH), 0o620);
  await expect(servicesOf(folderHome(folder))).rejects.toMatchObject({ code: "home/unreadable" });
});
