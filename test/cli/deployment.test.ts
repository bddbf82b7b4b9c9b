import { readFile } from "node:fs/promises";
import path from "node:path";

import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";

import { runCto } from "./cli.ts";

const DEPLOY = path.join(import.meta.dirname, "../../docs/deploy");
const FAILED = 4;

/** A command line of the deployment page, over a folder in which there is no home: it is understood, and then fails. */
const isUnderstood = async (words: readonly string[]): Promise<void> => {
  const elsewhere = words.map((word) => (word === "/srv/cto" ? "/nonexistent/cto" : word));
  const { exit, stdout, stderr } = await runCto(elsewhere);
  expect([exit, stdout + stderr]).toEqual([FAILED, expect.stringContaining("home/unreadable")]);
};

test.each([["cto-worker@.service"], ["cto-serve.service"]])("%s starts a command that there is", async (unit) => {
  const text = await readFile(path.join(DEPLOY, unit), "utf8");
  const [, line = ""] = /^ExecStart=\/usr\/local\/bin\/cto (.+)$/m.exec(text) ?? [];
  await isUnderstood(line.split(" "));
  // TERM must reach the worker before the kill, for longer than it drains.
  if (unit.startsWith("cto-worker")) expect(text).toMatch(/--drain 15m[^]*\nTimeoutStopSec=16min\n/);
});

test("the manifests are YAML of the kinds that they say, and their worker is started by a command that there is", async () => {
  const documents = parseAllDocuments(await readFile(path.join(DEPLOY, "kubernetes.yaml"), "utf8"));
  expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
  const objects = documents.map((document): unknown => document.toJS());
  expect(objects).toMatchObject([{ kind: "Secret" }, { kind: "StatefulSet", spec: { replicas: 1 } }]);
  const worker = documents[1]?.getIn(["spec", "template", "spec", "containers", 0, "args"]);
  await isUnderstood(String(JSON.parse(JSON.stringify(worker))).split(","));
});
