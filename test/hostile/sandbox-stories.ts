import { readFile } from "node:fs/promises";

import { bubblewrapSandbox } from "../../src/adapters/sandbox/bubblewrap-sandbox.ts";
import { livingInNamespaces, statNow } from "../../src/adapters/sandbox/processes.ts";
import { LIMITS } from "../../src/workflow/limits.ts";
import { CANARY, held, LIMITS_OF_TESTS, runInside, type HostFixture, type Verdict } from "./sandbox-fixture.ts";
import { leftOfSlot, namespacesOf } from "./sandbox-processes.ts";

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
  "double fork: closing while daemons run kills them within a second": async (host) => {
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
    const before = (await livingInNamespaces(namespaces)).length;
    const from = performance.now();
    const report = await stage.close();
    const ms = performance.now() - from;
    const after = (await livingInNamespaces(namespaces)).length + (await leftOfSlot(stage.description.uid));
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
  "disk-fill-workspace: filling the workspace ends the run by name": async (host) => {
    const { stage } = await host.openStage();
    const told = await runInside(stage, [
      "/bin/bash",
      "-c",
      "for i in 1 2 3 4 5 6; do dd if=/dev/zero of=src/fill$i bs=1M count=10 2>/dev/null; done; sleep 20",
    ]);
    const report = await stage.close();
    return held(
      told.limit === "scratch-bytes" && report.limit === "scratch-bytes" && report.processTreeDead,
      JSON.stringify([told, report]),
    );
  },
  "disk-fill-workspace: a fill in the last moment is seen at the end": async (host) => {
    const { stage } = await host.openStage();
    await runInside(stage, ["/bin/bash", "-c", "dd if=/dev/zero of=src/fill bs=1M count=20 2>/dev/null"]);
    const report = await stage.close();
    return held(report.limit === "scratch-bytes", JSON.stringify(report));
  },
  "disk-fill-workspace: files that are open and deleted count as well": async (host) => {
    const { stage } = await host.openStage();
    const script = `perl -e 'for (1..4) { open my $f, ">", "docs/hidden"; unlink "docs/hidden"; syswrite $f, "x" x 1e6 for 1..10; push @keep, $f } sleep 20'`;
    const told = await runInside(stage, ["/bin/bash", "-c", script]);
    await stage.close();
    return held(told.limit === "scratch-bytes", JSON.stringify(told));
  },
  "huge-and-deep: too many files end the run by name": async (host) => {
    const { stage } = await host.openStage();
    const told = await runInside(stage, [
      "/bin/bash",
      "-c",
      "cd docs; for i in $(seq 2000); do : >f$i; done; sleep 20",
    ]);
    await stage.close();
    return held(told.limit === "scratch-inodes", JSON.stringify(told));
  },
  "a folder that nobody may look into ends the run": async (host) => {
    const { stage } = await host.openStage();
    const told = await runInside(stage, [
      "/bin/bash",
      "-c",
      `perl -e 'chdir "docs"; for (1..60) { mkdir "d" x 200; chdir "d" x 200 }'; sleep 20`,
    ]);
    await stage.close();
    return held(told.limit === "scratch-bytes" || told.limit === "scratch-inodes", JSON.stringify(told));
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
  "after a limit nothing starts any more": async (host) => {
    const { stage } = await host.openStage({ limits: { ...LIMITS_OF_TESTS, idleMs: 200 } });
    await runInside(stage, ["/bin/sleep", "60"]);
    const again = await stage.start(["/bin/true"], {}).then(() => "started", String);
    await stage.close();
    const closed = await stage.start(["/bin/true"], {}).then(() => "started", String);
    return held(again.includes("limit idle") && closed.includes("closed"), `${again} ${closed}`);
  },
  "giant-output: what nobody reads stops its writer and takes no memory": async (host) => {
    const { stage } = await host.openStage();
    const one = await stage.start(
      ["/usr/bin/perl", "-e", "$| = 1; print STDERR 'go'; print 'x' x 65536 for 1..1000"],
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
    return held(bytes === 65_536_000 && most < 60_000_000, JSON.stringify({ bytes, most }));
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
    return held(confinement === "B" && checks.length >= 15, JSON.stringify(checks.filter((check) => !check.ok)));
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
