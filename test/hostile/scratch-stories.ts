import { lstat, readdir, readFile, stat } from "node:fs/promises";

import { held, LIMITS_OF_TESTS, runInside, type HostFixture, type Verdict } from "./sandbox-fixture.ts";

type Stories = Readonly<Record<string, (host: HostFixture) => Promise<Verdict>>>;

/** What fills the scratch is stopped, and named, at both levels. */
export const SCRATCH_STORIES: Stories = {
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
};

/** The poller of level B takes what it cannot look at for more than any limit. */
export const COPY_STORIES: Stories = {
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
};

const bash = (script: string): readonly string[] => ["/bin/bash", "-c", script];

/** What only the full stage has: a quota that the kernel keeps, a journal, and files laid over a pristine base. */
export const OVERLAY_STORIES: Stories = {
  "disk-fill-workspace: the kernel itself ends a fill at the quota": async (host) => {
    const { stage } = await host.openStage();
    await stage.quiet();
    const fill = "for i in 1 2 3 4 5; do head -c 4000000 /dev/zero >src/fill$i; done; du -sb src | cut -f1";
    const { out } = await runInside(stage, bash(fill));
    await stage.close();
    const bytes = Number(out.split("\n")[0]);
    return held(
      out.includes("No space left on device") && bytes > 4_000_000 && bytes <= LIMITS_OF_TESTS.scratchBytesMax + 65_536,
      out,
    );
  },
  "huge-and-deep: the kernel itself ends the making of files at the quota": async (host) => {
    const { stage } = await host.openStage();
    await stage.quiet();
    const { out } = await runInside(stage, bash("cd docs; for i in $(seq 2000); do : >f$i || break; done; ls | wc -l"));
    await stage.close();
    const files = Number(out.split("\n")[0]);
    return held(
      out.includes("No space left on device") && files > 400 && files <= LIMITS_OF_TESTS.scratchInodesMax + 24,
      out,
    );
  },
  "the journal holds what was written and nothing else": async (host) => {
    const { stage, workspace } = await host.openStage();
    const script =
      "echo new >src/new; sed -i s/canary/edited/ src/strings.py; rm docs/index.md; mkdir docs/d; echo x >docs/d/x; chmod +x test_strings.py; cat README.md";
    await runInside(stage, bash(script));
    await stage.quiet();
    const { folder, journal = "" } = stage.files;
    const listed = (await readdir(journal, { recursive: true })).sort();
    const gone = await lstat(`${journal}/docs/index.md`);
    const seen = {
      listed,
      whiteout: gone.isCharacterDevice() && gone.rdev === 0,
      merged: (await readdir(`${folder}/docs`)).sort(),
      strings: await readFile(`${folder}/src/strings.py`, "utf8"),
      pristine: await readFile(`${workspace}/src/strings.py`, "utf8"),
      mode: (await stat(`${folder}/test_strings.py`)).mode & 0o777,
    };
    await stage.close();
    return held(
      listed.join(" ") === "docs docs/d docs/d/x docs/index.md src src/new src/strings.py test_strings.py" &&
        seen.whiteout &&
        seen.merged.join(" ") === ".ENV d deploy" &&
        seen.strings === "cto-edited-file\n" &&
        seen.pristine === "cto-canary-file\n" &&
        (seen.mode & 0o100) !== 0,
      JSON.stringify(seen),
    );
  },
  "hidden things: a folder made again and a folder moved are what the merged view says": async (host) => {
    const { stage } = await host.openStage({ writable: ["docs/", "deploy/"], readOnly: [], masked: [] });
    const script = `rm -r docs/deploy && mkdir docs/deploy && echo again >docs/deploy/again; mv docs/index.md docs/moved
perl -e 'my ($p, $n, $v) = ("docs", "user.overlay.opaque", "y"); syscall(188, $p, $n, $v, 1, 0)'
mkdir docs/w && perl -e 'exit(syscall(133, "docs/w/white", 020000, 0) == 0)' && echo forged`;
    const { out } = await runInside(stage, bash(script));
    await stage.quiet();
    const { folder } = stage.files;
    const seen = {
      out,
      docs: (await readdir(`${folder}/docs`)).sort(),
      again: await readdir(`${folder}/docs/deploy`),
      moved: await readFile(`${folder}/docs/moved`, "utf8"),
    };
    const told = await stage.files.examine(bash("cd /run/cto/workspace && ls -A docs docs/deploy"));
    await stage.close();
    return held(
      !out.includes("forged") &&
        seen.docs.join(" ") === ".ENV deploy moved w" &&
        seen.again.join(" ") === "again" &&
        seen.moved === "cto-canary-file\n" &&
        new TextDecoder().decode(told).replaceAll("\n", " ") === "docs: .ENV deploy moved w  docs/deploy: again ",
      JSON.stringify({ ...seen, told: new TextDecoder().decode(told) }),
    );
  },
  "examine reads what only its owner may read, and writes nowhere but in its own folder": async (host) => {
    const { stage } = await host.openStage();
    await runInside(stage, bash("echo own >src/own; chmod 600 src/own"));
    await stage.quiet();
    const script = `cd /run/cto; cat workspace/src/own; ls ledger.git | grep README; echo x >stage/x && cat stage/x
for at in workspace/src/own workspace/new ledger.git/new /usr/new /etc/new; do (echo x >>$at) 2>/dev/null && echo ESCAPED $at; done
(exec 9<>/dev/tcp/127.0.0.1/${host.env["HOST_PORT"]}) 2>/dev/null && echo ESCAPED network; echo over`;
    const told = new TextDecoder().decode(await stage.files.examine(bash(script)));
    await stage.close();
    return held(told === "own\nREADME.md\nx\nover\n", told);
  },
  "changed files are laid over the base before anything starts, and what is gone is gone": async (host) => {
    const { stage } = await host.openStage({ writable: "nothing" }, LAID_OVER);
    const script =
      "cat src/strings.py; [ -x src/strings.py ] && echo executable; cat src/new/deep; readlink link; cat docs; [ -e deploy ] || echo no-deploy; ls -d README.md/x; echo x >src/strings.py; ls -A";
    const { out } = await runInside(stage, bash(script));
    await stage.close();
    const wanted = ["laid", "executable", "deep", "src/strings.py", "a file now", "no-deploy", "README.md/x"];
    return held(wanted.every((line) => out.split("\n").includes(line)) && out.includes("Read-only file system"), out);
  },
};

/** A folder that became a file, a file that became a folder, a folder whose only file went, a link, an executable. */
const LAID_OVER = {
  files: { "src/strings.py": "laid\n", "src/new/deep": "deep\n", docs: "a file now\n", "README.md/x": "x\n" },
  executable: ["src/strings.py"],
  links: { link: "src/strings.py" },
  gone: ["docs/index.md", "docs/.ENV", "docs/deploy/notes.md", "deploy/prod.yml", "README.md"],
};
