import { visible } from "../../workflow/visible-text.ts";
import { bytesText } from "../bytes-text.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { short } from "../show.ts";

/** `cto backup FILE`: the home as it is now, in one file. */
export const act: Act<{ readonly withKeys: boolean }, [string]> = async (context, flags, file) => {
  const privateKeys = flags.withKeys ? "included" : "left-out";
  const done = await context.backUpHome({ home: flags.home, cwd: context.cwd, file, privateKeys });
  const { ledger, files, inBucket, open } = done.backup;
  return {
    noun: "backup",
    exit: EXIT.done,
    data: { file: done.file, bytes: done.bytes, ledger, files: files.length, privateKeys, inBucket, open },
    text: [
      `written   ${visible(done.file)}, ${bytesText(done.bytes)}, ${files.length} files`,
      `ledger    ${ledger.size} entries, root ${short(ledger.rootHash)}`,
      ...(inBucket.length === 0
        ? []
        : [`in bucket ${inBucket.length} bundles are in the bucket alone, and not in the file`]),
      ...(open.length === 0
        ? []
        : [`open      ${open.join(", ")} was going on; restored, it is gone on with or labelled`]),
      flags.withKeys
        ? "KEYS      the file holds this home's PRIVATE KEYS: who reads it can sign as this home. Keep it as you keep them."
        : "keys      no private keys: restored without them, the home reads and verifies, and cannot sign",
      `next      cto restore ${visible(file)} DIR, on another machine, before you need it`,
    ].join("\n"),
  };
};
