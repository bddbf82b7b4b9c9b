import path from "node:path";
import { fileURLToPath } from "node:url";

import { readAdmissions } from "../../harness/admission/read-targets.ts";
import { committedAt, lintContextAlone, lintContextOf } from "../../harness/packet/lint-packets.ts";
import { admittedTargets } from "../../harness/packet/packet-ground.ts";
import { readingWorld } from "../../harness/reading/reading-world.ts";
import type { World } from "../../harness/world.ts";
import { digestOf } from "../../workflow/digest.ts";
import type { CommittedPaths } from "../../workflow/packet/committed-paths.ts";
import type { LintContext } from "../../workflow/packet/lint-packet.ts";
import type { SourceDocument } from "../../workflow/packet/packet.ts";

/** What the language server knows around a text: one home, or none, and only what can be read of it. */
export interface LspGround {
  /** The text of a document as the document of the home that it is, or by its file's name. */
  readonly sourceOf: (uri: string, text: string) => SourceDocument;
  readonly contextFor: (text: string) => Promise<LintContext>;
  /** What the target that a text names holds, as it was seen when a document was last opened or saved. */
  readonly committedFor: (text: string) => Promise<CommittedPaths | "unknown">;
  readonly targets: () => Promise<readonly string[]>;
  readonly admissions: () => Promise<readonly string[]>;
  /** Looks at the targets anew from now on. */
  readonly forget: () => void;
}

export const lspGround = (whole: World | undefined): LspGround => {
  const world =
    whole === undefined
      ? undefined
      : readingWorld(whole, () => Promise.reject(new TypeError("a language server tries no sandbox")));
  const seen = new Map<string, Promise<CommittedPaths | "unknown">>();
  const committedFor = async (text: string): Promise<CommittedPaths | "unknown"> => {
    const target = targetIn(text);
    if (world === undefined || target === undefined) return "unknown";
    const known = seen.get(target) ?? committedAt(world, target);
    seen.set(target, known);
    return known;
  };
  return {
    sourceOf: (uri, text) => sourceOf(world?.home.folder, uri, text),
    contextFor: async (text) => {
      if (world === undefined) return lintContextAlone(new Date().toISOString().slice(0, 10));
      const [context, committed] = [await lintContextOf(world), await committedFor(text)];
      return { ...context, committedAt: (target) => (target === targetIn(text) ? committed : "unknown") };
    },
    committedFor,
    targets: async () => (world === undefined ? [] : (await admittedTargets(world)).map((target) => target.path)),
    admissions: async () => (world === undefined ? [] : (await readAdmissions(world)).map(({ source }) => source.path)),
    forget: () => seen.clear(),
  };
};

const sourceOf = (home: string | undefined, uri: string, text: string): SourceDocument => {
  const bytes = new TextEncoder().encode(text);
  const file = fileOf(uri) ?? "CTO-UNSAVED-APPROVAL-PACKET.md";
  const inside = home === undefined ? "" : path.relative(home, file);
  return { path: inside.startsWith(".sot/") ? inside : path.basename(file), bytes, digest: digestOf(bytes) };
};

/** The file of an address; none where it is that of another machine, or of no file that could be. */
const fileOf = (uri: string): string | undefined => {
  if (!uri.startsWith("file:")) return undefined;
  try {
    return fileURLToPath(uri);
  } catch (error) {
    if (error instanceof URIError || (error instanceof TypeError && "code" in error)) return undefined;
    throw error;
  }
};

const targetIn = (text: string): string | undefined => /^- Target Repository: `([^`]+)`/m.exec(text)?.[1];
