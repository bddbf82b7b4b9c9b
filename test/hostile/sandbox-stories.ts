import { readFile } from "node:fs/promises";
import { constants } from "node:os";

import { bubblewrapSandbox } from "../../src/adapters/sandbox/bubblewrap-sandbox.ts";
import { statNow } from "../../src/adapters/sandbox/processes.ts";
import { LIMITS } from "../../src/workflow/limits.ts";
import { CANARY, held, LIMITS_OF_TESTS, runInside, type HostFixture, type Verdict } from "./sandbox-fixture.ts";
import { countIn, namespacesOf } from "./sandbox-processes.ts";

/** Ways to outlive, flood or stall a run: each a small story with its own check on the host. */
export const STORIES: Readonly<Record<string, (host: HostFixture) => Promise<Verdict>>> = {
  "R064 the environment inside is exactly the list": async (host) => {
    const { stage } = await host.openStage();
    const told = await runInside(stage, ["/usr/bin/perl", "-e", "print join(' ', sort keys %ENV)"], { ADDED: "1" });
    await stage.close();
    return held(told.out === [...stage.description.envNames, "ADDED"].sort().join(" "), told.out);
  },
  "R064 every attack's fixture has teeth outside": async (host) => {
    const environ = await readFile(`/proc/${host.env["HOST_PID"]}/environ`, "utf8");
    const file = await readFile(`${host.folder}/target/.env`, "utf8");
    const own = await readFile("/proc/self/environ", "utf8");
    const connected = await fetch(`http://127.0.0.1:${host.env["HOST_PORT"]}`).then(
      () => "answer",
      (error: unknown) => String(error),
    );
    return held(
      [environ, file, own].every((text) => text.includes(CANARY)) && !connected.includes("ECONNREFUSED"),
      connected,
    );
  },
  "daemon-outlives-run: daemons in sessions of their own that ignore TERM are dead after the end": async (host) => {
    const { stage } = await host.openStage();
    const script =
      "(trap '' TERM; setsid bash -c \"trap '' TERM; (sleep 600 &) ; exec sleep 600\" >/dev/null 2>&1 </dev/null &) ; echo started; exit 0";
    const told = await runInside(stage, ["/bin/bash", "-c", script]);
    const report = await stage.close();
    return held(told.code === 0 && report.processTreeDead && report.alive === 0, JSON.stringify([told, report]));
  },
  "double fork: daemons that run are killed within a second": async (host) => {
    const { stage } = await host.openStage();
    const one = await stage.start(
      [
        "/bin/bash",
        "-c",
        "trap '' TERM; for i in 1 2 3; do (setsid sleep 600 >/dev/null 2>&1 &) ; done; echo ready; sleep 600",
      ],
      {},
    );
    const namespaces = await namespacesOf(one);
    const before = countIn(namespaces);
    const from = performance.now();
    await stage.quiet();
    const ms = performance.now() - from;
    const report = await stage.close();
    // The slot is free again, and somebody else's by now.
    const after = countIn(namespaces) + report.alive;
    return held(
      before >= 5 && after === 0 && report.processTreeDead && ms < 1_000,
      JSON.stringify({ before, after, report, ms }),
    );
  },
  "stop ends a process that obeys TERM without waiting, and KILL ends one that does not": async (host) => {
    const { stage } = await host.openStage();
    const obeying = await stage.start(
      ["/bin/bash", "-c", "trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.05; done"],
      {},
    );
    const reader = obeying.stdout.getReader();
    await reader.read();
    const from = performance.now();
    await obeying.stop();
    const politely = performance.now() - from;
    const last = new TextDecoder().decode((await reader.read()).value);
    const code = (await obeying.ended).code;
    const stubborn = await stage.start(
      ["/bin/bash", "-c", "trap '' TERM; echo ready; while :; do sleep 0.05; done"],
      {},
    );
    await stubborn.stdout.getReader().read();
    const again = performance.now();
    await stubborn.stop();
    const hard = performance.now() - again;
    const report = await stage.close();
    const seen = { politely, last, code, hard, report };
    return held(
      politely < 1_000 && last === "bye\n" && code === 3 && hard >= LIMITS.termGraceMs && report.alive === 0,
      JSON.stringify(seen),
    );
  },
  "cpu-spin: the wall limit ends everything by name": async (host) => {
    const { stage } = await host.openStage({ limits: { ...LIMITS_OF_TESTS, wallMs: 700 } });
    const told = await runInside(stage, ["/bin/bash", "-c", "while :; do echo tick; done"]);
    const report = await stage.close();
    return held(
      told.limit === "wall" && report.limit === "wall" && report.alive === 0,
      JSON.stringify([told.limit, report]),
    );
  },
  "silence: the idle limit ends everything by name": async (host) => {
    const { stage } = await host.openStage({ limits: { ...LIMITS_OF_TESTS, idleMs: 400 } });
    const told = await runInside(stage, [
      "/bin/bash",
      "-c",
      "for i in 1 2 3 4 5 6 7; do echo tick; sleep 0.1; done; sleep 60",
    ]);
    await stage.close();
    return held(told.limit === "idle" && told.out.split("tick").length === 8, JSON.stringify(told));
  },
  "after a limit nothing starts until all is quiet, after the end nothing at all": async (host) => {
    const { stage } = await host.openStage({ limits: { ...LIMITS_OF_TESTS, idleMs: 200 } });
    await runInside(stage, ["/bin/sleep", "60"]);
    const again = await stage.start(["/bin/true"], {}).then(() => "started", String);
    const quiet = await stage.quiet();
    const probe = await runInside(stage, ["/bin/echo", "probed"]);
    const report = await stage.close();
    const closed = await stage.start(["/bin/true"], {}).then(() => "started", String);
    const seen = JSON.stringify({ again, quiet, probe, report, closed });
    return held(
      again.includes("limit idle") && probe.out === "probed\n" && closed.includes("closed") && report.limit === "idle",
      seen,
    );
  },
  "quiet ends what runs and what is starting, and can be asked for again": async (host) => {
    const { stage } = await host.openStage();
    const running = await stage.start(["/bin/sleep", "60"], {});
    const starting = stage.start(["/bin/sleep", "60"], {});
    const first = await stage.quiet();
    const ended = await Promise.all([running.ended, (await starting).ended]);
    const second = await stage.quiet();
    await stage.close();
    // Whoever is killed a moment before its sandbox is reports the same kill as a shell does: 128 and the signal's number.
    const isKilled = ended.every(
      ({ code, signal }) => signal === "SIGKILL" || code === 128 + constants.signals.SIGKILL,
    );
    return held(first.alive === 0 && second.alive === 0 && isKilled, JSON.stringify({ first, second, ended }));
  },
  "giant-output: what nobody reads stops its writer and takes no memory": async (host) => {
    const { stage } = await host.openStage();
    const one = await stage.start(
      ["/usr/bin/perl", "-e", "$| = 1; print STDERR 'go'; print 'x' x 65536 for 1..3000"],
      {},
    );
    await one.stderr.getReader().read();
    const reader = one.stdout.getReader();
    let bytes = 0;
    let before = process.memoryUsage().rss;
    let most = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (bytes === 0) before = process.memoryUsage().rss;
      bytes += value.length;
      most = Math.max(most, process.memoryUsage().rss - before);
    }
    await stage.close();
    return held(bytes === 196_608_000 && most < 130_000_000, JSON.stringify({ bytes, most }));
  },
  "a reader that leaves does not keep the run alive": async (host) => {
    const { stage } = await host.openStage();
    const one = await stage.start(["/bin/bash", "-c", "while echo tick; do :; done; exit 7"], {});
    await one.stdout.cancel();
    const ended = await one.ended;
    await stage.close();
    return held(ended.code !== null && ended.limit === undefined, JSON.stringify(ended));
  },
  "several processes of a stage work in one workspace side by side": async (host) => {
    const { stage } = await host.openStage();
    const first = await stage.start(["/bin/cat"], {});
    await runInside(stage, ["/bin/bash", "-c", "echo from-second >src/strings.py"]);
    const seen = await runInside(stage, ["/bin/cat", "src/strings.py"]);
    const writer = first.stdin.getWriter();
    await writer.write(new TextEncoder().encode("echoed"));
    await writer.close();
    const echoed = await new Response(first.stdout).text();
    await stage.close();
    return held(seen.out === "from-second\n" && echoed === "echoed", `${seen.out} ${echoed}`);
  },
  "two stages at once share neither processes nor files": async (host) => {
    const one = await host.openStage();
    const two = await host.openStage();
    const started = await one.stage.start(["/bin/bash", "-c", "echo ready; sleep 60"], {});
    await started.stdout.getReader().read();
    const told = await runInside(
      two.stage,
      ["/bin/bash", "-c", "pgrep sleep; ls /proc | grep -c '^[0-9]'; kill -9 -1"],
      {},
    );
    const survived = statNow(started.pid) !== undefined;
    const uids = [one.stage.description.uid, two.stage.description.uid];
    await one.stage.close();
    await two.stage.close();
    return held(survived && (process.getuid?.() !== 0 || uids[0] !== uids[1]), JSON.stringify({ told, uids }));
  },
  "a zero byte in a variable adds no argument": async (host) => {
    const { stage } = await host.openStage();
    const told = await stage.start(["/bin/true"], { A: "x\0--bind\0/\0/host" }).then(() => "started", String);
    await stage.close();
    return held(told.includes("cannot be handed over as it is"), told);
  },
  "R068 every protection is found by really doing it": async (host) => {
    const { confinement, checks } = await bubblewrapSandbox({ stateFolder: `${host.folder}/state` }).probe();
    return held(confinement === "A" && checks.length >= 20, JSON.stringify(checks.filter((check) => !check.ok)));
  },
  "a program that is not there is an answer, a path that cannot be shown is a failure": async (host) => {
    const { stage } = await host.openStage();
    const absent = await runInside(stage, ["/nowhere/program"]);
    await stage.close();
    const refused = await Promise.all(
      ["/", "/root", "/home", "/nowhere/at/all", `${host.folder}/state`, "relative", "/usr/../etc"].map((path) =>
        host.openStage({ readOnlyHostPaths: [path] }).then(
          () => "opened",
          () => "refused",
        ),
      ),
    );
    return held(
      absent.code === 127 && refused.every((word) => word === "refused"),
      JSON.stringify({ absent, refused }),
    );
  },
};
