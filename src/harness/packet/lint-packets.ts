import { readAdmissionRecord } from "../../workflow/admission/admission-record.ts";
import { Failure } from "../../workflow/failure.ts";
import type { CommittedPaths } from "../../workflow/packet/committed-paths.ts";
import { lintPacket, type Diagnostic, type LintContext } from "../../workflow/packet/lint-packet.ts";
import type { Packet, SourceDocument } from "../../workflow/packet/packet.ts";
import { readPacket } from "../../workflow/packet/read-packet.ts";
import { POLICY_PATH, readPolicy } from "../../workflow/read-policy.ts";
import { BASE_FORBIDDEN_PATHS } from "../../workflow/vocabulary.ts";
import { readPackets, today } from "../home/documents.ts";
import type { World } from "../world.ts";

/** What lint needs of the home around a packet; no target is looked at. Where policy.yaml cannot be read the base eight are demanded. */
export const lintContextOf = async (world: World): Promise<LintContext> => {
  const policy = readPolicy(await world.home.read(POLICY_PATH));
  const kinds = ["packet", "issues", "admission", "checks"] as const;
  const documents = (await Promise.all(kinds.map((kind) => world.home.list(kind)))).flat();
  const admissions = documents.filter(({ path }) => path.endsWith("-ADMISSION.json"));
  const readings = await readPackets(world);
  const named = readings.flatMap(({ read }) => (read.ok ? [read.value.packet.frontmatter.source.value] : []));
  const held = new Set(documents.map(({ path }) => path));
  for (const path of named) if (!held.has(path) && (await isThere(world, path))) held.add(path);
  return {
    today: today(world),
    holds: (path) => held.has(path),
    baseForbiddenPaths: policy.ok ? policy.value.baseForbiddenPaths : BASE_FORBIDDEN_PATHS,
    otherPacketOf: (packet) =>
      otherOf(
        readings.flatMap(({ read }) => (read.ok ? [read.value.packet] : [])),
        packet,
      ),
    admittedBy: (record) => targetOf(admissions.find(({ path }) => path === record)),
    committedAt: () => "unknown",
  };
};

const targetOf = (record: SourceDocument | undefined): string | undefined => {
  const read = record === undefined ? undefined : readAdmissionRecord(record.bytes);
  return read?.ok === true ? read.value.path : undefined;
};

/** The same with what the targets of these documents hold now, as far as they can be looked at. */
export const lintContextOnTargets = async (world: World, sources: readonly SourceDocument[]): Promise<LintContext> => {
  const context = await lintContextOf(world);
  const seen = new Map<string, CommittedPaths | "unknown">();
  for (const source of sources) {
    const read = readPacket(source, context.today);
    const target = read.ok ? read.value.packet.target.path.value : undefined;
    if (target !== undefined && !seen.has(target)) seen.set(target, await committedAt(world, target));
  }
  return { ...context, committedAt: (target) => seen.get(target) ?? "unknown" };
};

/** What the branch of a target holds; whatever hinders the look is told by the commands that need the target. */
export const committedAt = async ({ target }: World, path: string): Promise<CommittedPaths | "unknown"> => {
  try {
    const listed = await target.listHead(path);
    return listed.ok ? listed.value : "unknown";
  } catch (error) {
    if (error instanceof Failure) return "unknown";
    throw error;
  }
};

/** The same for a file that stands in no home: nothing is known around it. */
export const lintContextAlone = (day: string): LintContext => ({
  today: day,
  holds: () => true,
  baseForbiddenPaths: BASE_FORBIDDEN_PATHS,
  otherPacketOf: () => undefined,
  admittedBy: () => undefined,
  committedAt: () => "unknown",
});

const otherOf = (packets: readonly Packet[], { source, work }: Packet): string | undefined =>
  packets.find((other) => other.work.value === work.value && other.source.path !== source.path)?.source.path;

const isThere = async ({ home }: World, path: string): Promise<boolean> => {
  const isPlain = path.split("/").every((part) => part !== "" && part !== "." && part !== "..") && !path.includes("\0");
  return isPlain && (await home.read(path)) !== "absent";
};

export interface Linted {
  readonly source: SourceDocument;
  readonly diagnostics: readonly Diagnostic[];
}

/** Lints packets of the home, and records that it was done: who, when, which bytes (R025). It grants nothing. */
export const lintOfHome = async (world: World, sources: readonly SourceDocument[]): Promise<readonly Linted[]> => {
  const context = await lintContextOnTargets(world, sources);
  const linted = sources.map((source) => ({ source, diagnostics: lintPacket(source, context) }));
  if (linted.length === 0) return linted;
  await world.store.transact(async (ledger) => {
    for (const { source, diagnostics } of linted)
      await ledger.appendLeaf({
        type: "packet.linted",
        actor: `uid:${world.operator.uid}`,
        channel: "cli",
        digests: { packet: source.digest },
        refusals: diagnostics
          .filter(({ severity }) => severity === "error")
          .map(({ code }) => code)
          .slice(0, 50),
        detail: { path: source.path },
      });
  });
  return linted;
};
