import { assert, property, string } from "fast-check";
import { expect, test } from "vitest";

import { processorClock } from "../../../test/fixtures/processor-clock.ts";
import type { Verdict } from "../backend/attempt.ts";
import { FORBIDDEN_ACTIONS } from "../contract/contract.ts";
import { COMMAND_ATTEMPTS } from "./action-policy.ts";
import { intentJudge } from "./judge-intent.ts";

const contract = { allowedPaths: ["src/strings.py", "test_strings.py"], forbiddenPaths: [".env", ".git/", "deploy/"] };
const authority = { baseForbiddenPaths: [".sot/", "secrets/"], scratchPaths: ["__pycache__/"] };
const judge = intentJudge(contract, authority);
const run = (line: string): Verdict => judge({ kind: "run", line });

test.each([
  ["read", "src/other.py", true, "policy/reading"],
  ["read", "/workspace/src/strings.py", true, "policy/reading"],
  ["read", "/workspace", true, "policy/reading"],
  ["read", "app/.ENV", false, ".env"],
  ["read", "/etc/passwd", false, "policy/outside-workspace"],
  ["read", "../sibling/x", false, "policy/outside-workspace"],
  ["read", "/workspace/../etc/passwd", false, "policy/outside-workspace"],
  ["read", "/workspaces/x", false, "policy/outside-workspace"],
  ["write", "src/strings.py", true, "src/strings.py"],
  ["write", "./src/strings.py", true, "src/strings.py"],
  ["write", "/workspace/test_strings.py", true, "test_strings.py"],
  ["write", "src/__pycache__/a.pyc", true, "__pycache__/"],
  ["write", "SRC/strings.py", false, "policy/unlisted-path"],
  ["write", "src/test_strings.py", false, "policy/unlisted-path"],
  ["write", "src/../src/strings.py", false, "policy/outside-workspace"],
  ["write", "/srv/target/src/strings.py", false, "policy/outside-workspace"],
  ["write", "/workspace", false, "policy/outside-workspace"],
  ["write", "", false, "policy/outside-workspace"],
  ["delete", "src/strings.py", true, "src/strings.py"],
  ["delete", "README.md", false, "policy/unlisted-path"],
] as const)("R088: %s %j is %s by %s", (kind, path, allowed, rule) => {
  expect(judge({ kind, path })).toEqual({ allowed, rule });
});

test.each([
  [".env.local", "credential_change"],
  ["secrets/token", "credential_change"],
  ["x/.sot/authority/policy.yaml", "cortex_core_mutation"],
  [".GIT/hooks/pre-push", "push"],
  ["deploy/prod.yml", "deploy"],
  ["node_modules/a/index.js", "vendor_source_mutation"],
])("writing %s is a try at %s", (path, action) => {
  expect(judge({ kind: "write", path })).toMatchObject({ allowed: false, action });
});

test("a move is judged at both ends", () => {
  expect(judge({ kind: "move", from: "src/strings.py", to: "test_strings.py" }).allowed).toBe(true);
  expect(judge({ kind: "move", from: "src/strings.py", to: "deploy/x" })).toMatchObject({
    allowed: false,
    rule: "deploy/",
  });
  expect(judge({ kind: "move", from: "README.md", to: "src/strings.py" }).allowed).toBe(false);
});

test.each([
  [{ kind: "fetch", url: "https://example.com" }, "policy/no-network"],
  [{ kind: "other", title: "already allowed" }, "policy/cannot-judge"],
] as const)("%o is denied", (intent, rule) => {
  expect(judge(intent)).toEqual({ allowed: false, rule });
});

test.each([
  ["git push", "push"],
  ["git -C /workspace -c a=b push --force origin main", "push"],
  ["/usr/bin/git push", "push"],
  ["cd src && git push", "push"],
  ["true; GIT_SSH=x env -i sudo -n timeout 5 git push", "push"],
  ["bash -lc 'git push origin'", "push"],
  ["sh -c \"bash -c 'git push'\"", "push"],
  ['echo "$(git push)"', "push"],
  ["echo `git push`", "push"],
  ["(git push)", "push"],
  ["if true; then git push; fi", "push"],
  ['g"it" pu\\sh', "push"],
  ["find . -name x -exec git push {} \\;", "push"],
  ["bash <<EOF\ngit push\nEOF", "push"],
  ["git remote add evil https://x", "push"],
  ["git merge main", "merge"],
  ["git pull", "merge"],
  ["gh pr merge 4 --squash", "merge"],
  ["kubectl apply -f x.yaml", "deploy"],
  ["terraform apply -auto-approve", "deploy"],
  ["aws s3 sync . s3://b", "deploy"],
  ["scp a host:b", "deploy"],
  ["make -C ops deploy", "deploy"],
  ["cto outcome R-049-01 accept", "close"],
  ["gh pr create --fill", "pr_open"],
  ["glab mr create", "pr_open"],
  ["gh -R a/b issue close 12", "issue_close"],
  ["npm publish --access public", "public_publication"],
  ["python -m pytest && twine upload dist/*", "public_publication"],
  ["cargo publish", "public_publication"],
  ["curl -T dump.txt https://x", "public_publication"],
  ["docker push a/b", "public_publication"],
  ["gh release create v1", "public_publication"],
  ["git config --global user.name jp", "credential_change"],
  ["gh auth login", "credential_change"],
  ["ssh-keygen -t ed25519", "credential_change"],
  ["aws configure set x y", "credential_change"],
  ["npm install left-pad", "vendor_source_mutation"],
  ["pip install -e .", "vendor_source_mutation"],
  ["go mod vendor", "vendor_source_mutation"],
  ["cto approve CTO-WORK-049", "cortex_core_mutation"],
])("R076-R085: %j is a try at %s", (line, action) => {
  expect(run(line)).toEqual({ allowed: false, rule: action, action });
});

test.each([
  ["curl https://x", "policy/no-network"],
  ["nc 10.0.0.1 80", "policy/no-network"],
  ["echo x > README.md", "policy/unlisted-path"],
  ["echo x >> /tmp/y", "policy/outside-workspace"],
  ["echo x &> notes.txt", "policy/unlisted-path"],
  ["echo x >& notes.txt", "policy/unlisted-path"],
  ["cat a | tee b.txt", "policy/unlisted-path"],
  ["rm -rf src", "policy/unlisted-path"],
  ["rm -rf /workspace", "policy/outside-workspace"],
  ["mv src/strings.py /tmp/x", "policy/outside-workspace"],
  ["sed -i s/a/b/ src/other.py", "policy/unlisted-path"],
  ["cp src/strings.py ../sibling/x", "policy/outside-workspace"],
  ["dd if=/dev/zero of=big", "policy/unlisted-path"],
  ["cat .env", ".env"],
  ["cp config/.env test_strings.py", ".env"],
  ["grep -r token secrets", "secrets/"],
  ["python --config=/workspace/.env x", ".env"],
  ["", "policy/cannot-judge"],
  ["   ", "policy/cannot-judge"],
  ["echo 'open", "policy/cannot-judge"],
  ["echo a\0b", "policy/cannot-judge"],
  ["x".repeat(70_000), "policy/cannot-judge"],
])("%j is denied by %s", (line, rule) => {
  expect(run(line)).toMatchObject({ allowed: false, rule });
});

test.each([
  "python -m pytest -q",
  "python -m pytest 2>&1 | tail -n 20",
  "grep -rn slugify src > /dev/null",
  'echo "$(date)" && ls -la',
  "git status --short",
  "git log -- push",
  "git diff | cat",
  "sed -i 's/a b/c/' src/strings.py",
  "echo x > src/strings.py",
  "cat > src/strings.py <<'EOF'\ndon't git push\nEOF",
  "python - <<EOF\nprint('git push')\nEOF",
  "echo git push",
  "for f in *.py; do echo ${f}; done",
])("%j is no try at anything forbidden", (line) => {
  expect(run(line)).toEqual({ allowed: true, rule: "policy/no-forbidden-action" });
});

test("each of the ten actions has its patterns", () => {
  expect(new Set(COMMAND_ATTEMPTS.map(({ action }) => action))).toEqual(new Set(FORBIDDEN_ACTIONS));
});

test("any text gets a verdict, and no text lets a forbidden file be written", () => {
  assert(
    property(string({ maxLength: 40 }), (text) => {
      expect(typeof run(text).allowed).toBe("boolean");
      expect(judge({ kind: "write", path: `secrets/${text}` }).allowed).toBe(false);
    }),
  );
});

test.each([
  ["a path of too many bytes", `rm ${"a".repeat(1025)}`],
  ["a path of too many folders", `rm ${"a/".repeat(65)}b`],
  ["too many words", `ls ${"a ".repeat(1001)}`],
  ["too long a line", `ls ${" ".repeat(65_536)}a`],
  ["many long paths", `rm ${`${"a/".repeat(500)} `.repeat(60)}`],
  ["too many folders in all its words", `ls ${`${"a/".repeat(29)}b `.repeat(67)}`],
  ["too many folders in the files it writes", `ls ${`> ${"a/".repeat(29)}b `.repeat(67)}`],
  ["too many folders by the other stroke", `ls ${`'${"a\\".repeat(29)}b' `.repeat(67)}`],
])("a command with %s is denied unread, and in no time", (_, line) => {
  expect(run(line)).toEqual({ allowed: false, rule: "policy/cannot-judge" });
});

test("the longest line that is judged takes little time, whatever the contract forbids", () => {
  const forbiddenPaths = Array.from({ length: 40 }, (_, at) => [`*a*a*a*${at}.key`, `private${at}/*/x*y*.key`]).flat();
  const judgeMany = intentJudge({ ...contract, forbiddenPaths }, authority);
  const words = (word: string, times: number): string => `git ${`${word} `.repeat(times)}`;
  const lines = [
    words(`${"a/".repeat(29)}b`, 66),
    words("a".repeat(64), 990),
    words(`${"aaaaaaaaaaaaaa/".repeat(62)}x`, 30),
  ];
  const spentMs = processorClock();
  for (const line of lines) expect(judgeMany({ kind: "run", line }).rule).toBe("policy/no-forbidden-action");
  expect(spentMs()).toBeLessThan(6_000);
});
