import path from "node:path";

import { lintContextAlone, lintContextOnTargets, lintOfHome, type Linted } from "../../harness/lint-packets.ts";
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
import { unsteering } from "../json-line.ts";
import { countOf, frames, githubLines, type Counts } from "../show-diagnostics.ts";
import { sarifText } from "../show-sarif.ts";
import { versionOfBuild } from "../version.ts";
import { worldOrNone } from "../with-world.ts";

/** `cto packet lint [FILE…]`: files of the home are linted among the others and recorded, any other as it stands. */
export const act: Act<{ readonly format?: string }, string[]> = async (context, flags, ...files) => {
  const world =
    files.length === 0 ? await context.openWorld(flags.home, "write") : await worldOrNone(context, flags, "write");
  try {
    if (files.length === 0)
      return await answer(
        world === undefined ? [] : await lintOfHome(world, await world.home.list("packet")),
        flags.format,
      );
    const linted: Linted[] = [];
    for (const file of files) {
      const source = await sourceAt(context.cwd, file, world);
      if ("noun" in source) return source;
      linted.push(...(await lintOne(world, source)));
    }
    return await answer(linted, flags.format);
  } finally {
    await world?.store.close();
  }
};

const lintOne = async (world: World | undefined, source: SourceDocument): Promise<readonly Linted[]> => {
  if (world === undefined) return [{ source, diagnostics: lintPacket(source, lintContextAlone(todayHere())) }];
  if (isOfHome(source)) return lintOfHome(world, [source]);
  return [{ source, diagnostics: lintPacket(source, await lintContextOnTargets(world, [source])) }];
};

const todayHere = (): string => new Date().toISOString().slice(0, 10);

const isOfHome = ({ path: place }: SourceDocument): boolean => place.startsWith(".sot/");

const sourceAt = async (cwd: string, file: string, world: World | undefined): Promise<SourceDocument | Answer> => {
  const bytes = await readGiven(cwd, file, LIMITS.packetBytesMax);
  if (!isBytes(bytes)) return bytes;
  const relative = world === undefined ? "" : path.relative(world.home.folder, path.resolve(cwd, file));
  return { path: relative.startsWith(".sot/") ? relative : file, bytes, digest: digestOf(bytes) };
};

const answer = async (linted: readonly Linted[], format: string = "text"): Promise<Answer> => {
  const { errors, warnings } = countOf(linted);
  const data = { diagnostics: linted.flatMap(diagnosticObjects), counts: { errors, warnings, packets: linted.length } };
  const text = await textIn(format, linted, data);
  return { noun: "lint", exit: errors === 0 ? EXIT.done : EXIT.refused, data, text };
};

interface LintData {
  readonly diagnostics: readonly object[];
  readonly counts: Counts & { readonly packets: number };
}

const textIn = async (format: string, linted: readonly Linted[], data: LintData): Promise<string> => {
  const { errors, warnings } = data.counts;
  if (format === "json")
    return unsteering(JSON.stringify({ schema: "cto.lint.v1", ok: errors === 0, refusals: [], ...data }));
  if (format === "sarif") return sarifText(linted, await versionOfBuild());
  if (format === "github") return githubLines(linted);
  if (linted.length === 0) return "No packets in .sot/03-PROTOCOLS";
  const many = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
  const end = `${many(errors, "error")}, ${many(warnings, "warning")} in ${many(linted.length, "packet")}`;
  return [frames(linted), end].filter((part) => part !== "").join("\n");
};
