import { workId, type WorkId } from "../ids.ts";
import { refusal, type Refusal } from "../refusal.ts";
import { candidateLine, inWords, NO_AUTHORITY, statusLine } from "./fixed-words.ts";
import { placeWithin } from "./line.ts";
import type { Placed } from "./packet.ts";
import { beginning, linesOfSection } from "./section-lines.ts";
import type { Block, Section } from "./sections.ts";

interface StatusSection {
  readonly work?: Placed<WorkId>;
  readonly prose: readonly Placed<string>[];
}

/** The status again, the refusal to authorize, and the work item that stays a candidate (R024). */
export const readStatus = (
  section: Section,
  owner: string,
  status: string | undefined,
  objections: Refusal[],
): StatusSection => {
  const rules = [
    ["status", beginning("Status: ", statusLine(status ?? "validated"))],
    ["work", beginning(NO_AUTHORITY, expectedLine(owner))],
  ] as const;
  const { blocks, prose } = linesOfSection(section, rules, objections);
  objections.push(...objectionsToStatus(blocks.get("status"), status));
  const work = workIn(blocks.get("work"), owner, section.heading, objections);
  return { ...(work === undefined ? {} : { work }), prose };
};

function* objectionsToStatus(block: Block | undefined, status: string | undefined): Iterable<Refusal> {
  if (block?.lead === undefined || status === undefined) return;
  const { value, at } = block.lead;
  if (value === statusLine(status)) return;
  yield refusal("packet/status-disagrees", { found: value, expected: statusLine(status) }, at);
}

const workIn = (
  block: Block | undefined,
  owner: string,
  section: string,
  objections: Refusal[],
): Placed<WorkId> | undefined => {
  if (block?.lead === undefined) return undefined;
  const { value, at } = block.lead;
  const [, written, name] = CANDIDATE.exec(value) ?? [];
  if (written === undefined || name === undefined) {
    objections.push(refusal("packet/line-missing", { section, expected: expectedLine(owner) }, at));
    return undefined;
  }
  const placeOfId = placeWithin(at, value, value.indexOf("`") + 1);
  if (name !== inWords(owner)) {
    const place = placeWithin(at, value, value.indexOf(` ${name} approves `) + 1);
    objections.push(refusal("packet/owner-disagrees", { found: name, expected: inWords(owner) }, place));
  }
  const work = workId(written);
  if (work === undefined) objections.push(refusal("packet/id", { value: written }, placeOfId));
  return work === undefined ? undefined : { value: work, at: placeOfId };
};

const CANDIDATE =
  /^This packet does not authorize execution\. `([^`]*)` remains candidate until (\S+) approves the exact Target Repository and task contract\.$/;

const expectedLine = (owner: string): string => candidateLine("CTO-WORK-NNN", owner);
