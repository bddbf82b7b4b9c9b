import { spawn } from "node:child_process";
import { readFile, symlink, unlink } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { afterAll, beforeAll, expect, test } from "vitest";
import {
  CodeActionRequest,
  CompletionRequest,
  createProtocolConnection,
  DidChangeTextDocumentNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  DidSaveTextDocumentNotification,
  ExitNotification,
  HoverRequest,
  InitializedNotification,
  InitializeRequest,
  PublishDiagnosticsNotification,
  ShutdownRequest,
  type CodeAction,
  type CompletionList,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
} from "vscode-languageserver-protocol/node";

import { lookInto } from "../cli/cli.ts";
import { admit, makeGround, targetDigest, type Ground } from "../journeys/ground.ts";

let ground: Ground;
let packet = "";
let uri = "";
beforeAll(async () => {
  ground = await makeGround();
  packet = await readFile(path.join(ground.home, ground.packet), "utf8");
  uri = pathToFileURL(path.join(ground.home, ground.packet)).href;
  await lookInto(ground.home, (world) => admit(world, ground));
});
afterAll(() => ground.close());

interface Editor {
  readonly connection: ProtocolConnection;
  /** What the server publishes of this version of the packet. */
  readonly published: (version: number) => Promise<PublishDiagnosticsParams>;
  /** Exit code of the process after the editor left. */
  readonly leave: () => Promise<number | null>;
}

const openEditor = async (argv: readonly string[]): Promise<Editor> => {
  const server = spawn(process.execPath, ["test/journeys/cto.ts", "lsp", ...argv], {
    env: { PATH: process.env["PATH"] ?? "", HOME: ground.root },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = new Promise<number | null>((resolve) => server.once("exit", resolve));
  const connection = createProtocolConnection(server.stdout, server.stdin);
  const told: PublishDiagnosticsParams[] = [];
  const waiting: { readonly version: number; readonly take: (params: PublishDiagnosticsParams) => void }[] = [];
  connection.onNotification(PublishDiagnosticsNotification.type, (params) => {
    told.push(params);
    for (const { version, take } of waiting) if (params.version === version) take(params);
  });
  connection.listen();
  const { capabilities } = await connection.sendRequest(InitializeRequest.type, {
    processId: process.pid,
    rootUri: null,
    capabilities: {},
  });
  expect(capabilities).toMatchObject({ hoverProvider: true, completionProvider: {}, codeActionProvider: {} });
  await connection.sendNotification(InitializedNotification.type, {});
  return {
    connection,
    published: (version) => {
      const found = told.find((params) => params.version === version);
      return found === undefined ? new Promise((take) => waiting.push({ version, take })) : Promise.resolve(found);
    },
    leave: async () => {
      await connection.sendRequest(ShutdownRequest.type);
      await connection.sendNotification(ExitNotification.type);
      const code = await ended;
      connection.dispose();
      return code;
    },
  };
};

const openText = (editor: Editor, text: string): Promise<void> =>
  editor.connection.sendNotification(DidOpenTextDocumentNotification.type, {
    textDocument: { uri, languageId: "markdown", version: 1, text },
  });

const change = (editor: Editor, version: number, text: string): Promise<void> =>
  editor.connection.sendNotification(DidChangeTextDocumentNotification.type, {
    textDocument: { uri, version },
    contentChanges: [{ text }],
  });

const lineOf = (text: string, line: string): number => text.split("\n").indexOf(line);

test("a real client is told what lint says at each change, explained where it points, with words to complete and fixes; nothing is written", async () => {
  const before = await lookInto(ground.home, (world) => targetDigest(world, ground));
  const leaves = await lookInto(ground.home, async ({ store }) => (await store.leaves(0)).length);
  const editor = await openEditor(["--home", ground.home]);
  const { connection } = editor;
  await openText(editor, packet);
  const first = await editor.published(1);
  expect(first.diagnostics.filter(({ severity }) => severity === 1)).toEqual([]);
  expect(first.diagnostics.map(({ code }) => code)).toContain("packet/criterion-prose");

  // An error, a path that the target does not have, and a place that is counted in units of UTF-16.
  const token = `ghp_${"a".repeat(36)}`;
  const broken = packet
    .replace("- push\n", "")
    .replace("- `test_strings.py`", "- `tests_strings.py`")
    .replace("Task: ", `Task: 𝒈 ${token} `);
  await change(editor, 2, broken);
  const second = await editor.published(2);
  const codes = second.diagnostics.map(({ code }) => code);
  expect(codes).toEqual(expect.arrayContaining(["packet/secret", "packet/forbidden-action-removed"]));
  const secret = second.diagnostics.find(({ code }) => code === "packet/secret");
  expect(secret?.range.start).toEqual({
    line: lineOf(broken, broken.split("\n").find((l) => l.startsWith("Task: ")) ?? ""),
    character: 9,
  });

  const hover = await connection.sendRequest(HoverRequest.type, {
    textDocument: { uri },
    position: { line: secret?.range.start.line ?? 0, character: 12 },
  });
  expect(hover?.contents).toMatchObject({ value: expect.stringMatching(/^packet\/secret: [^]*leaked credential/) });
  expect(JSON.stringify(hover)).not.toContain(token);
  expect(
    await connection.sendRequest(HoverRequest.type, { textDocument: { uri }, position: { line: 0, character: 0 } }),
  ).toBeNull();

  const removed = second.diagnostics.find(({ code }) => code === "packet/forbidden-action-removed");
  if (removed === undefined) throw new Error("push is missed");
  const actions = (await connection.sendRequest(CodeActionRequest.type, {
    textDocument: { uri },
    range: removed.range,
    context: { diagnostics: [removed] },
  })) as readonly CodeAction[];
  expect(actions.map(({ title }) => title)).toEqual(["Forbid push again"]);
  expect(actions[0]?.edit?.changes?.[uri]).toEqual([
    {
      range: expect.objectContaining({ start: { line: lineOf(broken, "- cortex_core_mutation"), character: 22 } }),
      newText: "\n- push",
    },
  ]);

  await change(editor, 3, packet.replace("- `test_strings.py`", "- `tests_strings.py`"));
  const third = await editor.published(3);
  expect(third.diagnostics).toContainEqual(expect.objectContaining({ code: "packet/path-absent", severity: 2 }));

  const complete = async (text: string, line: string, version: number): Promise<readonly string[]> => {
    await change(editor, version, text);
    const list = (await connection.sendRequest(CompletionRequest.type, {
      textDocument: { uri },
      position: { line: lineOf(text, line), character: line.length },
    })) as CompletionList;
    return list.items.map((item) =>
      item.textEdit !== undefined && "range" in item.textEdit ? item.textEdit.newText : item.label,
    );
  };
  const withLine = (after: string, line: string): string => packet.replace(after, `${after}\n${line}`);
  expect(await complete(withLine("- `test_strings.py`", "- `str"), "- `str", 4)).toEqual(
    expect.arrayContaining(["`src/strings.py`", "`strings.py`", "`test_strings.py`"]),
  );
  expect(await complete(withLine("- `test_strings.py`", "- `src"), "- `src", 5)).toContain("`src/`");
  expect(await complete(withLine("- push", "- d"), "- d", 6)).toContain("deploy");
  expect(await complete(withLine("- backend logs", "- `rep"), "- `rep", 7)).toEqual([
    "`report.json`",
    "`report.md`",
    "stage5 owned repo proof",
  ]);
  const retarget = packet.replace(/- Target Repository: `.*`/, "- Target Repository: ");
  expect(await complete(retarget, "- Target Repository: ", 8)).toEqual([`\`${ground.target}\``]);
  expect(await complete(packet, "## Status", 9)).toEqual([]);

  await connection.sendNotification(DidSaveTextDocumentNotification.type, { textDocument: { uri } });
  await connection.sendNotification(DidCloseTextDocumentNotification.type, { textDocument: { uri } });
  expect(await editor.leave()).toBe(0);
  expect(await readFile(path.join(ground.home, ground.packet), "utf8")).toBe(packet);
  expect(await lookInto(ground.home, (world) => targetDigest(world, ground))).toBe(before);
  expect(await lookInto(ground.home, async ({ store }) => (await store.leaves(0)).length)).toBe(leaves);
}, 60_000);

test("without a home a packet is linted as it stands, and hostile texts end no server", async () => {
  const editor = await openEditor([]);
  await openText(editor, packet.replace("- push\n", ""));
  const first = await editor.published(1);
  expect(first.diagnostics.map(({ code }) => code)).toContain("packet/forbidden-action-removed");
  const note = "file:///notes/README.md";
  await editor.connection.sendNotification(DidOpenTextDocumentNotification.type, {
    textDocument: { uri: note, languageId: "markdown", version: 1_000, text: "# no packet" },
  });
  expect((await editor.published(1_000)).diagnostics).toEqual([]);
  const hostile = [
    "",
    "\uFEFF",
    "---\n",
    "- `".repeat(5000),
    "\u202E\n".repeat(300),
    "x".repeat(300_000),
    "\ud800",
    packet.replaceAll("\n", "\r\n"),
  ];
  for (const [at, text] of hostile.entries()) {
    await change(editor, at + 2, text);
    expect((await editor.published(at + 2)).diagnostics.length).toBeGreaterThan(0);
    await editor.connection.sendRequest(CodeActionRequest.type, {
      textDocument: { uri },
      range: { start: { line: 0, character: 0 }, end: { line: 1_000_000, character: 0 } },
      context: { diagnostics: [] },
    });
    await editor.connection.sendRequest(CompletionRequest.type, {
      textDocument: { uri },
      position: { line: 999_999, character: 999 },
    });
  }
  const addresses = [
    "file://elsewhere/CTO-A-APPROVAL-PACKET.md",
    "file:///a%2fCTO-A-APPROVAL-PACKET.md",
    "file:///%ZZ/CTO-A-APPROVAL-PACKET.md",
    "untitled:CTO-A-APPROVAL-PACKET.md",
  ];
  for (const [at, address] of addresses.entries()) {
    await editor.connection.sendNotification(DidOpenTextDocumentNotification.type, {
      textDocument: { uri: address, languageId: "markdown", version: 2_000 + at, text: "# no packet" },
    });
    expect((await editor.published(2_000 + at)).diagnostics.length).toBeGreaterThan(0);
  }
  await expect(
    editor.connection.sendRequest(HoverRequest.type, {
      textDocument: { uri: "file:///nowhere.md" },
      position: { line: 0, character: 0 },
    }),
  ).rejects.toThrow("is not open");
  expect(await editor.leave()).toBe(0);
}, 60_000);

test("a home that cannot be read is told where findings stand, and ends no server", async () => {
  const editor = await openEditor(["--home", ground.home]);
  const link = path.join(ground.home, path.dirname(ground.packet), "CTO-LINK-APPROVAL-PACKET.md");
  await symlink("/etc/hostname", link);
  try {
    await openText(editor, packet);
    expect((await editor.published(1)).diagnostics).toEqual([
      expect.objectContaining({ code: "home/unreadable", severity: 1 }),
    ]);
  } finally {
    await unlink(link);
  }
  await change(editor, 2, packet);
  expect((await editor.published(2)).diagnostics.map(({ code }) => code)).toContain("packet/criterion-prose");
  expect(await editor.leave()).toBe(0);
}, 60_000);

test("a server whose editor is gone ends", async () => {
  const server = spawn(process.execPath, ["test/journeys/cto.ts", "lsp", "--home", ground.home], {
    env: { PATH: process.env["PATH"] ?? "", HOME: ground.root },
    stdio: ["pipe", "ignore", "inherit"],
  });
  const ended = new Promise<number | null>((resolve) => server.once("exit", resolve));
  server.stdin.end();
  expect(await ended).toBe(0);
}, 30_000);
