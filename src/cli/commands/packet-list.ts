import { lintContextOf } from "../../harness/lint-packets.ts";
import { readWorks } from "../../harness/read-works.ts";
import { lintPacket } from "../../workflow/packet/lint-packet.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { fours, table } from "../show.ts";
import { withWorld } from "../with-world.ts";

/** `cto packet list`: the packets of the home, those that do not lint as well. */
export const act: Act<{ readonly state?: string }, []> = (context, flags) =>
  withWorld(context, flags, "read", async (world) => {
    const lint = await lintContextOf(world);
    const works = await readWorks(world);
    const sources = await world.home.list("packet");
    const packets = sources.map((source) => {
      const diagnostics = lintPacket(source, lint);
      const errors = diagnostics.filter(({ severity }) => severity === "error").length;
      const work = works.find(({ packet }) => packet === source.path);
      const about =
        work === undefined ? {} : { work: work.work, title: work.title, state: work.state, word: work.word };
      return { path: source.path, sha256: source.digest, errors, warnings: diagnostics.length - errors, ...about };
    });
    const shown = packets.filter(({ state }) => flags.state === undefined || state?.startsWith(flags.state) === true);
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
      text: rows.length === 0 ? "No packets in .sot/03-PROTOCOLS" : table(rows),
    };
  });
