import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, rm } from "node:fs/promises";

import { LIMITS } from "../../src/workflow/limits.ts";
import { held, LIMITS_OF_TESTS, runInside, type HostFixture, type Verdict } from "./sandbox-fixture.ts";
import { countIn, leftOfSlot } from "./sandbox-processes.ts";

/** What holds at both levels of a stage as a whole: its relay, its memory, and the end of the one who holds it. */
export const STAGE_STORIES: Readonly<Record<string, (host: HostFixture) => Promise<Verdict>>> = {
  "the relay of a stage answers inside, and nothing else does": async (host) => {
    const relay = `${host.folder}/agent.sock`;
    await chmod(relay, 0o666);
    const { stage } = await host.openStage({ relay });
    const script = `for i in 1 2 3; do exec 9<>/dev/tcp/127.0.0.1/8787; cat <&9; exec 9>&-; echo; done
(exec 9<>/dev/tcp/127.0.0.1/$PORT) 2>/dev/null && echo ESCAPED; (exec 9<>/dev/tcp/192.0.2.1/80) 2>/dev/null && echo ESCAPED
for fd in /proc/$$/fd/*; do [ -L "$fd" ] && printf '%s ' "\${fd##*/}"; done`;
    const { out } = await runInside(stage, ["/bin/bash", "-c", script], { PORT: host.env["HOST_PORT"] ?? "" });
    const report = await stage.close();
    const without = await host.openStage();
    const closed = await runInside(without.stage, ["/bin/bash", "-c", "exec 9<>/dev/tcp/127.0.0.1/8787"]);
    await without.stage.close();
    return held(
      out === "reached\nreached\nreached\n0 1 2 " && report.alive === 0 && closed.code !== 0,
      JSON.stringify({ out, report, closed }),
    );
  },
  "the way to granted hosts answers at a port of its own, with the variables that name it, and only where it is given":
    async (host) => {
      const socket = `${host.folder}/agent.sock`;
      await chmod(socket, 0o666);
      const ask = `for port in 8787 3128; do (exec 9<>/dev/tcp/127.0.0.1/$port && cat <&9) 2>/dev/null || printf none; echo; done
printf '%s ' "\${HTTPS_PROXY:-}" "\${https_proxy:-}" "\${NO_PROXY:-}"`;
      const outs: string[] = [];
      for (const tunnel of [socket, undefined]) {
        const { stage } = await host.openStage({ relay: socket, tunnel });
        outs.push((await runInside(stage, ["/bin/bash", "-c", ask])).out.trim());
        await stage.close();
      }
      return held(
        outs[0] === "reached\nreached\nhttp://127.0.0.1:3128 http://127.0.0.1:3128 127.0.0.1,localhost" &&
          outs[1] === "reached\nnone",
        JSON.stringify(outs),
      );
    },
  "kill -9 of the Harness: nothing of its stage outlives it": async () => {
    const harness = spawn(process.execPath, [`${import.meta.dirname}/sandbox-held.ts`], {
      env: { ...process.env },
      stdio: ["ignore", "pipe", "ignore"],
    });
    const told = JSON.parse(await firstLine(harness.stdout)) as { namespaces: string[]; uid: number; folder: string };
    const inodes = new Set(told.namespaces);
    const before = countIn(inodes);
    harness.kill("SIGKILL");
    await once(harness, "exit");
    const until = performance.now() + 5_000;
    const left = (): number => countIn(inodes) + leftOfSlot(told.uid);
    while (left() > 0 && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 10));
    const after = left();
    await rm(told.folder, { recursive: true, force: true });
    return held(before >= 3 && after === 0, JSON.stringify({ before, after }));
  },
  "memory-bomb: what lies in sockets is bounded as well, or it is said that it is not": async (host) => {
    const { stage } = await host.openStage();
    const { out } = await runInside(stage, ["/usr/bin/perl", "-e", FILL_SOCKETS]);
    await stage.close();
    const guard = stage.description.limits.find(({ name }) => name === "memory-bytes")?.guard ?? "";
    const most = guard.includes("socket buffers included") ? 2 * LIMITS.socketBytesMax : Number.POSITIVE_INFINITY;
    return held(Number(out) > 1_000_000 && Number(out) < most, `${out} bytes under ${guard}`);
  },
  "memory-bomb: what everything together takes ends the run by name": async (host) => {
    const { stage } = await host.openStage({ limits: { ...LIMITS_OF_TESTS, memoryBytesMax: 134_217_728 } });
    const script = `for i in 1 2 3; do perl -e '$x = "x" x 60_000_000; sleep 20' & done; sleep 20`;
    const told = await runInside(stage, ["/bin/bash", "-c", script]);
    const report = await stage.close();
    return held(
      told.limit === "memory" && report.limit === "memory" && report.alive === 0,
      JSON.stringify([told, report]),
    );
  },
};

/** Pairs of sockets on the sandbox's own loopback, each filled until it takes no more. */
const FILL_SOCKETS = String.raw`use Socket; use Fcntl; my (@kept, $bytes); my $part = "x" x 65536;
socket(my $listener, PF_INET, SOCK_STREAM, 6); bind($listener, sockaddr_in(0, INADDR_LOOPBACK)); listen($listener, 512);
my ($port) = sockaddr_in(getsockname($listener));
for (1 .. 100) {
  socket(my $from, PF_INET, SOCK_STREAM, 6) or last; fcntl($from, F_SETFL, O_NONBLOCK);
  connect($from, sockaddr_in($port, INADDR_LOOPBACK)); accept(my $to, $listener) or last;
  for (1 .. 200) { my $done = syswrite($from, $part) or last; $bytes += $done }
  push @kept, $from, $to;
}
print $bytes;`;

const firstLine = async (stream: NodeJS.ReadableStream): Promise<string> => {
  let text = "";
  for await (const chunk of stream) {
    text += String(chunk);
    if (text.includes("\n")) break;
  }
  return text;
};
