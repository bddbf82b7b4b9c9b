import { randomBytes } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";

import { z } from "zod";

import type { Protections } from "../../seams/sandbox.ts";
import { canonicalJson, digestOf, parseDigest, type Digest } from "../../workflow/digest.ts";
import { PERL_DRIVER } from "./canaries/perl-driver.ts";
import { OVERLAY_SCRIPT } from "./probe-script.ts";
import type { Tool } from "./probe-tools.ts";

/** Its name in the state folder. */
export const PROBE_FILE = "sandbox-probe.json";

/** What an answer holds for: this boot, this user, these binaries, this code. Anything else is tried again. */
export const probeKey = async (tools: readonly Tool[], stageScript: string): Promise<Digest> =>
  digestOf(
    canonicalJson({
      boot: (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim(),
      uid: process.getuid?.() ?? -1,
      tools: tools.map(({ name, sha256 }) => [name, sha256]),
      scripts: [stageScript, PERL_DRIVER, OVERLAY_SCRIPT].map((script) => digestOf(script)),
    }),
  );

/** The answer that was found for this key, if it was that everything is there. */
export const cachedProbe = async (file: string, key: Digest): Promise<Protections | undefined> => {
  const kept = await keptProbe(file);
  return kept?.key === key ? kept.protections : undefined;
};

interface KeptProbe {
  readonly key: string;
  readonly protections: Protections;
}

/** The answer that is kept, whatever it holds for. */
export const keptProbe = async (file: string): Promise<KeptProbe | undefined> => {
  const text = await readFile(file, "utf8").catch(() => undefined);
  return text === undefined ? undefined : cached.safeParse(asJson(text)).data;
};

/** Keeps a good answer. A bad one is tried again next time. */
export const keepProbe = async (file: string, key: Digest, protections: Protections): Promise<void> => {
  if (protections.confinement !== "A") return;
  // One process may look through several homes' worlds at once.
  const fresh = `${file}.${randomBytes(8).toString("hex")}`;
  await writeFile(fresh, JSON.stringify({ key, protections }), { mode: 0o600 });
  await rename(fresh, file);
};

const asJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const digest = z.string().transform((text, context) => parseDigest(text) ?? (context.addIssue("no digest"), z.NEVER));
const text = z.string();

const cached = z.strictObject({
  key: text,
  protections: z.strictObject({
    confinement: z.literal("A"),
    checks: z.array(z.strictObject({ id: text, ok: z.boolean(), says: text, fix: text })),
    tools: z.array(z.strictObject({ name: text, version: text, sha256: digest })),
  }),
});
