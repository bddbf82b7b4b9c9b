import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { openRawLogs, readRawLogs } from "./raw-logs.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "cto-logs-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const kept = (): Readonly<Record<string, string>> =>
  Object.fromEntries([...readRawLogs(folder)].map(([name, content]) => [name, new TextDecoder().decode(content)]));

test("a run without logs has none", () => {
  expect(kept()).toEqual({});
});

test("what an agent says is kept in order, byte for byte, readable by nobody else", () => {
  const logs = openRawLogs(folder, 1, 100);
  logs.keep("frames.jsonl", bytes("a\n"));
  logs.keep("stderr.log", new Uint8Array([0, 255]));
  logs.keep("frames.jsonl", bytes("b\n"));
  expect(kept()).toMatchObject({ "backend/frames.jsonl": "a\nb\n" });
  expect(readRawLogs(folder).get("backend/stderr.log")).toEqual(Buffer.from([0, 255]));
  expect(statSync(path.join(folder, "backend", "1")).mode & 0o777).toBe(0o700);
  expect(statSync(path.join(folder, "backend", "1", "stderr.log")).mode & 0o777).toBe(0o600);
});

test("a flood is cut at the limit, each log for itself, and nothing after it is kept", () => {
  const logs = openRawLogs(folder, 1, 5);
  logs.keep("frames.jsonl", bytes("1234"));
  logs.keep("frames.jsonl", bytes("5678"));
  logs.keep("frames.jsonl", bytes("9"));
  logs.keep("stderr.log", bytes("123456789"));
  expect(kept()).toEqual({ "backend/frames.jsonl": "12345", "backend/stderr.log": "12345" });
});

test("the name of a log cannot leave its folder", () => {
  openRawLogs(folder, 1, 100).keep("../../../escaped.log", bytes("x"));
  expect(readdirSync(folder)).toEqual(["backend"]);
  expect(kept()).toEqual({ "backend/escaped.log": "x" });
});

test("R133 the logs of every attempt stay: those of the last by their name, earlier ones by their number", () => {
  for (const attempt of [1, 2, 9, 10]) openRawLogs(folder, attempt, 100).keep("frames.jsonl", bytes(String(attempt)));
  expect(kept()).toEqual({
    "backend/attempt-1/frames.jsonl": "1",
    "backend/attempt-2/frames.jsonl": "2",
    "backend/attempt-9/frames.jsonl": "9",
    "backend/frames.jsonl": "10",
  });
});
