import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { short } from "../show.ts";

interface Flags {
  readonly insteadOf?: string;
  readonly loseNewer: boolean;
}

/** `cto restore FILE [DIR]`: a home that was verified, or nothing. */
export const act: Act<Flags, [string, string | undefined]> = async (context, flags, file, folder) => {
  const { cwd } = context;
  const newer = flags.loseNewer ? "lose" : "refuse";
  const done = await context.restoreHome({ cwd, file, folder: folder ?? ".", instead: flags.insteadOf, newer });
  const { ledger, privateKeys, inBucket, open } = done.backup;
  return {
    noun: "restore",
    exit: EXIT.done,
    data: { folder: done.folder, ledger, bundles: done.bundles, privateKeys, inBucket, open, lost: done.lost },
    text: [
      `restored  ${visible(done.folder)}`,
      `ledger    ${ledger.size} entries, root ${short(ledger.rootHash)}, as they were signed`,
      `bundles   ${done.bundles}, each as it was sealed`,
      ...done.lost.map((says) => `LOST      ${visible(says)}`),
      ...open.map((run) => `open      ${run} was going on: cto run goes on with it or labels it`),
      ...(privateKeys === "included"
        ? []
        : [
            "keys      none: lay harness.key and verifier.key of this home into .cto/keys, mode 0600, or it cannot sign",
          ]),
      `next      cto audit verify --home ${visible(done.folder)}, then cto doctor --home ${visible(done.folder)}`,
    ].join("\n"),
  };
};
