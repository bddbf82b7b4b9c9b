import path from "node:path";

import { LIMITS } from "../../workflow/limits.ts";
import { readPublicKeyLine } from "../../workflow/ssh-public-key.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Answer } from "../answer.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { isBytes, readGiven } from "../given-file.ts";
import { short, table } from "../show.ts";
import { usageError } from "../usage-error.ts";

interface Flags {
  readonly owner: string;
  readonly key: string;
  readonly hook: boolean;
}

const SIGNERS = ".sot/authority/allowed_signers";
const HOOK = ".git/hooks/pre-commit";

/** `cto init [DIR]`: makes what a home lacks and overwrites nothing. */
export const act: Act<Flags, [string | undefined]> = async (context, flags, given) => {
  const folder = path.resolve(context.cwd, given ?? flags.home ?? ".");
  const publicKey = await publicKeyAt(context.cwd, flags.key);
  if (typeof publicKey !== "string") return publicKey;
  const made = await context.makeHome({
    folder,
    owner: flags.owner,
    publicKey,
    hook: flags.hook ? "pre-commit" : undefined,
  });
  if (made === "owner-malformed")
    return usageError(
      `${visible(flags.owner)} is no principal: small letters, digits, dot, dash, underscore, at most 32`,
      "cto init --owner jp --key PUB",
    );
  if (made === "key-malformed")
    return usageError(`${visible(flags.key)} holds no public key line that can be used`, "ssh-keygen -t ed25519");
  if (made === "no-repository")
    return usageError(
      `${visible(folder)} is not the root of a plain git repository: it has no folder .git, or its hooks are a link`,
      `git init ${visible(folder)}, then the same again`,
    );
  const rows = made.map(({ path: name, sha256 }) => ["wrote", visible(name), sha256 === null ? "" : short(sha256)]);
  const isMade = (file: string): boolean => made.some(({ path: name }) => name === file);
  const kept = [
    ...(isMade(SIGNERS)
      ? []
      : [`kept      ${SIGNERS} stood there already and was not changed: no key was added to it`]),
    ...(flags.hook ? [isMade(HOOK) ? HOOK_LAID : HOOK_KEPT] : []),
  ];
  const where = given === undefined ? "" : ` --home ${visible(given)}`;
  const next = `cto doctor${where}, cto packet new${where}, then cto target admit PATH --key KEY${where}`;
  return {
    noun: "init",
    exit: EXIT.done,
    data: { home: folder, written: made, next },
    text: [
      rows.length === 0 ? `complete  ${visible(folder)} is a home already; nothing was written` : table(rows),
      ...kept,
      `home      ${visible(folder)}`,
      `next      ${next}`,
    ].join("\n"),
  };
};

const HOOK_LAID = `hook      git runs ${HOOK} before each commit here, unless core.hooksPath names another folder`;
const HOOK_KEPT =
  `kept      ${HOOK} stood there already and was not changed; to lint packets, let it run: ` +
  "git diff --cached --name-only -z --diff-filter=ACMRT -- '.sot/03-PROTOCOLS/*-APPROVAL-PACKET.md' | xargs -0 -r cto packet lint";

/** The public key line at `KEY.pub` or `KEY`; a private key is never read further than its first line. */
const publicKeyAt = async (cwd: string, given: string): Promise<string | Answer> => {
  for (const file of given.endsWith(".pub") ? [given] : [`${given}.pub`, given]) {
    const bytes = await readGiven(cwd, file, LIMITS.signersBytesMax);
    if (!isBytes(bytes)) continue;
    const [line = ""] = new TextDecoder().decode(bytes).split("\n");
    if (readPublicKeyLine(line.trim()).ok) return line.trim();
  }
  return usageError(
    `there is no public key at ${visible(given)} or ${visible(given)}.pub`,
    "ssh-keygen -t ed25519 makes one; name its .pub file",
  );
};
