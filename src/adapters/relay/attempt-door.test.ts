import { createServer } from "node:http";
import { connect, type AddressInfo } from "node:net";

import { expect, test } from "vitest";

import { exchangeOver, requestText } from "../../../test/fakes/provider.ts";
import { LIMITS } from "../../workflow/limits.ts";
import type { Exchange } from "../../workflow/policy/exchange.ts";
import { answerShim } from "./attempt-door.ts";

/** What the question of this number is answered, which words were judged, and what was told. */
const asked = async (
  number: number,
): Promise<{ readonly answer: string; readonly judged: readonly string[]; readonly told: readonly Exchange[] }> => {
  const judged: string[] = [];
  const told: Exchange[] = [];
  const order = {
    judge: (words: readonly string[]) => {
      judged.push(words.join(" "));
      return { allowed: true, rule: "policy/no-forbidden-action" };
    },
    told: (exchange: Exchange) => void told.push(exchange),
  };
  const door = { order, room: { held: 0 }, nextQuestion: () => number, now: () => 0 };
  const server = createServer((request, response) => void answerShim(door, request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const body = Buffer.from("git\0status\0").toString("hex");
  const answer = await exchangeOver(connect(port, "127.0.0.1"), requestText("/.cto/attempt", body));
  server.close();
  return { answer, judged, told };
};

test("R086 as many questions as may be told one by one are judged; each one more is refused unheard, and told", async () => {
  const last = await asked(LIMITS.attemptsMax);
  expect(last.answer).toContain("HTTP/1.1 200");
  expect(last.judged).toEqual(["git status"]);
  const beyond = await asked(LIMITS.attemptsMax + 1);
  expect(beyond.answer).toMatch(/^HTTP\/1\.1 403 [^]*policy\/attempts-cap\n$/);
  expect(beyond.judged).toEqual([]);
  expect(beyond.told).toMatchObject([
    { channel: "shim", verdict: "denied", rule: "policy/attempts-cap", path: "/.cto/attempt", request: { bytes: 22 } },
  ]);
});
