import { expect, test, beforeAll, afterAll } from "vitest";
import { openField, trial, type Field, pathsOf } from "./support/field.ts";
import { holdsAfterwards, processesOf } from "./support/after-every-case.ts";
let field: Field;
beforeAll(async () => { field = await openField({ allowed: ["src/strings.py", "test_strings.py", "docs/", "notes/**/*.md"], files: { "docs/a.md": "a\n", "docs/sub/b.md": "b\n", "notes/one.md": "1\n", "notes/deep/two.txt": "2\n" } }); });
afterAll(() => field.close());
const A: Record<string, string> = {
  inplace: "{ echo pwn > README.md; echo pwn > src/other.py; chmod 777 README.md; rm -f src/other.py; sed -i s/S/X/ README.md; } 2>&1; cat README.md src/other.py",
  forbiddenDir: "mkdir -p deploy .github/workflows; echo x > deploy/x.yml; echo x > .github/workflows/ci.yml; echo x > .env.local; echo x > infra/new.tf; rm -rf infra; ls -la infra 2>&1",
  rename: "echo pwn > src/strings.py.tmp; mv -f src/strings.py.tmp src/other.py 2>&1",
  hard: "ln README.md src/h 2>&1; ln src/other.py src/h2 2>&1; ln src/strings.py src/h3 2>&1;true",
  swap: "mv src src_old 2>&1; rm -rf src 2>&1; ln -s deploy src 2>&1; ls -la . src",
  swap2: "mv docs/sub docs/old && ln -s ../infra docs/sub; ls -la docs",
  case: "cp src/strings.py src/Strings.py; cp src/strings.py 'src/strings.py '; cp src/strings.py 'docs/A.md'; ls src",
  flags: "export GIT_DIR=/tmp/g GIT_WORK_TREE=/workspace; git init -q; git config core.hooksPath /dev/null; git add -A . 2>&1; echo x > src/extra.py; echo 3 > notes/deep/two.txt; git add -f src/extra.py; git update-index --assume-unchanged notes/deep/two.txt; git update-index --skip-worktree src/extra.py; git status --short 2>&1",
  ignore: "echo '*' > src/.gitignore; echo 1 > src/hidden.py; echo 1 > src/run.log; mkdir -p ~/.config/git; echo '*' > ~/.config/git/ignore; echo 2 > docs/.gitignore",
  mode: "chmod +x src/strings.py; chmod u+s test_strings.py; chmod 755 docs/a.md; ls -la src test_strings.py",
  empty: "mkdir src/empty docs/empty emptyroot",
  sparse: "truncate -s 2G src/big 2>&1; truncate -s 200M docs/sparse; echo done",
  deep: "cd docs; for i in $(seq 4000); do mkdir d 2>/dev/null && cd d || break; done; pwd | wc -c",
  longname: "n=$(printf 'n%.0s' {1..250}); mkdir -p docs/$n/$n/$n/$n; touch docs/$n/$n/$n/$n/$n; echo $?",
  many: "cd docs; for i in $(seq 200000); do : > f$i || break; done 2>&1 | tail -1",
  rmall: "rm -rf ./* ./.[a-z]* 2>/dev/null; find . 2>&1 -delete | tail -2; ls -A . src",
  rmgit: "git init -q . && git add -A 2>/dev/null; git clean -xdfq 2>&1 | tail -1; git reset -q --hard 2>&1 | tail -1; ls -A",
  link: "ln -sf VICTIM src/strings.py; echo pwn >> src/strings.py; ls -la src 2>&1; ln -s ../README.md docs/link",
  nochange: "cp src/strings.py /tmp/x; cat /tmp/x > src/strings.py; touch -d 2001-01-01 src/strings.py; mkdir -p .pytest_cache; echo x > .pytest_cache/x",
};
test.each(Object.entries(A))("%s", async (name, script) => {
  const t = performance.now();
  const one = await trial(field, [{ bash: script.replaceAll("VICTIM", `${field.canary}/victim`) + "; exit 0" }]);
  console.log(name, Math.round(performance.now() - t), JSON.stringify(one.refusals.map(({ code, facts }) => [code, facts["path"] ?? facts])).slice(0, 1500), "\n" + one.printed.slice(0, 1500));
  await holdsAfterwards(field, one);
}, 120000);
