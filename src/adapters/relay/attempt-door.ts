import type { IncomingMessage, ServerResponse } from "node:http";

import type { Verdict } from "../../workflow/backend/attempt.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { lineOfWords } from "../../workflow/policy/shims.ts";
import { ATTEMPT_PATH } from "./api-paths.ts";
import type { Door } from "./model-door.ts";
import { leaveRoom, readBody } from "./read-body.ts";
import { openTally } from "./tally.ts";

/** Most that a shim may tell: its words in hexadecimal, twice as many bytes as they have. */
const ATTEMPT_BYTES_MAX = 131_072;

/** What of a relay the questions of its shims need. */
interface AttemptDoor extends Pick<Door, "room" | "nextQuestion" | "now"> {
  readonly order: Pick<Door["order"], "judge" | "told">;
}

/** A shim asks whether its command may run: 200 or 403, with the rule as the only line of the answer. */
export const answerShim = async (
  door: AttemptDoor,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const started = door.now();
  const sent = openTally();
  const read = await readBody(request, ATTEMPT_BYTES_MAX, door.room, sent);
  // Whoever asked too often is refused unheard, so that no flood of questions takes the Harness's time.
  const isHeard = door.nextQuestion() <= LIMITS.attemptsMax;
  const words = typeof read === "string" || !isHeard ? undefined : wordsIn(read);
  if (typeof read !== "string") leaveRoom(door.room, read);
  const unjudged: Verdict = { allowed: false, rule: isHeard ? "policy/cannot-judge" : "policy/attempts-cap" };
  const verdict = words === undefined ? unjudged : door.order.judge(words);
  const status = verdict.allowed ? 200 : 403;
  const got = openTally();
  const answer = Buffer.from(`${verdict.rule}\n`);
  got.add(answer);
  if (!response.destroyed) {
    response.writeHead(status, { "content-type": "text/plain", "content-length": answer.length, connection: "close" });
    response.end(answer, () => request.destroy());
  }
  door.order.told({
    n: null,
    channel: "shim",
    verdict: verdict.allowed ? "allowed" : "denied",
    rule: verdict.rule,
    action: verdict.action ?? null,
    method: "POST",
    host: "",
    path: words === undefined ? ATTEMPT_PATH : lineOfWords(words),
    model: null,
    request: sent.body(),
    response: got.body(),
    status,
    ms: Math.round(door.now() - started),
    usage: null,
  });
};

/** Hexadecimal of words that each end in a zero byte; undefined for anything else. */
const wordsIn = (body: Buffer): readonly string[] | undefined => {
  const hex = body.toString("latin1").trim();
  if (hex === "" || hex.length % 2 !== 0 || !/^[0-9a-f]+$/.test(hex)) return undefined;
  const text = Buffer.from(hex, "hex").toString("utf8");
  return text.endsWith("\0") ? text.slice(0, -1).split("\0") : undefined;
};
