import { readPacketList } from "../../harness/packet/read-packet-list.ts";
import { fours } from "../../workflow/digest-words.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { table } from "../show.ts";
import { unknownState } from "../state-filter.ts";
import { withWorld } from "../with-world.ts";

/** `cto packet list`: the packets of the home, those that do not lint as well. */
export const act: Act<{ readonly state?: string }, []> = (context, flags) =>
  withWorld(context, flags, "read", async (world) => {
    const mistake = unknownState(flags.state === undefined ? [] : [flags.state]);
    if (mistake !== undefined) return mistake;
    const shown = await readPacketList(world, flags.state);
    const rows = shown.map(({ path, sha256, errors, work, word }) => [
      work ?? "-",
      errors === 0 ? "lints" : `errors: ${errors}`,
      fours(sha256),
      visible(word ?? ""),
      visible(path),
    ]);
    return {
      noun: "packets",
      exit: EXIT.done,
      data: { packets: shown },
      text: rows.length === 0 ? "No packets in .sot/03-PROTOCOLS. cto packet new writes one." : table(rows),
    };
  });
