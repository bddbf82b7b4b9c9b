import { realpath } from "node:fs/promises";
import path from "node:path";

import { diagnosticObjects } from "../../harness/objects/diagnostic-object.ts";
import { fixPacket, type Fixed } from "../../harness/packet/fix-packets.ts";
import { lintContextAlone, lintContextOnTargets, lintOfHome, type Linted } from "../../harness/packet/lint-packets.ts";
import type { World } from "../../harness/world.ts";
import { digestOf } from "../../workflow/digest.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { lintPacket, type LintContext } from "../../workflow/packet/lint-packet.ts";
import type { SourceDocument } from "../../workflow/packet/packet.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Answer } from "../answer.ts";
import type { Act } from "../command.ts";
import type { CliContext, CommonFlags } from "../context.ts";
import { EXIT } from "../exit-code.ts";
import { isBytes, readGiven, replaceGiven } from "../given-file.ts";
import { print } from "../run-command.ts";
import { countOf, lintText } from "../show-diagnostics.ts";
import { usageError } from "../usage-error.ts";
import { changesIn } from "../watch-files.ts";
import { worldOrNone } from "../with-world.ts";

interface LintFlags extends CommonFlags {
  readonly format?: string;
  readonly fix: boolean;
  readonly watch: boolean;
}

/** `cto packet lint [FILE…]`: files of the home are linted among the others and recorded, any other as it stands. */
export const act: Act<LintFlags, string[]> = async (context, flags, ...files) => {
  if (flags.watch && flags.fix) return usageError("--watch only looks, and --fix writes", "give one of the two");
  const looked = await look(context, flags, files);
  if (looked === "same") throw new TypeError("nothing was looked at before");
  if ("noun" in looked) return looked;
  return flags.watch ? keepLooking(context, flags, files, looked) : answer(looked, flags.format);
};

interface Looked {
  readonly linted: readonly Linted[];
  readonly fixed: readonly (Fixed & { readonly path: string })[];
  /** Where the documents lie, to be watched. */
  readonly folders: readonly string[];
}

/** What there is to tell; "same" where these are the bytes that were seen last. */
const look = async (
  context: CliContext,
  flags: LintFlags,
  files: readonly string[],
  seen?: string,
): Promise<Looked | Answer | "same"> => {
  const { cwd } = context;
  const world =
    files.length === 0 ? await context.openWorld(flags.home, "write") : await worldOrNone(context, flags, "write");
  try {
    if (files.length === 0 && world !== undefined) {
      const sources = await world.home.list("packet");
      if (digestsOf(sources) === seen) return "same";
      const { fixed, documents } = await fixAll(context, flags, world, sources);
      return { linted: await lintOfHome(world, documents), fixed, folders: [path.join(world.home.folder, PACKETS)] };
    }
    const sources: SourceDocument[] = [];
    for (const file of files) {
      const source = await sourceAt(cwd, file, world);
      if ("noun" in source) return source;
      sources.push(source);
    }
    if (digestsOf(sources) === seen) return "same";
    const { fixed, documents } = await fixAll(context, flags, world, sources);
    const linted: Linted[] = [];
    for (const source of documents) linted.push(...(await lintOne(world, source)));
    const places = await Promise.all(files.map((file) => realpath(path.resolve(cwd, file))));
    return { linted, fixed, folders: [...new Set(places.map((place) => path.dirname(place)))] };
  } finally {
    await world?.store.close();
  }
};

const PACKETS = ".sot/03-PROTOCOLS";

const lintOne = async (world: World | undefined, source: SourceDocument): Promise<readonly Linted[]> => {
  if (world !== undefined && isOfHome(source)) return lintOfHome(world, [source]);
  return [{ source, diagnostics: lintPacket(source, await contextFor(world, source)) }];
};

const contextFor = async (world: World | undefined, source: SourceDocument): Promise<LintContext> =>
  world === undefined ? lintContextAlone(todayHere()) : lintContextOnTargets(world, [source]);

const todayHere = (): string => new Date().toISOString().slice(0, 10);

const isOfHome = ({ path: place }: SourceDocument): boolean => place.startsWith(".sot/");

const sourceAt = async (cwd: string, file: string, world: World | undefined): Promise<SourceDocument | Answer> => {
  const bytes = await readGiven(cwd, file, LIMITS.packetBytesMax);
  if (!isBytes(bytes)) return bytes;
  const relative = world === undefined ? "" : path.relative(world.home.folder, path.resolve(cwd, file));
  return { path: relative.startsWith(".sot/") ? relative : file, bytes, digest: digestOf(bytes) };
};

/** The documents as they are after their fixes were written; each only over the very bytes that were read. */
const fixAll = async (
  { cwd }: CliContext,
  flags: LintFlags,
  world: World | undefined,
  sources: readonly SourceDocument[],
): Promise<{ readonly fixed: Looked["fixed"]; readonly documents: readonly SourceDocument[] }> => {
  if (!flags.fix) return { fixed: [], documents: sources };
  const fixed: (Fixed & { readonly path: string })[] = [];
  const documents: SourceDocument[] = [];
  for (const source of sources) {
    const mended = fixPacket(source, await contextFor(world, source));
    documents.push(mended.source);
    if (mended.made.length === 0) continue;
    const { bytes } = mended.source;
    if (world !== undefined && isOfHome(source)) await world.home.write(source.path, bytes, source.digest);
    else await replaceGiven(cwd, source.path, bytes, source.bytes);
    fixed.push({ ...mended, path: source.path });
  }
  return { fixed, documents };
};

const answer = async ({ linted, fixed }: Looked, format: string = "text"): Promise<Answer> => {
  const { errors, warnings } = countOf(linted);
  const mended = fixed.map(({ path: file, made }) => ({ file, made }));
  const counts = { errors, warnings, packets: linted.length };
  const data = { diagnostics: linted.flatMap(diagnosticObjects), counts, fixed: mended };
  const story = mended.flatMap(({ file, made }) =>
    made.map(({ code, title }) => `fixed     ${visible(file)}  ${code}  ${visible(title)}`),
  );
  return {
    noun: "lint",
    exit: errors === 0 ? EXIT.done : EXIT.refused,
    data,
    text: await lintText(format, linted, data),
    ...(story.length === 0 ? {} : { story: story.join("\n") }),
  };
};

/** Tells it again whenever it says something else, until Ctrl-C. What is the same bytes is not recorded again. */
const keepLooking = async (
  context: CliContext,
  flags: LintFlags,
  files: readonly string[],
  first: Looked,
): Promise<Answer> => {
  const stopping = new AbortController();
  const forget = context.onStop(() => stopping.abort());
  let last = digestsOf(first.linted.map(({ source }) => source));
  let answered = await answer(first, flags.format);
  const tell = (said: Answer): void => print(context, flags, said);
  tell(answered);
  for await (const _ of changesIn(first.folders, stopping.signal)) {
    const looked = await look(context, flags, files, last);
    if (looked === "same") continue;
    // A file that is gone for a moment, while its editor replaces it, is looked for again when it is there.
    if ("noun" in looked) continue;
    last = digestsOf(looked.linted.map(({ source }) => source));
    answered = await answer(looked, flags.format);
    tell(answered);
  }
  forget();
  return { ...answered, isTold: true };
};

const digestsOf = (sources: readonly SourceDocument[]): string =>
  sources.map(({ path: file, digest }) => `${file} ${digest}`).join("\n");
