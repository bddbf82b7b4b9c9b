import { expect, test } from "vitest";

import { openFakeRoomOf } from "../../../test/fakes/frame-room.ts";
import { redactingSink } from "../../../test/fakes/redacting-sink.ts";
import type { BackendEvent } from "../../workflow/backend/backend-events.ts";
import { readFrames } from "../../workflow/backend/frame.ts";
import { acpStory, normalizeAcp } from "../../workflow/backend/normalize-acp.ts";
import { openFrameLog, type FrameLog } from "./frame-log.ts";

const TOKEN = `ghp_${"a1B2".repeat(9)}`;

interface Logged {
  readonly log: FrameLog;
  readonly text: () => string;
  readonly events: readonly BackendEvent[];
}

const opened = (): Logged => {
  const room = openFakeRoomOf(redactingSink());
  const log = openFrameLog(room, acpStory({ declared: "full" }), () => undefined);
  return { log, text: room.text, events: room.events };
};

const says = (log: FrameLog, text: string): void =>
  tells(log, { sessionUpdate: "agent_message_chunk", content: { type: "text", text } });

const tells = (log: FrameLog, update: object): void =>
  void log.incoming(Buffer.from(JSON.stringify({ jsonrpc: "2.0", method: "session/update", params: { update } })));

const PLAN = { sessionUpdate: "plan", entries: [] };

test("R136 a secret cut anywhere between two pieces of a message is in no frame and in no event, and the frames read as the events", () => {
  for (let at = 1; at < TOKEN.length; at += 1) {
    const { log, text, events } = opened();
    says(log, `it is ${TOKEN.slice(0, at)}`);
    log.own({ did: "cancelled", reason: "between" });
    says(log, `${TOKEN.slice(at)} there`);
    tells(log, PLAN);
    log.end();
    const said = events.flatMap(({ type, data }) => (type === "message.recorded" ? [data["text"]] : []));
    expect(said).toEqual(["it is [redacted:github] there"]);
    expect(text()).not.toContain("1B2a");
    expect(normalizeAcp(readFrames(text()), { declared: "full" })).toEqual(events);
  }
});

test("R136 a message that only begins like a secret is kept as it is, whatever ends it", () => {
  const { log, text } = opened();
  says(log, "he says g");
  tells(log, PLAN);
  says(log, "and again ghp_");
  log.end();
  expect(text()).toContain('"text":"he says g"');
  expect(text()).toContain('"text":"and again ghp_"');
});

test("R136 whoever lets the log wait for the end of a word has it cut off", () => {
  const { log, text, events } = opened();
  says(log, `it is ${TOKEN.slice(0, 12)}`);
  for (let n = 0; n < 40; n += 1) log.own({ did: "cancelled", reason: `${n}` });
  says(log, TOKEN.slice(12));
  log.end();
  expect(text()).not.toContain(TOKEN.slice(0, 12));
  expect(text()).toContain("its end did not come");
  expect(events.filter(({ type }) => type === "cancel.sent")).toHaveLength(40);
});

test("R136 a line without a secret is kept byte for byte", () => {
  const { log, text } = opened();
  const line =
    '{ "jsonrpc":"2.0", "method":"session/update","params":{"update":{"content":{"text":"caf\\u00e9 1.0"},"sessionUpdate":"agent_message_chunk"}}}';
  log.incoming(Buffer.from(line));
  log.end();
  expect(text()).toContain(`"frame":${line}}`);
});

test("R136 an agent that writes a mark itself makes no place of it", () => {
  const { log, text } = opened();
  says(log, "see [redacted:github] here");
  tells(log, { sessionUpdate: "tool_call", toolCallId: "[redacted:aws]", title: "x" });
  log.end();
  expect(text()).toContain("see [redacted:marker]github] here");
  expect(text()).not.toContain("[redacted:aws]");
});

test("R136 a secret anywhere across the end of what is read of a raw line leaves no part of itself", () => {
  const key = `-----BEGIN PRIVATE KEY-----${"A".repeat(16_000)}-----END PRIVATE KEY-----`;
  const before = `${key.repeat(4)}${"a".repeat(65_536 - 4 * key.length)}`;
  for (let part = 0; part <= TOKEN.length; part += 1) {
    const { log, text } = opened();
    log.incoming(Buffer.from(`${before.slice(0, before.length - part)}${TOKEN} no json`));
    log.end();
    expect(text()).toContain("[redacted:private-key]");
    expect(text()).not.toContain("ghp_");
  }
});
