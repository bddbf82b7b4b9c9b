import { execFileSync } from "node:child_process";

import { expect, test } from "vitest";

import { expectEvidence, UNITTEST_STEPS, withApproved } from "./ended.ts";
import { endOf, runOnce } from "./ground.ts";

const [, written] = UNITTEST_STEPS;
const tests = written !== undefined && "content" in written ? String(written.content) : "";

// Programs of the agent's own, each of which writes as such programs do: by a new name that takes the place of the old.
const WAYS = [
  `sed -i 's/text.lower().replace(" ", "-")/"-".join(text.lower().split())/' src/strings.py`,
  `cat > .tests.tmp <<'END'\n${tests}END\nmv -f .tests.tmp test_strings.py`,
  "printf '\\n# appended\\n' >> src/strings.py",
  "mkdir -p notes && echo new > notes/new.md && cp notes/new.md notes/.draft && mv notes/.draft notes/second.md",
  "perl -pi -e 's/appended/added/' src/strings.py",
];

test("R064 an agent that writes by sed -i, by temporary name and rename, by appending, and new allowed files finishes", async () => {
  const allowedPaths = ["src/strings.py", "test_strings.py", "notes/"];
  await withApproved(
    async ({ ground, world }) => {
      await ground.plays([{ bash: ["set -e", ...WAYS].join("\n"), native: true }]);
      const ended = await runOnce(world, ground);
      expect(endOf(ended)).toEqual(["awaiting_outcome"]);
      if (!ended.ok) throw new Error("the run did not end");
      await expectEvidence(world, ended.value.run, "awaiting_outcome");
      const committed = execFileSync("/usr/bin/git", ["show", "--name-status", "--format=", "HEAD"], {
        cwd: ground.target,
        encoding: "utf8",
      });
      expect(committed.trim().split("\n").sort()).toEqual([
        "A\tnotes/new.md",
        "A\tnotes/second.md",
        "M\tsrc/strings.py",
        "M\ttest_strings.py",
      ]);
      const source = execFileSync("/usr/bin/git", ["show", "HEAD:src/strings.py"], { cwd: ground.target });
      expect(source.toString()).toContain("# added");
    },
    { allowedPaths },
  );
}, 60_000);
