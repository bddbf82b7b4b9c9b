import { test, beforeAll, afterAll } from "vitest";
import { openField, trial, type Field } from "./support/field.ts";
import { holdsAfterwards } from "./support/after-every-case.ts";
let field: Field;
beforeAll(async () => { field = await openField({ allowed: ["src/strings.py", "test_strings.py", "docs/", "notes/**/*.md"], files: { "docs/a.md": "a\n", "docs/sub/b.md": "b\n", "notes/one.md": "1\n", "notes/deep/two.txt": "2\n" } }); });
afterAll(() => field.close());
const A: Record<string, string> = {
  rmall: "rm -rf ./* ./.[a-z]* 2>/dev/null; find . -delete 2>&1 | tail -2; ls -A . src",
  rmgit: "git init -q . && git add -A 2>/dev/null; git clean -xdfq 2>&1 | tail -1; git reset -q --hard 2>&1 | tail -1; ls -A",
  link: "ln -sf VICTIM src/strings.py; echo pwn >> src/strings.py; ls -la src 2>&1; ln -s ../README.md docs/link",
  nochange: "cp src/strings.py /tmp/x; cat /tmp/x > src/strings.py; touch -d 2001-01-01 src/strings.py; mkdir -p .pytest_cache; echo x > .pytest_cache/x",
  deep: `cd docs; perl -e 'for (1..4000) { mkdir "d"; chdir "d" or die $_ } print "deep"'`,
  many: "cd docs; perl -e 'for (1..200000) { open my $f, \">\", \"f$_\" or die \"$_ $!\" } print \"made\"'",
};
test.each(Object.entries(A))("%s", async (name, script) => {
  const t = performance.now();
  const one = await trial(field, [{ bash: script.replaceAll("VICTIM", `${field.canary}/victim`) + "; exit 0" }], (l) => { if (name === "many") console.log(Math.round(performance.now() - t), JSON.parse(l).type); });
  console.log(name, Math.round(performance.now() - t), JSON.stringify(one.refusals.map(({ code, facts }) => [code, facts["path"] ?? facts])).slice(0, 1500), "\n" + one.printed.slice(0, 1500), one.result.ending.failure);
  await holdsAfterwards(field, one);
}, 240000);
