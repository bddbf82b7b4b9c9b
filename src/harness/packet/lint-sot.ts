import { readAdmissionRecord, signaturePathOf } from "../../workflow/admission/admission-record.ts";
import { checksPathOf, readChecks } from "../../workflow/contract/checks.ts";
import { drawContract } from "../../workflow/contract/draw-contract.ts";
import { lookAtList, type LookedAtList } from "../../workflow/contract/lint-work-list.ts";
import { NOTIFY_PATH, readNotifyPolicy } from "../../workflow/notify-policy.ts";
import { diagnosticOf, lintPacket, type Diagnostic } from "../../workflow/packet/lint-packet.ts";
import type { Packet, Placed, SourceDocument } from "../../workflow/packet/packet.ts";
import { POLICY_PATH, readPolicy } from "../../workflow/read-policy.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { refusalsOf } from "../../workflow/result.ts";
import { readTrustRoot } from "../../workflow/trust-root.ts";
import { readPackets, today } from "../home/documents.ts";
import { REVOKED_PATH, SIGNERS_PATH } from "../home/read-facts.ts";
import type { World } from "../world.ts";
import { lintContextOnTargets, type Linted } from "./lint-packets.ts";

/** Every document of the home that the Harness reads, each with its findings. Reads only, and records nothing. */
export const lintSot = async (world: World): Promise<readonly Linted[]> => {
  const lists = (await world.home.list("issues")).map((source) => ({
    source,
    looked: lookAtList(source, today(world)),
  }));
  const packets = (await readPackets(world)).flatMap(({ read }) => (read.ok ? [read.value.packet] : []));
  const chain = new Map<string, Placed<string>>([
    ...packets.map(({ source, frontmatter }) => [source.path, frontmatter.source] as const),
    ...lists.flatMap(({ source, looked }) => (looked.from === undefined ? [] : [[source.path, looked.from] as const])),
  ]);
  return [
    ...(await lintedPackets(world, packets, lists, chain)),
    ...(await Promise.all(lists.map((list) => lintedList(world, list, chain)))),
    ...(await Promise.all((await world.home.list("admission")).map((source) => lintedAdmission(world, source)))),
    ...(await world.home.list("checks")).map((source) => lintedChecks(source, packets)),
    ...(await lintedAuthority(world)),
  ].toSorted(({ source: a }, { source: b }) => (a.path < b.path ? -1 : 1));
};

interface ReadList {
  readonly source: SourceDocument;
  readonly looked: LookedAtList;
}

const found = (source: SourceDocument, errors: readonly Refusal[], warnings: readonly Refusal[] = []): Linted => ({
  source,
  diagnostics: inOrder([
    ...errors.map((one) => diagnosticOf("error", one, source)),
    ...warnings.map((one) => diagnosticOf("warning", one, source)),
  ]),
});

const inOrder = (all: readonly Diagnostic[]): readonly Diagnostic[] =>
  all.toSorted(({ at: a }, { at: b }) => a.line - b.line || a.column - b.column);

const lintedPackets = async (
  world: World,
  packets: readonly Packet[],
  lists: readonly ReadList[],
  chain: ReadonlyMap<string, Placed<string>>,
): Promise<readonly Linted[]> => {
  const sources = await world.home.list("packet");
  const context = await lintContextOnTargets(world, sources);
  return sources.map((source) => {
    const packet = packets.find((one) => one.source.path === source.path);
    const list = lists.find((one) => one.source.path === packet?.frontmatter.source.value);
    const works = list?.looked.works ?? "unknown";
    const isListed =
      packet === undefined || works === "unknown" || works.some(({ work }) => work === packet.work.value);
    const more = found(
      source,
      objectionsToChain(source.path, chain),
      isListed || packet === undefined
        ? []
        : [
            refusal(
              "contract/work-not-listed",
              { work: packet.work.value, title: packet.title.value, list: packet.frontmatter.source.value },
              packet.frontmatter.source.at,
            ),
          ],
    );
    return { source, diagnostics: inOrder([...lintPacket(source, context), ...more.diagnostics]) };
  });
};

const lintedList = async (
  world: World,
  { source, looked }: ReadList,
  chain: ReadonlyMap<string, Placed<string>>,
): Promise<Linted> => {
  const { errors, warnings, from } = looked;
  const isThere =
    from === undefined || errors.some(({ code }) => code === "packet/source-path")
      ? true
      : (await world.home.read(from.value)) !== "absent";
  const missing =
    isThere || from === undefined ? [] : [refusal("packet/source-missing", { value: from.value }, from.at)];
  return found(source, [...errors, ...objectionsToChain(source.path, chain)], [...warnings, ...missing]);
};

// Where each document says that it comes from, one after the other: a chain that comes back has no beginning.
const objectionsToChain = (path: string, chain: ReadonlyMap<string, Placed<string>>): readonly Refusal[] => {
  const first = chain.get(path);
  const seen = new Set<string>();
  for (let at = first; at !== undefined && !seen.has(at.value); at = chain.get(at.value)) {
    if (at.value === path && first !== undefined)
      return [refusal("contract/source-cycle", { value: first.value }, first.at)];
    seen.add(at.value);
  }
  return [];
};

const lintedAdmission = async (world: World, source: SourceDocument): Promise<Linted> => {
  const read = readAdmissionRecord(source.bytes);
  if (!read.ok) return found(source, read.refusals);
  const isSigned = (await world.home.read(signaturePathOf(source.path))) !== "absent";
  const unsigned = read.value.status === "admitted" && !isSigned;
  return found(source, unsigned ? [refusal("admission/not-signed", { path: source.path })] : []);
};

const lintedChecks = (source: SourceDocument, packets: readonly Packet[]): Linted => {
  const packet = packets.find((one) => checksPathOf(one.source.path) === source.path);
  if (packet === undefined)
    return found(
      source,
      [],
      [
        refusal("contract/checks-unreadable", {
          path: source.path,
          says: "no packet stands beside it that can be read",
        }),
      ],
    );
  const contract = drawContract(packet);
  return found(source, contract.ok ? refusalsOf(readChecks(source, contract.value)) : []);
};

const lintedAuthority = async ({ home }: World): Promise<readonly Linted[]> => {
  const [policy, signers, revoked, notify] = await Promise.all(
    [POLICY_PATH, SIGNERS_PATH, REVOKED_PATH, NOTIFY_PATH].map((path) => home.read(path)),
  );
  const read: readonly (readonly [SourceDocument | "absent" | undefined, readonly Refusal[]])[] = [
    [policy, policy === undefined || policy === "absent" ? [] : refusalsOf(readPolicy(policy))],
    [signers, refusalsOf(readTrustRoot(signers ?? "absent", revoked ?? "absent"))],
    [notify, notify === undefined || notify === "absent" ? [] : refusalsOf(readNotifyPolicy(notify))],
  ];
  return read.flatMap(([source, refusals]) =>
    source === undefined || source === "absent" ? [] : [found(source, refusals)],
  );
};
