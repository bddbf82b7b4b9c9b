import { execa } from "execa";

import { Failure } from "../../workflow/failure.ts";
import { LIMITS } from "../../workflow/limits.ts";

/** Makes an Ed25519 key pair without a passphrase at `keyPath` and `keyPath.pub`: for the demo's own owner, and tests. */
export const makeKey = async (keyPath: string, comment: string): Promise<void> => {
  const done = await execa("/usr/bin/ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", keyPath], {
    env: { PATH: "/usr/bin:/bin" },
    extendEnv: false,
    stdin: "ignore",
    reject: false,
    timeout: LIMITS.sshKeygenTimeoutMs,
  });
  if (done.exitCode !== 0) throw new Failure("keys/signing-failed", `ssh-keygen made no key: ${done.stderr.trim()}`);
};
