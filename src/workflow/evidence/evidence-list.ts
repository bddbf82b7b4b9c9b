/** The seed's eleven entries and the files that answer each (requirements.md 16); any other entry names its own file. */
const ENTRIES: Readonly<Record<string, readonly string[]>> = {
  "backend logs": ["backend/"],
  "artifact digests": ["SHA256SUMS"],
  "freshness proof": ["freshness-proof.json"],
  "stage5 owned repo proof": ["stage5-owned-repo-proof.json"],
  "Hermes Control Surface summary path": ["control-surface.json"],
};

/** Entries of the contract's evidence list that these files do not answer (R112). */
export const missingEvidence = (entries: readonly string[], paths: ReadonlySet<string>): readonly string[] =>
  entries.filter((entry) => {
    const plain = entry.replaceAll("`", "");
    return !(ENTRIES[plain] ?? [plain]).every((name) =>
      name.endsWith("/") ? [...paths].some((path) => path.startsWith(name)) : paths.has(name),
    );
  });
