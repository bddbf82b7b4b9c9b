import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { execa, ExecaError } from "execa";

import type { Keys, Namespace } from "../../seams/keys.ts";
import { Failure } from "../../workflow/failure.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { ok, refuse, type Result } from "../../workflow/result.ts";
import { readPublicKeyLine } from "../../workflow/ssh-public-key.ts";

/** Debian's path; never looked up, so that no PATH of the caller decides what sees the human's key. */
const SSH_KEYGEN = "/usr/bin/ssh-keygen";

/** What ssh-keygen needs of the human who runs us. */
export interface HumanHost {
  readonly home: string;
  /** The agent's socket, when the human has one: keys in an agent sign too. */
  readonly authSock: string | undefined;
  /** Whether a human can be asked for a passphrase or a touch. */
  readonly terminal: boolean;
  /** Folder in which a private temporary folder is made. */
  readonly temporary: string;
}

/** Human signing by the human's own tool. Private keys and passphrases never enter this process. */
export const sshKeygenKeys = (host: HumanHost): Keys => ({
  askHumanToSign: async (bytes, namespace, keyPath) => {
    const folder = await mkdtemp(path.join(host.temporary, "cto-sign-"));
    try {
      const file = path.join(folder, "record");
      await writeFile(file, bytes, { mode: 0o600 });
      const problem = await signFile(host, file, namespace, path.resolve(keyPath));
      if (problem !== undefined) return unusable(keyPath, problem);
      const signature = await readFile(`${file}.sig`);
      return signature.length > LIMITS.signatureBytesMax
        ? unusable(keyPath, `its signature is longer than ${LIMITS.signatureBytesMax} bytes`)
        : ok(new Uint8Array(signature));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
  publicKeyOf: async (keyPath) => {
    for (const file of [`${keyPath}.pub`, keyPath]) {
      const line = await publicLineIn(file);
      if (line !== undefined) return line;
    }
    throw new Failure("keys/signing-failed", `There is no public key at ${keyPath}.pub or ${keyPath}.`);
  },
});

/** Signs into `<file>.sig`; answers what went wrong, if anything did. */
const signFile = async (
  host: HumanHost,
  file: string,
  namespace: Namespace,
  key: string,
): Promise<string | undefined> => {
  try {
    await execa(SSH_KEYGEN, ["-Y", "sign", "-f", key, "-n", namespace, file], {
      env: {
        PATH: "/usr/bin:/bin",
        HOME: host.home,
        LC_ALL: "C",
        SSH_ASKPASS_REQUIRE: "never",
        ...(host.authSock === undefined ? {} : { SSH_AUTH_SOCK: host.authSock }),
      },
      extendEnv: false,
      cwd: "/",
      stdin: host.terminal ? "inherit" : "ignore",
      stdout: "ignore",
      stderr: host.terminal ? ["inherit", "pipe"] : "pipe",
      // Without a terminal nothing may prompt: a session of its own has no /dev/tty to wait at.
      detached: !host.terminal,
      timeout: LIMITS.sshKeygenTimeoutMs,
      forceKillAfterDelay: LIMITS.killTimeoutMs,
      maxBuffer: LIMITS.signatureBytesMax,
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    if (error.code === "ENOENT")
      throw new Failure("target/tool-absent", `${SSH_KEYGEN} is not installed.`, { cause: error });
    if (error.timedOut) return `ssh-keygen did not answer within ${LIMITS.sshKeygenTimeoutMs / 1000} s`;
    return lastLine(error.stderr ?? "") ?? "ssh-keygen refused without a word";
  }
};

const unusable = (key: string, problem: string): Result<never, Refusal> =>
  refuse(refusal("approval/key-unusable", { key, problem }));

const lastLine = (text: string): string | undefined =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .findLast((line) => line !== "");

const publicLineIn = async (file: string): Promise<string | undefined> => {
  try {
    const [first = ""] = (await readFile(file, "utf8")).split("\n");
    const line = first.trimEnd();
    return readPublicKeyLine(line).ok ? line : undefined;
  } catch {
    return undefined;
  }
};
