import { connect } from "node:net";

import { expect, test } from "vitest";

import { handClock } from "../../../test/fakes/clock.ts";
import { exchangeOver, LIFE, requestText, until } from "../../../test/fakes/provider.ts";
import { CONTRACT, policy } from "../../../test/fixtures/governed.ts";
import { relayGround, unixRelay } from "../../adapters/relay/unix-relay.ts";
import { redactorOf } from "./redactor.ts";
import { openRelayDesk, type DeskSinks, type RelayDesk } from "./relay-desk.ts";
import { UNKEPT } from "./unkept.ts";

interface Opened {
  readonly desk: RelayDesk;
  /** Details of the attempts that were recorded. */
  readonly attempts: string[];
  readonly lines: string[];
}

const open = async (redactor: DeskSinks["redactor"] = UNKEPT): Promise<Opened> => {
  const attempts: string[] = [];
  const lines: string[] = [];
  const desk = await openRelayDesk(
    { relay: unixRelay(relayGround({}, LIFE)), clock: handClock() },
    { contract: CONTRACT, authority: policy() },
    {
      recorder: {
        record: ({ type, data }) => void (type === "sandbox.attempt" && attempts.push(String(data["detail"]))),
      },
      redactor,
      logs: { keep: (_, bytes) => void lines.push(Buffer.from(bytes).toString()) },
    },
  );
  return { desk, attempts, lines };
};

const shim = (words: string): string =>
  requestText("/.cto/attempt", Buffer.from(`${words.replaceAll(" ", "\0")}\0`).toString("hex"));

const canary = (name: string): string => `GET /.cto/canary/${name} HTTP/1.1\r\nHost: 127.0.0.1:8787\r\n\r\n`;

test("R086 what a shim says while the agent ends is an attempt of the agent, whenever it is read", async () => {
  const { desk, attempts, lines } = await open();
  desk.agentRuns(true);
  const last = connect(desk.socket);
  await new Promise<void>((resolve) => last.once("connect", () => resolve()));
  last.end(shim("git push"));
  desk.agentRuns(false);
  await desk.close();
  expect(attempts).toEqual(["git push"]);
  expect(desk.denied.map(({ action }) => action)).toEqual(["push"]);
  expect(lines.join("")).toContain('"path":"git push"');
});

test("R067 a canary's own request is no attempt, before the agent or after it; another such path is one", async () => {
  const { desk, attempts } = await open();
  await exchangeOver(connect(desk.socket), canary("before"));
  await until(() => desk.holds("/.cto/canary/before"));
  desk.agentRuns(true);
  await exchangeOver(connect(desk.socket), canary("before"));
  await until(() => attempts.length === 1);
  desk.agentRuns(false);
  await exchangeOver(connect(desk.socket), canary("forged"));
  await exchangeOver(connect(desk.socket), canary("after"));
  await until(() => desk.holds("/.cto/canary/after"));
  expect(desk.holds("/.cto/canary/aft")).toBe(false);
  await desk.close();
  expect(attempts).toEqual(["before", "forged"].map((name) => `GET 127.0.0.1:8787/.cto/canary/${name}`));
});

test("a desk that is closed twice tells everything once", async () => {
  const { desk, attempts, lines } = await open();
  desk.agentRuns(true);
  await exchangeOver(connect(desk.socket), shim("npm publish"));
  await Promise.all([desk.close(), desk.close()]);
  await desk.close();
  expect(attempts).toEqual(["npm publish"]);
  expect(lines.filter((line) => line.includes("npm publish"))).toHaveLength(1);
});

const SECRET = "Zq7-correct-horse-battery-staple-42";
const padded = (before: string): string => `${before}${"a".repeat(501 - before.length - SECRET.length)}${SECRET}`;

test.each([
  ["a path", `GET ${padded("/")} HTTP/1.1\r\nHost: 127.0.0.1:8787\r\n\r\n`],
  ["a host", `GET / HTTP/1.1\r\nHost: ${padded("")}\r\n\r\n`],
  ["an absolute URL", `GET http://${padded("")}/ HTTP/1.1\r\nHost: x\r\n\r\n`],
  ["a tunnel", `CONNECT ${padded("")} HTTP/1.1\r\nHost: x\r\n\r\n`],
  ["an upgrade", `GET ${padded("/")} HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n`],
  ["a command", shim(padded("git push "))],
])(
  "R136 a secret across the end of what is shown of %s stands in no line and no event, not in part",
  async (_, sent) => {
    const redactor = redactorOf({
      patterns: [],
      values: [{ rule: "env:MY_SECRET", value: SECRET }],
      kept: [],
      keep: () => undefined,
      salt: () => new Uint8Array(32),
    });
    const { desk, attempts, lines } = await open(redactor);
    desk.agentRuns(true);
    await exchangeOver(connect(desk.socket), sent);
    await until(() => attempts.length === 1);
    await desk.close();
    expect(lines.join("")).toContain("aaaa");
    expect(`${lines.join("")}${attempts.join("")}`).not.toContain(SECRET.slice(0, 7));
  },
);

test("R135 while shims ask their longest questions, the Harness still has time for its limits", async () => {
  const { desk, attempts, lines } = await open();
  desk.agentRuns(true);
  const words = `git ${Array.from({ length: 990 }, (_, at) => `${"a/".repeat(29)}${at % 10}`).join(" ")}`;
  let last = performance.now();
  let worst = 0;
  const beat = setInterval(() => {
    worst = Math.max(worst, performance.now() - last);
    last = performance.now();
  }, 10);
  const answers = await Promise.all(Array.from({ length: 20 }, () => exchangeOver(connect(desk.socket), shim(words))));
  clearInterval(beat);
  await desk.close();
  for (const answer of answers) expect(answer).toContain("policy/cannot-judge");
  expect(attempts).toHaveLength(2);
  expect(lines.filter((line) => line.includes('"rule":"policy/cannot-judge"'))).toHaveLength(20);
  expect(worst).toBeLessThan(3_000);
}, 120_000);
