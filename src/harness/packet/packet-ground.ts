import path from "node:path";

import type { AdmissionRecord } from "../../workflow/admission/admission.ts";
import type { Authority } from "../../workflow/authority.ts";
import { listedWork } from "../../workflow/contract/work-list.ts";
import { workId, type WorkId } from "../../workflow/ids.ts";
import type { CommittedPaths } from "../../workflow/packet/committed-paths.ts";
import type { Packet } from "../../workflow/packet/packet.ts";
import { POLICY_PATH, readPolicy } from "../../workflow/read-policy.ts";
import type { Refusal } from "../../workflow/refusal.ts";
import { ok, refusalsOf, type Result } from "../../workflow/result.ts";
import { readTrustRoot } from "../../workflow/trust-root.ts";
import { readAdmissions } from "../admission/read-targets.ts";
import { refuseAll, REVOKED_PATH, SIGNERS_PATH } from "../home/read-facts.ts";
import { openWorkGround } from "../home/work-ground.ts";
import { knownWorks } from "../reading/read-works.ts";
import type { World } from "../world.ts";

/** What a packet for one target can be written from: the target as it is now, clean, and what the home says of it. */
export interface PacketGround {
  readonly target: string;
  readonly branch: string;
  readonly committed: CommittedPaths;
  /** The record that admits it; absent where the target is still to be admitted. */
  readonly admission: { readonly path: string; readonly record: AdmissionRecord } | "absent";
  readonly authority: Authority;
  readonly owner: string;
}

/** The targets that this home admitted, by the id of their record and its path. */
export const admittedTargets = async (
  world: World,
): Promise<readonly { readonly id: string; readonly path: string }[]> =>
  (await readAdmissions(world)).flatMap(({ read }) =>
    read.ok && read.value.status === "admitted" ? [{ id: read.value.id, path: read.value.path }] : [],
  );

/** By its real path. A target is looked at before a packet for it is written, and only a clean one is (R042). */
export const packetGround = async (world: World, place: string): Promise<Result<PacketGround, Refusal>> => {
  const policy = readPolicy(await world.home.read(POLICY_PATH));
  const trust = readTrustRoot(await world.home.read(SIGNERS_PATH), await world.home.read(REVOKED_PATH));
  const [observed, listed] = [await world.target.observe(place), await world.target.listHead(place)];
  if (!policy.ok || !trust.ok || !observed.ok || !listed.ok)
    return refuseAll([policy, trust, observed, listed].flatMap(refusalsOf));
  const records = (await readAdmissions(world)).flatMap(({ source, read }) =>
    read.ok ? [{ path: source.path, record: read.value }] : [],
  );
  const ours = records.filter(({ record }) => record.path === place);
  const admission = ours.find(({ record }) => record.status === "admitted") ?? ours[0] ?? "absent";
  const [first = "nobody"] = trust.value.signers.flatMap(({ principals }) => principals);
  return ok({
    target: place,
    branch: observed.value.branch,
    committed: listed.value,
    admission,
    authority: policy.value,
    owner: admission === "absent" ? first : admission.record.owner,
  });
};

/** Where the record of a target stands that is still to be admitted. */
export const admissionPathOf = (target: string): string => {
  const name = path.posix
    .basename(target)
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
  return `.sot/03-PROTOCOLS/CTO-${name === "" ? "TARGET" : name.replace(/^CTO-/, "")}-ADMISSION.json`;
};

/** The id after the highest that this home ever knew: an id is never used again (R016). */
export const nextWork = async (world: World): Promise<WorkId> => {
  const numbers = knownWorks(await openWorkGround(world)).map((work) => Number(work.slice("CTO-WORK-".length)));
  const next = workId(`CTO-WORK-${String(Math.max(0, ...numbers) + 1).padStart(3, "0")}`);
  if (next === undefined) throw new TypeError("ids go on");
  return next;
};

/** Whether a packet or the ledger has this id. One that a list alone names waits for its packet. */
export const isTaken = async (world: World, work: WorkId): Promise<boolean> =>
  knownWorks({ ...(await openWorkGround(world)), titles: new Map() }).includes(work);

/** The list that a new packet comes from: one that lists its work item, that of the packet it is taken from, or the only one. */
export const listFor = async (world: World, work: WorkId, from: Packet | undefined): Promise<string> => {
  const lists = await world.home.list("issues");
  const naming = lists.find((list) => {
    const listed = listedWork(list);
    return listed.ok && listed.value.some((item) => item.work === work);
  });
  const same = lists.find(({ path: list }) => list === from?.frontmatter.source.value);
  const only = lists.length === 1 ? lists[0] : undefined;
  return (naming ?? same ?? only)?.path ?? FIRST_LIST;
};

// Where a home has no list yet, or several of which none is meant.
const FIRST_LIST = ".sot/03-PROTOCOLS/CTO-WORK-ISSUES.md";
