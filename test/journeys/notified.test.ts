import { randomBytes } from "node:crypto";
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders } from "node:http";
import path from "node:path";

import { CloudEvent } from "cloudevents";
import { Webhook as Verifier } from "standardwebhooks";
import { afterEach, expect, test } from "vitest";

import { outwardNotices } from "../../src/adapters/notices/outward-notices.ts";
import { deliverNotices } from "../../src/harness/notices/deliver-notices.ts";
import { seeStates } from "../../src/harness/notices/see-states.ts";
import type { World } from "../../src/harness/world.ts";
import { digestWords } from "../../src/workflow/digest-words.ts";
import { digestOf } from "../../src/workflow/digest.ts";
import { runId } from "../../src/workflow/ids.ts";
import type { LedgerEntry } from "../../src/workflow/ledger.ts";
import { LIMITS } from "../../src/workflow/limits.ts";
import type { NoticeData } from "../../src/workflow/notice-event.ts";
import { jsonOf, lookInto, runCto } from "../cli/cli.ts";
import { handClock, type HandClock } from "../fakes/clock.ts";
import { admit, approveBy, makeGround, openSwitches, type Ground } from "./ground.ts";

const SECRET = `whsec_${randomBytes(32).toString("base64")}`;
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

interface Got {
  readonly id: string;
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
}

interface Receiver {
  readonly url: string;
  readonly got: Got[];
  answers: number;
}

const receiver = async (): Promise<Receiver> => {
  const got: Got[] = [];
  const one: { answers: number } = { answers: 204 };
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const { headers } = request;
      got.push({ id: String(headers["webhook-id"]), body: Buffer.concat(pieces).toString(), headers });
      response.writeHead(one.answers).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return Object.assign(one, { url: `http://127.0.0.1:${address.port}/`, got });
};

interface Home {
  readonly ground: Ground;
  readonly world: World;
  readonly clock: HandClock;
  notify(text: string): Promise<void>;
  /** One round, as a server makes it. */
  round(of?: World): Promise<readonly string[]>;
  add(...types: readonly LedgerEntry["type"][]): Promise<void>;
}

/** A home whose retries follow a clock that the test moves. */
const makeHome = async (): Promise<Home> => {
  const ground = await makeGround();
  const opened = await ground.open();
  closing.push(
    () => ground.close(),
    () => opened.store.close(),
  );
  const clock = handClock(`${new Date().toISOString().slice(0, 10)}T10:00:00.000Z`);
  const world: World = {
    ...opened,
    clock,
    notices: outwardNotices({ stateFolder: opened.stateFolder, answerMs: 2_000 }),
  };
  await writeFile(path.join(world.stateFolder, "ops.secret"), SECRET, { mode: 0o600 });
  return {
    ground,
    world,
    clock,
    notify: (text) => writeFile(path.join(world.stateFolder, "notify.yaml"), `schema: cto/notify/v1\n${text}`),
    round: async (of = world) => (await deliverNotices(of, "everybody", new AbortController().signal)).problems,
    add: (...types) =>
      world.store.transact(async (ledger) => {
        for (const type of types)
          await ledger.appendLeaf({ type, actor: "jp", channel: "cli", work: ground.work, refusals: [] });
      }),
  };
};

const hook = ({ url }: Receiver, more = ""): string =>
  `webhooks:\n  - name: ops\n    url: ${url}\n    secretFile: ops.secret\n${more}`;

const linesOf = async ({ stateFolder }: World): Promise<readonly string[]> =>
  (await readFile(path.join(stateFolder, "notices.jsonl"), "utf8")).trimEnd().split("\n");

const deliveriesOf = async ({ store }: World): Promise<readonly (readonly [string, string, number])[]> =>
  (await store.notices(100)).flatMap(({ deliveries }) =>
    deliveries.map(({ channel, state, attempts }) => [channel, state, attempts] as const),
  );

test("a run is told as CloudEvents, each event once, with nothing of what it is about; a full disk loses neither", async () => {
  const ground = await makeGround();
  closing.push(() => ground.close());
  const look = <T>(act: (world: World) => Promise<T>): Promise<T> => lookInto(ground.home, act);
  const see = (): Promise<readonly number[]> => look(async (world) => [await seeStates(world), await seeStates(world)]);
  // What nobody records is seen: blocked for one reason, then for another, and stale.
  expect(await see()).toEqual([1, 0]);
  await look((world) => admit(world, ground));
  expect(await see()).toEqual([1, 0]);
  await look((world) => approveBy(world, ground));
  expect(await see()).toEqual([0, 0]);
  await ground.edit(ground.packet, "description: Approval packet of a test.", "description: Another one.");
  expect(await see()).toEqual([1, 0]);
  await ground.edit(ground.packet, "description: Another one.", "description: Approval packet of a test.");

  const file = path.join(ground.home, ".cto/notices.jsonl");
  await mkdir(file);
  const said = await runCto(["run", ground.work], { home: ground.home, env: openSwitches("scripted") });
  expect([said.exit, said.stderr]).toEqual([
    0,
    expect.stringContaining("notice    notices.jsonl: a folder stands in its place"),
  ]);
  await rm(file, { recursive: true });
  const run = runId(ground.work, 1);
  const reject = ["outcome", run, "--reject", "--reason", "no", "--key", ground.key];
  expect((await runCto(reject, { home: ground.home })).exit).toBe(0);
  expect((await runCto(["rollback", run], { home: ground.home })).exit).toBe(0);
  const log = path.join(ground.home, ".cto/runs", run, "test.log");
  await chmod(log, 0o600);
  await writeFile(log, "another");
  expect(await see()).toEqual([1, 0]);
  await look((world) => deliverNotices({ ...world, clock: handClock(LATER) }, "file", new AbortController().signal));

  const told = await look(linesOf);
  const events = told.map((line) => new CloudEvent<NoticeData>(JSON.parse(line) as object, true));
  expect(events.map(({ type, subject, data }) => [type, subject, data?.reason ?? data?.state])).toEqual([
    ["cto.gate.blocked.v1", ground.work, "admission/absent"],
    ["cto.gate.blocked.v1", ground.work, "approval/absent"],
    ["cto.work.listed.v1", ground.work, "candidate"],
    ["cto.approval.recorded.v1", ground.work, "approved"],
    ["cto.approval.stale.v1", ground.work, "approval/stale"],
    ["cto.run.started.v1", run, "executing"],
    ["cto.run.sealed.v1", run, "awaiting_outcome"],
    ["cto.outcome.rejected.v1", run, "rejected"],
    ["cto.rollback.done.v1", run, "rolled_back"],
    ["cto.evidence.tampered.v1", run, "tampered"],
  ]);
  const packet = digestOf(await readFile(path.join(ground.home, ground.packet)));
  expect(events[3]?.data).toEqual({
    work: ground.work,
    state: "approved",
    title: "CTO Sample Approval Packet",
    packetSha256: packet,
    words: digestWords(packet),
    who: "operator",
    next: `cto run ${ground.work}`,
    url: `http://localhost:4049/w/${ground.work}`,
  });
  expect(events[6]?.data).toMatchObject({ run, who: "owner jp", url: `http://localhost:4049/r/${run}` });
  expect(events[6]?.data?.next).toContain(`cto outcome ${run}`);
  expect(events[9]?.data).toMatchObject({ who: "auditor", next: `cto verify ${run}` });
  const all = told.join("\n");
  for (const kept of [ground.root, ground.target, "I approve", "slugify", "/tmp", "diff --git"])
    expect(all).not.toContain(kept);

  const listed = jsonOf(await runCto(["notices", "--json"], { home: ground.home }));
  expect(listed).toMatchObject({
    channels: [{ channel: "file", problem: "none" }],
    counts: { waiting: 0, delivered: 10, dead: 0, muted: 0 },
    answers: [{ work: ground.work, answeredAt: expect.any(String), tookMs: expect.any(Number) }],
  });
  expect((await runCto(["notices"], { home: ground.home })).stdout).toContain("cto.rollback.done.v1");
  expect((await runCto(["doctor", "--only", "notify"], { home: ground.home })).stdout).toContain("no notify.yaml");
}, 60_000);

const LATER = new Date(Date.now() + 600_000).toISOString();

test("what a receiver refuses is tried again by the schedule, with one id and one body, and is a dead letter then", async () => {
  const home = await makeHome();
  const { world, clock } = home;
  const to = await receiver();
  to.answers = 503;
  await home.notify(hook(to));
  await home.add("work.listed");
  expect(await home.round()).toEqual([expect.stringMatching(/^webhook:ops: it answered 503; .* tried again at /)]);
  for (const after of LIMITS.noticeRetryAfterMs) {
    clock.pass(after - 1);
    expect(await home.round()).toEqual([]);
    clock.pass(1);
    expect(await home.round()).toHaveLength(1);
  }
  expect(to.got).toHaveLength(6);
  expect(new Set(to.got.map(({ id }) => id)).size).toBe(1);
  expect(new Set(to.got.map(({ body }) => body)).size).toBe(1);
  expect([...(await linesOf(world))]).toEqual([to.got[0]?.body]);
  expect(await deliveriesOf(world)).toEqual([
    ["file", "delivered", 1],
    ["webhook:ops", "dead", 6],
  ]);
  clock.pass(86_400_000);
  expect(await home.round()).toEqual([]);
  // The times of the attempts are signed, by the clock of the world.
  const sent = to.got.map(({ headers }) => Number(headers["webhook-timestamp"]));
  expect(sent.map((at) => at - sent[0]!)).toEqual([0, 5, 305, 2105, 9305, 27_305]);
  const health = await runCto(["notices"], { home: home.ground.home });
  expect(health.stdout).toContain("webhook:ops dead (it answered 503)");
  expect(`${health.stdout}${health.stderr}`).not.toContain(to.url);
  const doctor = await runCto(["doctor", "--only", "notify"], { home: home.ground.home });
  expect(doctor.stdout).toContain("1 notice could not be delivered");
});

test("what was delivered verifies by the reference library, and a receiver that is gone is asked no more", async () => {
  const home = await makeHome();
  const to = await receiver();
  await home.notify(hook(to));
  await home.add("work.listed");
  expect(await home.round()).toEqual([]);
  const [got] = to.got;
  // Its window is five minutes around now, and the clock of this world is not.
  const verifier = new Verifier(SECRET);
  const at = new Date(Number(got?.headers["webhook-timestamp"]) * 1000);
  expect(verifier.sign(got!.id, at, got!.body)).toBe(got?.headers["webhook-signature"]);
  to.answers = 410;
  await home.add("approval.recorded");
  expect(await home.round()).toEqual([expect.stringContaining("a dead letter now")]);
  expect(await home.round()).toEqual([]);
  expect(to.got).toHaveLength(2);
});

test("of two servers that deliver at once, each notice is sent by one; one that died is sent again with its id", async () => {
  const home = await makeHome();
  const to = await receiver();
  await home.notify(hook(to));
  await home.add("work.listed", "approval.recorded", "approval.withdrawn");
  const other = await home.ground.open();
  closing.push(() => other.store.close());
  const { clock, notices } = home.world;
  await Promise.all([home.round(), home.round({ ...other, clock, notices })]);
  expect(to.got.map(({ id }) => id).toSorted()).toEqual([...new Set(to.got.map(({ id }) => id))].toSorted());
  expect(to.got).toHaveLength(3);
  expect(await linesOf(home.world)).toHaveLength(3);

  // It took the delivery, sent it, and never said so.
  await home.add("approval.recorded");
  const dying: World = {
    ...home.world,
    notices: { ...notices, post: async (...given) => void (await notices.post(...given)) as never },
  };
  await expect(home.round(dying)).rejects.toThrow(TypeError);
  expect(await home.round()).toEqual([]);
  home.clock.pass(LIMITS.noticeLoanMs);
  expect(await home.round()).toEqual([]);
  expect(to.got).toHaveLength(5);
  expect(to.got[3]?.id).toBe(to.got[4]?.id);
});

test("an unreadable notify.yaml holds back all but the file, says where it is wrong, and loses nothing", async () => {
  const home = await makeHome();
  const to = await receiver();
  await home.notify(`${hook(to)}webhook: []\n`);
  await home.add("work.listed");
  expect(await home.round()).toEqual([expect.stringContaining('Unrecognized key: "webhook"')]);
  expect(await linesOf(home.world)).toHaveLength(1);
  const doctor = await runCto(["doctor", "--only", "notify"], { home: home.ground.home });
  expect([doctor.exit, doctor.stdout]).toEqual([3, expect.stringContaining(".cto/notify.yaml:6: notify.yaml cannot")]);
  await home.notify(hook(to));
  expect(await home.round()).toEqual([]);
  expect(to.got).toHaveLength(1);
  expect(await linesOf(home.world)).toHaveLength(1);
  expect((await runCto(["doctor", "--only", "notify"], { home: home.ground.home })).stdout).toContain("1 channel");
});

test("a channel that was taken out of notify.yaml, or whose secret anybody can read, is told and sent nothing", async () => {
  const home = await makeHome();
  const to = await receiver();
  await home.notify(hook(to).replace("ops.secret", "open.secret"));
  await writeFile(path.join(home.world.stateFolder, "open.secret"), SECRET, { mode: 0o644 });
  await home.add("work.listed");
  expect(await home.round()).toEqual([expect.stringContaining("mode 0644: chmod 600")]);
  const doctor = await runCto(["doctor", "--only", "notify"], { home: home.ground.home });
  expect([doctor.exit, doctor.stdout]).toEqual([3, expect.stringContaining("webhook:ops: its secret file has mode")]);
  await home.notify("mute: []\n");
  home.clock.pass(5_000);
  expect(await home.round()).toEqual([expect.stringContaining("names it no longer")]);
  expect(to.got).toEqual([]);
});

test("quiet hours and a muted work item hold everything back but what nobody may sleep through", async () => {
  const home = await makeHome();
  const to = await receiver();
  const { world, clock, ground } = home;
  // The clock stands at 10:00 UTC, noon at +02:00.
  await home.notify(hook(to, 'quietHours: { from: "11:30", to: "13:00", offset: "+02:00" }\n'));
  await home.add("work.listed");
  await home.round();
  expect(to.got).toEqual([]);
  clock.pass(3_600_000 - 1);
  await home.round();
  expect(to.got).toEqual([]);
  clock.pass(1);
  await home.round();
  expect(to.got).toHaveLength(1);
  await home.notify(hook(to, `mute: [${ground.work}]\nquietHours: { from: "00:00", to: "23:59", offset: "+00:00" }\n`));
  const run = runId(ground.work, 1);
  await world.store.transact(({ outbox }) =>
    outbox.post({
      id: digestOf("urgent"),
      at: "2026-06-01T11:00:00.000Z",
      work: ground.work,
      run,
      state: "voided(confinement)",
      reason: "workspace/canary-succeeded",
    }),
  );
  await home.add("approval.recorded");
  await home.round();
  expect(to.got.map(({ body }) => (JSON.parse(body) as { type: string }).type)).toEqual([
    "cto.work.listed.v1",
    "cto.run.voided.v1",
  ]);
  expect(await world.store.deliveries()).toEqual({ waiting: 0, delivered: 5, dead: 0, muted: 1 });
  expect(await linesOf(world)).toHaveLength(3);
});

test("a channel hears only the events that it asks for", async () => {
  const home = await makeHome();
  const to = await receiver();
  await home.notify(hook(to, "    events: [approval.recorded]\n"));
  await home.add("work.listed", "approval.recorded");
  await home.round();
  expect(to.got.map(({ body }) => (JSON.parse(body) as { type: string }).type)).toEqual(["cto.approval.recorded.v1"]);
});

test("Slack is told in one text, without anything to press, and no title calls anybody", async () => {
  const home = await makeHome();
  const to = await receiver();
  const title = "<!channel> @everyone & <https://e.vil|Open> *CTO*";
  await writeFile(
    path.join(home.ground.home, ".sot/03-PROTOCOLS/CTO-SAMPLE-ISSUES.md"),
    `- ${home.ground.work} ${title}\n`,
  );
  await writeFile(path.join(home.world.stateFolder, "slack.url"), `${to.url}services/T/B/secret\n`, { mode: 0o600 });
  await home.notify("slack: [{ name: team, urlFile: slack.url }]\n");
  await home.add("work.listed");
  expect(await home.round()).toEqual([]);
  const body = JSON.parse(to.got[0]!.body) as Readonly<Record<string, unknown>>;
  expect(Object.keys(body).toSorted()).toEqual(["link_names", "parse", "text", "unfurl_links", "unfurl_media"]);
  const text = String(body["text"]);
  expect(body).toMatchObject({ parse: "none", link_names: false });
  expect(text).toMatch(
    /^\*Candidate\* {2}CTO-WORK-049 {2}&lt;!channel&gt; ＠everyone &amp; &lt;https:\/\/e\.vil\|Open&gt; ∗CTO∗\n/,
  );
  expect(text.match(/<[^>]*>/g)).toEqual([`<http://localhost:4049/w/${home.ground.work}|Open>`]);
  const packet = digestOf(await readFile(path.join(home.ground.home, home.ground.packet)));
  expect(text).toContain(digestWords(packet));
  expect(JSON.stringify(body)).not.toMatch(/"(?:blocks|attachments|actions|callback_id)"|approve/i);
  expect((await runCto(["notices", "--json"], { home: home.ground.home })).stdout).not.toContain("secret");
});
