import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";

import { afterAll, beforeAll, expect, test } from "vitest";

import { answersIn, DRIVERS, ordersText, type Order } from "./run-driver.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(`${tmpdir()}/cto-driver-`);
  mkdirSync(`${folder}/full`);
  mkdirSync(`${folder}/empty`);
  writeFileSync(`${folder}/full/file`, "planted\n");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ordersHere = (): readonly Order["op"][] => [
  ["append", `${folder}/nothing`],
  ["append", `${folder}/full/file`],
  ["open", "/proc/self/nothing"],
  ["create", `${folder}/empty/new`],
  ["create", `${folder}/full/file`],
  ["chmod", `${folder}/full/file`],
  ["chmod", `${folder}/nothing`],
  ["rename", `${folder}/nothing`, `${folder}/other`],
  ["over", `${folder}/empty/a`, `${folder}/full`],
  ["replace", `${folder}/empty/a`, `${folder}/empty/b`],
  ["peek", `${folder}/empty`, `${folder}/full`, `${folder}/nothing`, `${folder}/full/file`],
  ["slurp", "/proc/self/environ"],
  ["slurp", `${folder}/nothing`],
  ["link", "/proc/self/ns/net"],
  ["link", `${folder}/nothing`],
  ["fds"],
  ["tcp", "127.0.0.1", 1, "name"],
  ["unix", `${folder}/nothing`, "name"],
  ["abstract", "cto-nobody-listens-here", "name"],
  ["http", "127.0.0.1", 1, "GET / HTTP/1.1\r\n\r\n"],
  ["resolve", "localhost"],
  ["resolve", "nobody.invalid"],
  ["call", 9_999],
  ["signal", 4_194_304, "nobody"],
  ["signal", process.pid, "no such name"],
  ["find", "no-process-has-this-name"],
  ["nonsense"],
];

const told = (driver: readonly [string, ...string[]]): readonly string[] => {
  const orders = ordersHere().map((op, at): Order => ({ what: String(at), op }));
  const [program, ...rest] = driver;
  const output = execFileSync(program, rest, { input: ordersText(orders), env: { ONLY: "this" }, encoding: "utf8" });
  const answers = answersIn(output);
  return orders.map(({ what, op }) => `${op[0]} ${answers?.get(what) ?? "no answer"}`);
};

test("each driver does what is asked, and both answer the same", () => {
  const [perl = [], python = []] = DRIVERS.map((driver) => told(driver));
  expect(python).toEqual(perl);
  // Whoever started this may have left descriptors open.
  const plain = perl.filter((line) => !line.startsWith("fds "));
  expect(plain.map((line) => line.replace("\0", "").replaceAll(/\d{6,}/g, "N"))).toMatchInlineSnapshot(`
    [
      "append ENOENT",
      "append ok",
      "open ENOENT",
      "create ok",
      "create EEXIST",
      "chmod ok",
      "chmod ENOENT",
      "rename ENOENT",
      "over EISDIR",
      "replace ok",
      "peek empty|ENOENT|ok",
      "slurp ONLY=this",
      "slurp ENOENT",
      "link net:[N]",
      "link ENOENT",
      "tcp ECONNREFUSED",
      "unix ENOENT",
      "abstract ECONNREFUSED",
      "http ECONNREFUSED",
      "resolve ok",
      "resolve none",
      "call ENOSYS",
      "signal ESRCH",
      "signal another process",
      "find absent",
      "nonsense no such op",
    ]
  `);
});

test("an output that breaks off is no answer to anything", () => {
  expect(answersIn("")).toBeUndefined();
  expect(answersIn("77 6f6b\n")).toBeUndefined();
  expect(answersIn("77 6f6b\ndone\n")).toEqual(new Map([["w", "ok"]]));
});
