import type { Json } from "../digest.ts";
import { LIMITS } from "../limits.ts";
import { modeIn } from "./acp-mode.ts";
import { usageEvent } from "./acp-turn.ts";
import { claimInPath, claimsIn, claimsInLine } from "./authority-claims.ts";
import type { BackendEvent } from "./backend-events.ts";
import { at, cutJson, isRecord, listAt, plainJson, textAt } from "./loose.ts";
import { CHUNKS } from "./message-chunk.ts";
import type { MessageMerger } from "./message-merger.ts";
import { readToolCall } from "./tool-call.ts";
import type { ToolLedger } from "./tool-ledger.ts";

type Told = Omit<BackendEvent, "raw" | "at">;

/** What one `session/update` is read with. */
export interface UpdateReader {
  readonly tools: ToolLedger;
  readonly messages: MessageMerger;
  /** Modes that the session was opened in or that the Harness has set. */
  readonly modes: ReadonlySet<string>;
  readonly claim: (found: readonly string[]) => void;
  readonly keep: (method: string, params: unknown) => readonly Told[];
}

export const updateEvents = (reader: UpdateReader, update: unknown): readonly Told[] => {
  const kind = textAt(update, "sessionUpdate") ?? "";
  const role = Object.hasOwn(CHUNKS, kind) ? CHUNKS[kind] : undefined;
  const text = textAt(update, "content", "text");
  if (role !== undefined && text !== undefined) return reader.messages.add(role, text.toWellFormed());
  return [...reader.messages.flush(), ...otherEvents(reader, kind, update)];
};

const otherEvents = (reader: UpdateReader, kind: string, update: unknown): readonly Told[] => {
  switch (kind) {
    case "tool_call":
    case "tool_call_update": {
      const plain = plainJson(update);
      const call = readToolCall(plain);
      reader.claim([...claimsIn(call.title), ...(call.command === undefined ? [] : claimsInLine(call.command))]);
      reader.claim([...call.diffs.map(({ path }) => path), ...call.paths].flatMap(claimInPath));
      return reader.tools.said(plain);
    }
    case "plan": {
      const entries = listAt(update, "entries").map((entry) => ({
        content: textAt(entry, "content")?.toWellFormed(),
        status: textAt(entry, "status")?.toWellFormed(),
      }));
      reader.claim(entries.flatMap(({ content }) => claimsIn(content ?? "")));
      return [{ type: "plan.updated", subject: "run", trust: "agent-claimed", data: { entries } }];
    }
    case "current_mode_update": {
      const mode = textAt(update, "currentModeId")?.toWellFormed() ?? "";
      claimMode(reader, mode);
      return [changed("mode", mode, reader.modes.has(mode))];
    }
    case "config_option_update":
      claimMode(reader, modeIn(update));
      return [changed(kind, cutJson(withoutKind(update), LIMITS.extensionBytesMax), false)];
    case "available_commands_update":
    case "session_info_update":
      return [changed(kind, cutJson(withoutKind(update), LIMITS.extensionBytesMax), false)];
    case "usage_update":
      return [usageEvent(update)];
    default:
      return reader.keep(`session/update ${kind}`, update);
  }
};

const claimMode = ({ modes, claim }: UpdateReader, mode: string | undefined): void => {
  if (mode !== undefined && !modes.has(mode)) claim([`sets its own mode to ${mode.slice(0, NAME_MAX).toWellFormed()}`]);
};

const NAME_MAX = 100;

const changed = (what: string, value: Json, requestedByHarness: boolean): Told => ({
  type: "session.changed",
  subject: "run",
  trust: "backend-claimed",
  data: { what, value, requestedByHarness },
});

const withoutKind = (update: unknown): Json => {
  if (!isRecord(update)) return {};
  return Object.fromEntries(
    Object.keys(update)
      .filter((name) => name !== "sessionUpdate")
      .map((name) => [name, plainJson(at(update, name))]),
  );
};
