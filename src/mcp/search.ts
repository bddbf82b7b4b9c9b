import type { Reading } from "../harness/reading/reading.ts";
import { LIMITS } from "../workflow/limits.ts";
import type { Answer } from "./answer.ts";

interface Hit {
  readonly kind: "work" | "packet" | "run" | "target" | "code";
  readonly id: string;
  readonly says: string;
}

/** Every row in which a text stands, in any case of letters; a code also where it is only nearly named. */
export const search = async (reading: Reading, query: string): Promise<Answer> => {
  const wanted = query.toLowerCase();
  const [works, packets, runs, targets] = await Promise.all([
    reading.works(),
    reading.packets(),
    reading.runs({ limit: LIMITS.mcpEventsMax }),
    reading.targets(),
  ]);
  const rows: readonly Hit[] = [
    ...works.map((row): Hit => ({ kind: "work", id: row.work, says: told(row.title, row.word) })),
    ...packets.map(({ path, title }): Hit => ({ kind: "packet", id: path, says: told(title) })),
    ...runs.runs.map((row): Hit => ({ kind: "run", id: row.run, says: told(row.word, row.commit) })),
    ...targets.map((row): Hit =>
      "id" in row ? { kind: "target", id: row.id, says: row.path } : { kind: "target", id: row.record, says: "" },
    ),
    ...codesLike(reading, query),
  ];
  const hits = rows.filter(({ id, says, kind }) => kind === "code" || `${id}\n${says}`.toLowerCase().includes(wanted));
  const shown = hits.slice(0, LIMITS.mcpHitsMax);
  const lines = shown.map(({ kind, id, says }) => `${kind}  ${id}  ${says}`);
  return {
    told: { hits: shown, total: hits.length, runsSearched: runs.runs.length, runs: runs.total },
    says: lines.length === 0 ? "Nothing was found." : lines.join("\n"),
    untrusted: true,
  };
};

const codesLike = (reading: Reading, query: string): readonly Hit[] => {
  const found = reading.explain(query);
  if (found.found) return [{ kind: "code", id: found.value.code, says: found.value.message }];
  return found.near.map((id) => ({ kind: "code", id, says: "" }));
};

const told = (...parts: readonly unknown[]): string => parts.filter((part) => typeof part === "string").join(" · ");
