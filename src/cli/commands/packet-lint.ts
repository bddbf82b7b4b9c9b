import path from "node:path";

import { lintContextAlone, lintContextOf, lintOfHome, type Linted } from "../../harness/lint-packets.ts";
import { diagnosticObjects } from "../../harness/objects/diagnostic-object.ts";
import type { World } from "../../harness/world.ts";
import { digestOf } from "../../workflow/digest.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { lintPacket } from "../../workflow/packet/lint-packet.ts";
import type { SourceDocument } from "../../workflow/packet/packet.ts";
import type { Answer } from "../answer.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { isBytes, readGiven } from "../given-file.ts";
import { countOf, frames, githubLines } from "../show-diagnostics.ts";
import { worldOrNone } from "../with-world.ts";

/** `cto packet lint [FILE…]`: files of the home are linted among the others and recorded, any other as it stands. */
export const act: Act<{ readonly format?: string }, string[]> = async (context, flags, ...files) => {
  const world =
    files.length === 0 ? await context.openWorld(flags.home, "write") : await worldOrNone(context, flags, "write");
  try {
    if (files.length === 0)
      return answer(world === undefined ? [] : await lintOfHome(world, await world.home.list("packet")), flags.format);
    const linted: Linted[] = [];
    for (const file of files) {
      const source = await sourceAt(context.cwd, file, world);
      if ("noun" in source) return source;
      linted.push(...(await lintOne(world, source)));
    }
    return answer(linted, flags.format);
  } finally {
    await world?.store.close();
  }
};

const lintOne = async (world: World | undefined, source: SourceDocument): Promise<readonly Linted[]> => {
  if (world === undefined) return [{ source, diagnostics: lintPacket(source, lintContextAlone(todayHere())) }];
  if (isOfHome(source)) return lintOfHome(world, [source]);
  return [{ source, diagnostics: lintPacket(source, await lintContextOf(world)) }];
};

const todayHere = (): string => new Date().toISOString().slice(0, 10);

const isOfHome = ({ path: place }: SourceDocument): boolean => place.startsWith(".sot/");

const sourceAt = async (cwd: string, file: string, world: World | undefined): Promise<SourceDocument | Answer> => {
  const bytes = await readGiven(cwd, file, LIMITS.packetBytesMax);
  if (!isBytes(bytes)) return bytes;
  const relative = world === undefined ? "" : path.relative(world.home.folder, path.resolve(cwd, file));
  return { path: relative.startsWith(".sot/") ? relative : file, bytes, digest: digestOf(bytes) };
};

const answer = (linted: readonly Linted[], format: string = "text"): Answer => {
  const { errors, warnings } = countOf(linted);
  const many = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
  const end = `${many(errors, "error")}, ${many(warnings, "warning")} in ${many(linted.length, "packet")}`;
  const data = { diagnostics: linted.flatMap(diagnosticObjects), counts: { errors, warnings, packets: linted.length } };
  const texts = {
    text:
      linted.length === 0
        ? "No packets in .sot/03-PROTOCOLS"
        : [frames(linted), end].filter((part) => part !== "").join("\n"),
    json: JSON.stringify({ schema: "cto.lint.v1", ok: errors === 0, refusals: [], ...data }),
    github: githubLines(linted),
  };
  const text = format === "json" || format === "github" ? texts[format] : texts.text;
  return { noun: "lint", exit: errors === 0 ? EXIT.done : EXIT.refused, data, text };
};
