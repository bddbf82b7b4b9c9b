// Runs inside a mount namespace in which /home is empty: the packet's own target path can be made here.
// Argument: "accept" or "reject". Prints one JSON object: what every command of the line answered.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { makeKey } from "../../src/adapters/keys/make-key.ts";
import { makeSample } from "../../src/adapters/target/make-sample.ts";
import { SAMPLE_FILES } from "../../src/cli/demo/sample.ts";
import { installFakeCa } from "../fakes/install-ca.ts";
import { COMPILE_CACHE } from "../fixtures/compile-cache.ts";
import { SEED_PATH, seedBytes } from "../fixtures/seed-packet.ts";

const TARGET = "/home/svrnty/workspaces/cortex-os/cto-stage5-target-sandbox";
const ADMISSION = ".sot/03-PROTOCOLS/CTO-CASE-STAGE5-TARGET-REPOSITORY-ADMISSION.json";
const WORK = "CTO-WORK-049";
const MAIN = new URL("../../src/cli/main.ts", import.meta.url).href;
const [ending = "accept"] = process.argv.slice(2);

const root = mkdtempSync(path.join(tmpdir(), "cto-seed-"));
const home = path.join(root, "home");
const key = path.join(root, "owner-key");
mkdirSync(home);

interface Answer {
  readonly exit: number | null;
  readonly json: { readonly [key: string]: unknown } & { readonly refusals?: readonly { readonly code: string }[] };
}

const cto = (args: readonly string[], env: Readonly<Record<string, string>> = {}, input = ""): Answer => {
  const script = `process.argv=["node","cto",...${JSON.stringify([...args, "--json"])}];const {main}=await import(${JSON.stringify(MAIN)});await main();`;
  const done = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    cwd: home,
    env: { PATH: "/usr/bin:/bin", HOME: root, ...COMPILE_CACHE, ...env },
    input,
    encoding: "utf8",
    timeout: 240_000,
  });
  return { exit: done.status, json: JSON.parse(done.stdout.split("\n")[0] ?? "null") };
};
/** What the line refuses on its way is the same whatever the owner decides at its end, so one ending tells of it. */
const onTheWay = (...given: Parameters<typeof cto>): Answer | undefined =>
  ending === "accept" ? cto(...given) : undefined;
const codes = ({ json }: Answer): readonly string[] => (json.refusals ?? []).map(({ code }) => code);
const told = (
  answer: Answer | undefined,
): { readonly exit: number | null; readonly codes: readonly string[] } | undefined =>
  answer && { exit: answer.exit, codes: codes(answer) };
const git = (...args: readonly string[]): string =>
  spawnSync("/usr/bin/git", ["-C", TARGET, ...args], {
    encoding: "utf8",
    env: {
      PATH: "/usr/bin:/bin",
      HOME: root,
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "safe.directory",
      GIT_CONFIG_VALUE_0: "*",
    },
  }).stdout;
const wholeTarget = (): string =>
  spawnSync("/bin/sh", ["-c", `find ${TARGET} -type f -print0 | sort -z | xargs -0 sha256sum`], { encoding: "utf8" })
    .stdout;

await makeKey(key, "owner");
const init = cto(["init", "--owner", "jp", "--key", `${key}.pub`]);
writeFileSync(path.join(home, SEED_PATH), seedBytes("a"));
const lint = onTheWay(["packet", "lint"]);
const freshGate = onTheWay(["gate", WORK]);

mkdirSync(path.dirname(TARGET), { recursive: true });
await makeSample(TARGET, SAMPLE_FILES);
const before = wholeTarget();
const admitted = cto(["target", "admit", TARGET, "--key", key]);
const gateAdmitted = onTheWay(["gate", WORK]);
const blockedRun = onTheWay(["run", WORK]);
const blockedVerify = onTheWay(["verify", "R-049-01"]);
const untouched = wholeTarget() === before;

const old = 'return text.lower().replace(" ", "-")';
const ca = await installFakeCa(path.join(root, "case"), {
  steps: [
    { edit: "src/strings.py", old, new: 'return "-".join(text.lower().split())' },
    {
      write: "test_strings.py",
      content: `${SAMPLE_FILES["test_strings.py"] ?? ""}\n\ndef test_src_spaces():\n    assert src_strings.slugify("  a  b ") == "a-b"\n`,
    },
    { mark: "tested" },
    { mark: "reviewed" },
    { say: "all tests passed" },
  ],
});
const switches = {
  CTO_HARNESS_ALLOW_CASE: "1",
  CTO_HARNESS_CASE_STAGE: "5",
  CTO_HARNESS_CASE_STAGE5_TARGET_ADMISSION_FILE: ADMISSION,
};
const caOnly = { CTO_HARNESS_CASE_BIN: ca };
const open = { ...switches, ...caOnly };
const envWithoutApproval = onTheWay(["gate", WORK], open);
const sentence = /```text\n(.*)\n```/.exec(new TextDecoder().decode(seedBytes("a")))?.[1] ?? "";
const nearMiss = onTheWay(["approve", WORK, "--key", key, "--sentence-file", "-"], {}, `${sentence} `);
const approved = cto(["approve", WORK, "--key", key, "--sentence-file", "-"], {}, `${sentence}\n`);
const approvalWithoutEnv = onTheWay(["gate", WORK], caOnly);
const openGate = onTheWay(["gate", WORK], open);
const ran = cto(["run", WORK], open);
const run = String(ran.json["run"]);
const verified = onTheWay(["verify", run]);
const bundle = path.join(home, ".cto/runs", run);
const files = existsSync(bundle) ? readdirSync(bundle, { recursive: true, encoding: "utf8" }) : [];
const report: unknown = existsSync(path.join(bundle, "report.json"))
  ? JSON.parse(readFileSync(path.join(bundle, "report.json"), "utf8"))
  : null;
const commits = git("rev-list", "--count", "HEAD").trim();
const changed = git("diff", "--name-only", "HEAD~1", "HEAD").trim().split("\n");
const status = git("status", "--porcelain");
const acceptance = `I accept the outcome of ${WORK} run ${run} at commit ${git("rev-parse", "HEAD").slice(0, 7)}.`;
const findings = (report as {
  findings: readonly { code: string }[];
  attempts: readonly { action: string }[];
} | null) ?? { findings: [], attempts: [] };
const acknowledge = [
  ...new Set([
    ...findings.findings.map(({ code }) => code),
    ...findings.attempts.map(({ action }) => `denied/${action}`),
  ]),
].flatMap((code) => ["--acknowledge", code]);
const decided =
  ending === "accept"
    ? cto(["outcome", run, "--accept", "--key", key, "--sentence-file", "-", ...acknowledge], {}, acceptance)
    : cto(["outcome", run, "--reject", "--reason", "not wanted", "--key", key]);
const rolledBack = ending === "accept" ? null : cto(["rollback", run]);

process.stdout.write(
  `${JSON.stringify({
    init: told(init),
    lint: told(lint),
    freshGate: told(freshGate),
    admitted: told(admitted),
    admissionAt: existsSync(path.join(home, ADMISSION)),
    gateAdmitted: told(gateAdmitted),
    blockedRun: told(blockedRun),
    blockedVerify: blockedVerify?.json["verdict"],
    untouched,
    envWithoutApproval: told(envWithoutApproval),
    nearMiss: told(nearMiss),
    approved: told(approved),
    approvalWithoutEnv: told(approvalWithoutEnv),
    openGate: told(openGate),
    ran: told(ran),
    ranState: ran.json["state"],
    failure: ran.json["failure"],
    verdict: verified?.json["verdict"],
    files,
    report,
    commits,
    changed,
    status,
    decided: told(decided),
    rolledBack: rolledBack === null ? null : { ...told(rolledBack), equalsBase: rolledBack.json["equalsBase"] },
    filesAfter: git("diff", "--stat", "HEAD~2", "HEAD"),
  })}\n`,
);
