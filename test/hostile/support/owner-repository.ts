import type { Owner } from "./field.ts";

/** What git starts by name in a repository. */
export const HOOKS = [
  "applypatch-msg",
  "commit-msg",
  "fsmonitor-watchman",
  "post-applypatch",
  "post-checkout",
  "post-commit",
  "post-index-change",
  "post-merge",
  "post-rewrite",
  "post-update",
  "pre-applypatch",
  "pre-auto-gc",
  "pre-commit",
  "pre-merge-commit",
  "pre-push",
  "pre-rebase",
  "pre-receive",
  "prepare-commit-msg",
  "proc-receive",
  "push-to-checkout",
  "reference-transaction",
  "sendemail-validate",
  "update",
] as const;

/** Everything in a configuration that names a program, each made to leave a file of its own name. */
const PROGRAMS = [
  "core.fsmonitor",
  "core.pager",
  "core.editor",
  "core.sshCommand",
  "core.gitProxy",
  "core.askPass",
  "core.alternateRefsCommand",
  "sequence.editor",
  "credential.helper",
  "diff.external",
  "diff.planted.command",
  "diff.planted.textconv",
  "merge.planted.driver",
  "filter.planted.clean",
  "filter.planted.smudge",
  "filter.planted.process",
  "gpg.program",
  "gpg.ssh.program",
  "uploadpack.packObjectsHook",
  "trailer.planted.command",
  "pager.status",
  "interactive.diffFilter",
  "alias.commit-tree",
  "alias.update-ref",
] as const;

/** Plants every hook, in the usual folder and in one of its own, and every setting that runs something. */
export const plantPrograms = (owner: Owner, canary: string): void => {
  owner.sh(`mkdir -p .git/hooks .git/own-hooks
    for hook in ${HOOKS.join(" ")}; do
      for folder in hooks own-hooks; do
        printf '#!/bin/sh\\ntouch "%s/%s"\\n' '${canary}' "$folder-$hook" > .git/$folder/$hook; chmod +x .git/$folder/$hook
      done
    done
    for key in ${PROGRAMS.join(" ")}; do
      case $key in alias.*) value="!touch ${canary}/$key" ;; *) value="touch ${canary}/$key; cat" ;; esac
      git config -f .git/config "$key" "$value"
    done
    git config -f .git/config core.hooksPath .git/own-hooks
    git config -f .git/config commit.gpgSign true
    git config -f .git/config url.ext::planted.insteadOf https://`);
};
