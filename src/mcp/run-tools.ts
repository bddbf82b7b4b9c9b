import { z } from "zod";

import { workId } from "../workflow/ids.ts";
import { LIMITS } from "../workflow/limits.ts";
import { lineOfWords } from "../workflow/policy/shims.ts";
import { missing } from "./answer.ts";
import { evidencePart, evidenceList } from "./evidence-part.ts";
import { LIMIT, nextOffset, OFFSET, RUN, STATE, WORK } from "./inputs.ts";
import { tool, type Tool } from "./tool.ts";

/** Facts are numbered from 0. */
const BEFORE_ALL = -1;

/** What happened, and what proves it. */
export const RUN_TOOLS: readonly Tool[] = [
  tool({
    name: "cto_list_runs",
    title: "Runs",
    description: "Runs, the newest first, blocked and voided ones too, with their state.",
    input: z.strictObject({ work: WORK.optional(), state: STATE, offset: OFFSET, limit: LIMIT }),
    answer: async ({ reading }, { work, state, ...page }) => {
      const of = work === undefined ? undefined : workId(work);
      const found = await reading.runs({
        ...(of === undefined ? {} : { work: of }),
        ...(state === undefined ? {} : { state }),
        limit: page.offset + page.limit,
      });
      const runs = found.runs.slice(page.offset);
      const lines = runs.map(({ run, word }) => `${run}  ${word}`);
      return {
        told: { runs, total: found.total, ...nextOffset(page, found.total) },
        says: [`${found.total} runs`, ...lines].join("\n"),
        untrusted: true,
      };
    },
  }),
  tool({
    name: "cto_get_run",
    title: "One run in full",
    description:
      "State, stages, criteria with what proves each, denied attempts, the ten forbidden actions, and what the agent said. What stands under claims was said by the agent and proves nothing.",
    input: z.strictObject({ run: RUN }),
    answer: async ({ reading }, { run }) => {
      const found = await reading.run(run);
      if (!found.found) return missing(run, found.near);
      const { word, says, next } = found.value;
      const lines = [`${run}: ${word}`, ...(says === undefined ? [] : [says])];
      return { told: found.value, says: lines.join("\n"), next, untrusted: true };
    },
  }),
  tool({
    name: "cto_get_timeline",
    title: "What happened, in order",
    description:
      "The facts of a run by their number. trust says whose word each is: agent-claimed and backend-claimed are claims.",
    input: z.strictObject({
      run: RUN,
      after: z
        .int()
        .min(0)
        .max(Number.MAX_SAFE_INTEGER)
        .exactOptional()
        .describe("the number of the last fact that you have; facts are numbered from 0"),
      limit: z.int().min(1).max(LIMITS.mcpEventsMax).default(100),
    }),
    answer: async ({ reading }, { run, after, limit }) => {
      const found = await reading.events(run, { after: after ?? BEFORE_ALL, limit });
      if (!found.found) return missing(run, found.near);
      const { steps } = found.value;
      const last = steps.at(-1)?.seq;
      const more = steps.length === limit && last !== undefined ? { nextAfter: last } : {};
      const lines = steps.map(({ seq, label, trust }) => `${seq}  ${label}  ${trust}`);
      return {
        told: { run, steps, ...more },
        says: lines.length === 0 ? "No further facts." : lines.join("\n"),
        untrusted: true,
      };
    },
  }),
  tool({
    name: "cto_read_evidence",
    title: "A part of the evidence",
    description: `Bytes of one file of a sealed bundle, at most ${LIMITS.mcpEvidenceBytesMax}, with the digest of the whole file and whose word it is. Without a name: the files.`,
    input: z.strictObject({
      run: RUN,
      name: z.string().max(LIMITS.manifestPathBytesMax).optional().describe("such as report.md, patch.diff, test.log"),
      offset: z.int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
      length: z.int().min(1).max(LIMITS.mcpEvidenceBytesMax).default(LIMITS.mcpEvidenceBytesMax),
    }),
    answer: async ({ reading }, { run, name, offset, length }) =>
      name === undefined ? evidenceList(reading, run) : evidencePart(reading, { run, name, offset, length }),
  }),
  tool({
    name: "cto_verify_run",
    title: "Verify a bundle",
    description:
      "The verdict of the pure verifier over the bytes that lie on the disk now, against the signers of this home. A stranger verifies against a trust file that reached them another way.",
    input: z.strictObject({ run: RUN }),
    answer: async ({ reading }, { run }) => {
      const verdict = await reading.verify(run);
      if (!verdict.found) return missing(`${run}, sealed`, verdict.near);
      const wrong = verdict.value.checks.filter((check) => check.verdict !== "PASS");
      const lines = wrong.map((check) => `${check.verdict}  ${check.id}  ${check.says}`);
      return {
        told: { run, ...verdict.value },
        says: [`${run}: ${verdict.value.verdict}, ${verdict.value.checks.length} checks`, ...lines].join("\n"),
        next: `cto verify ${run} --trust FILE`,
        untrusted: true,
      };
    },
  }),
  tool({
    name: "cto_get_replay_paths",
    title: "How to do it again",
    description:
      "The command lines by which a human or an auditor does steps of a sealed run again, and the digests of its files. They are for reading: replaying executes, and nothing here does.",
    input: z.strictObject({ run: RUN }),
    answer: async ({ reading }, { run }) => {
      const [paths, files] = await Promise.all([reading.replayPaths(run), reading.evidence(run)]);
      if (!paths.found) return missing(`${run}, sealed`, paths.near);
      const digests = files.found ? files.value.slice(0, LIMITS.mcpEventsMax) : [];
      const lines = paths.value.map(({ level, argv }) => `${level}: ${lineOfWords(argv)}`);
      return {
        told: { run, paths: paths.value, digests: digests.map(({ name, sha256 }) => ({ name, sha256 })) },
        says: lines.join("\n"),
        untrusted: true,
      };
    },
  }),
  tool({
    name: "cto_explain",
    title: "What a code means",
    description:
      "A refusal, failure, finding, state, exit code or variable in words: what it means, why, and what next.",
    input: z.strictObject({ code: z.string().min(1).max(LIMITS.mcpQueryCharactersMax) }),
    answer: async ({ reading }, { code }) => {
      const found = reading.explain(code);
      if (!found.found) return missing(code, found.near);
      const { message, why, next } = found.value;
      return { told: { ...found.value }, says: [message, why].join("\n"), next: next[0] ?? "" };
    },
  }),
];
