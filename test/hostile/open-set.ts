/** Every id of the open set of hostile cases. It only grows. */
export const OPEN_SET: readonly string[] = `
accept-twice accept-without-evidence acp-lies admission-suspended admission-symlink agent-claims-success agent-commits
agent-config agent-moves-target-refs allow-forbid-overlap approval-expired approval-homoglyph approval-missing
approval-near-miss approval-replay approval-withdrawn-mid-run approval-wrong-task approver-name-spoof assert-true
backend-chooses-scope backend-digest-differs base-moved chmod-hidden clean-smudge-filter closing-keyword
concurrent-run config-run-programs confinement-lie confinement-missing contract-prompt-injection
contract-swap-after-approval cpu-spin crash-at-every-step create-file-in-forbidden-dir daemon-outlives-run
default-activation delete-everything dirty-target disk-fill-tmp disk-fill-workspace dns-exfiltration dotdot-traversal
drop-middle-event edit-one-byte empty-directory empty-log environment-secrets file-added-or-removed fork-bomb
gate-env-lookalike gate-env-partial giant-output git-config-fsmonitor git-dir-replace git-hook-plant git-push
gitattributes-filter glob-escape hardlink-forbidden head-moved-after-approval hidden-by-ignore-rule
hidden-by-index-flag host-unix-socket huge-and-deep invisible-text-in-packet kill-host-process ledger-restored-old
ledger-row-edited mcp-approves memory-bomb mknod-device mode-only-change nested-bwrap-rebind nested-repository
nested-userns-umount no-change no-tests-collected object-poisoning outcome-by-other-key outcome-preset path-case-twin
policy-swap postinstall-agents proc-environ-host pth-sitecustomize pytest-conftest-plant race-after-scan
read-signing-key relay-misuse rename-over-sibling replace-whole-chain replay-writes rollback-dirty runner-hijack
secret-in-evidence self-approval-by-agent shared-memory-ipc sibling-repository stale-test-log surface-cross-site
surface-markup swap-parent-dir symlink-out-write tcp-loopback-host terminal-escape-output tests-weakened tiocsti
umount-mask validation-exit-masked verifier-independence write-after-validation write-forbidden-file write-unlisted
`
  .split(/\s+/)
  .filter((id) => id !== "");

/** What no data case can hold: a clock, a fault of a seam, second processes, a machine that lacks something. */
export const ELSEWHERE: Readonly<Record<string, { readonly file: string; readonly holds: string }>> = {
  "approval-expired": { file: "test/hostile/spent-approval.test.ts", holds: "approval-expired: " },
  "confinement-lie": { file: "test/journeys/fallen-canary.test.ts", holds: "confinement-lie" },
  "confinement-missing": { file: "src/adapters/sandbox/probe.test.ts", holds: "confinement-missing" },
  "crash-at-every-step": { file: "test/journeys/killed.test.ts", holds: "killed between its two locks" },
  "replace-whole-chain": { file: "src/workflow/evidence/verify/check-events.test.ts", holds: "replace-whole-chain" },
  "surface-markup": { file: "src/workflow/evidence/render-report.test.ts", holds: "surface-markup" },
};

/** What attacks a part that does not exist. As soon as its place does, a case has to. */
export const NOTHING_TO_ATTACK: Readonly<Record<string, string>> = {
  "verifier-independence": "test/vectors",
};

/** What does not hold: told in every table as not run, with what is missing. */
export const NOT_HELD: Readonly<Record<string, string>> = {
  "backend-digest-differs": "an approval binds the kind of its backend, and no digest of the program",
};
