import type { Readable, Writable } from "node:stream";

import {
  CodeActionKind,
  CodeActionRequest,
  CompletionRequest,
  createProtocolConnection,
  DiagnosticSeverity,
  DidChangeTextDocumentNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  DidSaveTextDocumentNotification,
  ErrorCodes,
  ExitNotification,
  HoverRequest,
  InitializeRequest,
  PublishDiagnosticsNotification,
  ResponseError,
  ShutdownRequest,
  TextDocumentSyncKind,
  type CodeAction,
  type Hover,
  type InitializeResult,
  type ProtocolConnection,
  type Range,
} from "vscode-languageserver-protocol/node";

import { explanationOf } from "../../harness/home/explanations.ts";
import { fixesOf } from "../../workflow/packet/fix-packet.ts";
import { lintPacket, type Diagnostic } from "../../workflow/packet/lint-packet.ts";
import { visible } from "../../workflow/visible-text.ts";
import { failureIn } from "../exit-code.ts";
import { completionsAt } from "./completions.ts";
import type { LspGround } from "./lsp-ground.ts";
import { isWithin, positionOf, rangeOf } from "./positions.ts";

/** A text that is open in the editor, with what lint says of it as it stands. */
interface OpenText {
  readonly text: string;
  readonly version: number;
  readonly linted: Promise<LintedText>;
}

type ToldFailure = ReturnType<typeof failureIn>;

interface LintedText {
  readonly found: readonly Diagnostic[];
  /** What kept the home from being looked at, where something did. */
  readonly failure: ToldFailure | "none";
}

/** Serves one editor until it leaves; no verb of it writes, it answers edits and the editor makes them. */
export const serveLsp = (
  ground: LspGround,
  streams: { readonly input: Readable; readonly output: Writable; readonly version: string },
): Promise<void> => {
  const connection = createProtocolConnection(streams.input, streams.output);
  const open = new Map<string, OpenText>();
  const take = (uri: string, version: number, text: string): void => {
    open.set(uri, { text, version, linted: lint(ground, uri, text) });
    void publish(connection, open, uri);
  };
  const seen = (uri: string): OpenText => {
    const found = open.get(uri);
    if (found === undefined) throw new ResponseError(ErrorCodes.InvalidParams, `${uri} is not open`);
    return found;
  };
  connection.onRequest(InitializeRequest.type, () => abilities(streams.version));
  connection.onNotification(DidOpenTextDocumentNotification.type, ({ textDocument: { uri, version, text } }) => {
    ground.forget();
    take(uri, version, text);
  });
  connection.onNotification(DidChangeTextDocumentNotification.type, ({ textDocument, contentChanges }) => {
    const last = contentChanges.at(-1);
    if (last !== undefined && !("range" in last)) take(textDocument.uri, textDocument.version, last.text);
  });
  connection.onNotification(DidSaveTextDocumentNotification.type, ({ textDocument: { uri } }) => {
    ground.forget();
    const found = open.get(uri);
    if (found !== undefined) take(uri, found.version, found.text);
  });
  connection.onNotification(DidCloseTextDocumentNotification.type, ({ textDocument: { uri } }) => {
    open.delete(uri);
    void connection.sendNotification(PublishDiagnosticsNotification.type, { uri, diagnostics: [] });
  });
  connection.onRequest(HoverRequest.type, async ({ textDocument, position }) => {
    const { text, linted } = seen(textDocument.uri);
    const lines = text.split("\n");
    const here = (await linted).found.filter((found) => isWithin(rangeOf(found, lines), position));
    return here.length === 0 ? null : hoverOf(here, lines);
  });
  connection.onRequest(CompletionRequest.type, ({ textDocument, position }) =>
    completionsAt(seen(textDocument.uri).text, position, ground),
  );
  connection.onRequest(CodeActionRequest.type, async ({ textDocument: { uri }, range }) => {
    const { text, linted } = seen(uri);
    return actionsIn(uri, text, (await linted).found, range);
  });
  connection.onRequest(ShutdownRequest.type, () => undefined);
  const left = new Promise<void>((resolve) => {
    connection.onNotification(ExitNotification.type, resolve);
    connection.onClose(resolve);
  });
  connection.listen();
  return left.finally(() => connection.dispose());
};

const abilities = (version: string): InitializeResult => ({
  serverInfo: { name: "cto lsp", version },
  capabilities: {
    positionEncoding: "utf-16",
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Full, save: true },
    hoverProvider: true,
    completionProvider: { triggerCharacters: ["`", "/"] },
    codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] },
  },
});

/**
 * An editor sends every Markdown file; only what is named as a packet is one. A home that cannot be read is told where
 * findings stand, and looked at again with the next change.
 */
const lint = async (ground: LspGround, uri: string, text: string): Promise<LintedText> => {
  if (!uri.endsWith("-APPROVAL-PACKET.md")) return { found: [], failure: "none" };
  try {
    return { found: lintPacket(ground.sourceOf(uri, text), await ground.contextFor(text)), failure: "none" };
  } catch (error) {
    return { found: [], failure: failureIn(error) };
  }
};

/** What is told of an older text after a newer one came would be told of the wrong lines. */
const publish = async (
  connection: ProtocolConnection,
  open: ReadonlyMap<string, OpenText>,
  uri: string,
): Promise<void> => {
  const asked = open.get(uri);
  if (asked === undefined) return;
  const { found, failure } = await asked.linted;
  if (open.get(uri) !== asked) return;
  const lines = asked.text.split("\n");
  await connection.sendNotification(PublishDiagnosticsNotification.type, {
    uri,
    version: asked.version,
    diagnostics: [
      ...(failure === "none" ? [] : [failureDiagnostic(failure)]),
      ...found.map((each) => protocolDiagnostic(each, lines)),
    ],
  });
};

const failureDiagnostic = ({ code, message, next }: ToldFailure) => ({
  range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
  severity: DiagnosticSeverity.Error,
  source: "cto",
  code,
  message: visible(`${message} Next: ${next}`),
});

const protocolDiagnostic = (found: Diagnostic, lines: readonly string[]) => ({
  range: rangeOf(found, lines),
  severity: found.severity === "error" ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
  source: "cto",
  code: found.code,
  message: visible(`${found.says} Next: ${found.next}`),
});

const hoverOf = (here: readonly Diagnostic[], lines: readonly string[]): Hover => {
  const told = here.map(({ code, says, next }) =>
    [`${code}: ${says}`, explanationOf(code)?.why ?? "", `Next: ${next}`].map(visible).join("\n"),
  );
  const [first] = here;
  return {
    contents: { kind: "plaintext", value: told.join("\n\n") },
    ...(first === undefined ? {} : { range: rangeOf(first, lines) }),
  };
};

const actionsIn = (uri: string, text: string, diagnostics: readonly Diagnostic[], range: Range): CodeAction[] => {
  const lines = text.split("\n");
  return diagnostics
    .filter(({ at }) => at.line - 1 >= range.start.line && at.line - 1 <= range.end.line)
    .flatMap((found) =>
      fixesOf(text, [found]).map(({ title, edits }) => ({
        title: visible(title),
        kind: CodeActionKind.QuickFix,
        diagnostics: [protocolDiagnostic(found, lines)],
        edit: {
          changes: {
            [uri]: edits.map(({ from, to, text: newText }) => ({
              range: { start: positionOf(from, lines), end: positionOf(to, lines) },
              newText,
            })),
          },
        },
      })),
    );
};
