import { z } from "zod";

import type { DiagnosticObject } from "../harness/objects/diagnostic.ts";
import type { PacketChanges } from "../harness/objects/packet-changes.ts";
import { LIMITS } from "../workflow/limits.ts";
import { missing, type Answer } from "./answer.ts";
import { explainGate } from "./explain-gate.ts";
import { LIMIT, nextOffset, OFFSET, RUN, STATE, WORK } from "./inputs.ts";
import { packetShown } from "./packet-shown.ts";
import { search } from "./search.ts";
import { tool, type Tool } from "./tool.ts";

/** What is to be done, and by which contract. */
export const WORK_TOOLS: readonly Tool[] = [
  tool({
    name: "cto_status",
    title: "What needs whom",
    description:
      "What needs a person now, what runs, and how many work items are in each state. Read this first. Each row names who acts and the command that they would give; you give none of them.",
    input: z.strictObject({}),
    answer: async ({ reading }) => {
      const told = await reading.status();
      const { needs } = told;
      const lines = needs.map(({ work, word, who }) => `${work}: ${word} (${who})`);
      const says = needs.length === 0 ? "Nothing needs anybody." : lines.join("\n");
      return { told, says, next: needs[0]?.next ?? "", untrusted: true };
    },
  }),
  tool({
    name: "cto_search",
    title: "Find by a word",
    description: "Work items, packets, runs, targets and codes in which a text stands.",
    input: z.strictObject({ query: z.string().min(1).max(LIMITS.mcpQueryCharactersMax) }),
    answer: ({ reading }, { query }) => search(reading, query),
  }),
  tool({
    name: "cto_list_packets",
    title: "Every packet",
    description: "The Approval Packets of the home, those that do not lint as well, with the state of their work item.",
    input: z.strictObject({ state: STATE, offset: OFFSET, limit: LIMIT }),
    answer: async ({ reading }, { state, ...page }) => {
      const packets = await reading.packets(state);
      const shown = packets.slice(page.offset, page.offset + page.limit);
      const told = { packets: shown, total: packets.length, ...nextOffset(page, packets.length) };
      const lines = shown.map(({ path, work, errors }) => `${work ?? "no work item"}  ${path}  ${errors} errors`);
      return { told, says: [`${packets.length} packets`, ...lines].join("\n") };
    },
  }),
  tool({
    name: "cto_get_packet",
    title: "One packet and its contract",
    description:
      "The contract that a packet says, its digests and its state. The sentence that approves it is not in the answer: sentenceAt says where the owner reads it. Nobody else types it.",
    input: z.strictObject({ work: WORK }),
    answer: async ({ reading }, { work }) => {
      const packet = await reading.packet(work);
      if (!packet.found) return missing(work, packet.near);
      const source = await reading.packetSource(work);
      return packetShown(work, packet.value, source.found ? source.value : undefined);
    },
  }),
  tool({
    name: "cto_diff_packet",
    title: "What a packet changed",
    description:
      "How the packet of now differs from what was approved of it last, or from the contract of one run: each change widens, narrows or only words the leave that it gives.",
    input: z.strictObject({ work: WORK, against: z.union([z.literal("approved"), RUN]).default("approved") }),
    answer: async ({ reading }, { work, against }) => {
      const changes = await reading.packetChanges(work, against === "approved" ? against : { run: against });
      if (!changes.found) return missing(against === "approved" ? work : `${work} or ${against}`, changes.near);
      return { told: changes.value, says: changesSay(work, changes.value), next: `cto packet preview ${work}` };
    },
  }),
  tool({
    name: "cto_lint_packet",
    title: "Lint a packet",
    description:
      "What is wrong with the packet of a work item, or with a text that is no file yet. Writes and records nothing; a lint that passes grants nothing.",
    input: z.strictObject({ work: WORK.optional(), text: z.string().max(LIMITS.packetBytesMax).optional() }),
    answer: async ({ reading }, { work, text }) => {
      if ((work === undefined) === (text === undefined))
        return { told: { found: false }, says: "Give either work or text.", isMissing: true };
      const linted = await reading.lint(work === undefined ? { text: text ?? "" } : { work });
      if (!linted.found) return missing(work ?? "the text", linted.near);
      return lintSays(linted.value);
    },
  }),
  tool({
    name: "cto_explain_gate",
    title: "Why it may not run yet",
    description:
      "Each precondition of a run: target and documents as they are now, the sandbox as it was last tried. Variables of the operator are not looked at, so it never says that the gate is open.",
    input: z.strictObject({ work: WORK }),
    answer: explainGate,
  }),
];

const changesSay = (work: string, told: PacketChanges): string => {
  if (told.kind === "never-approved" || told.kind === "never-reviewed")
    return `${work} was ${told.kind.replace("-", " ")}, so there is nothing to compare with.`;
  if (told.kind === "no-contract") return `The packet of ${work} says no contract now.`;
  const fields = told.changes.map(({ field, class: of }) => `${of}  ${field}`);
  return [TOGETHER[told.class], ...fields].join("\n");
};

const TOGETHER = {
  same: "Nothing changed.",
  wording: "Only its words changed.",
  widens: "Taken together it widens.",
  narrows: "Taken together it narrows.",
} as const;

const lintSays = (diagnostics: readonly DiagnosticObject[]): Answer => {
  const shown = diagnostics.slice(0, LIMITS.mcpRowsMax);
  const lines = shown.map(
    ({ line, column, severity, code, message }) => `${line}:${column} ${severity} ${code} ${message}`,
  );
  const says = lines.length === 0 ? "Nothing to object." : lines.join("\n");
  return { told: { diagnostics: shown, total: diagnostics.length }, says, next: "cto packet lint" };
};
