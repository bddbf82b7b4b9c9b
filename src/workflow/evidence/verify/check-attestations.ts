import { ATTESTATIONS, isOutsideSums, SEAL } from "../bundle-table.ts";
import type { Reading } from "./reading.ts";
import { fail, passUnless, type Check } from "./verdict.ts";

const ID = "attestations";

/** Every run is signed for, its tests where any ran, and its verdict by another key; bundle.json names all of them and no other. */
export const checkAttestations = ({ manifest, files, paths }: Reading): readonly Check[] => {
  const told = (manifest?.signatures ?? []).map(({ path, namespace }) => `${path} ${namespace}`);
  const owed = [
    `${ATTESTATIONS.run} run@cto-harness`,
    ...(files.has("test.log") ? [`${ATTESTATIONS.tests} run@cto-harness`] : []),
    `${ATTESTATIONS.verdict} verdict@cto-harness`,
  ];
  const listed = new Set<string>([...(manifest?.signatures ?? []).map(({ path }) => path), ...Object.values(SEAL)]);
  const keysFor = (namespace: string): ReadonlySet<string> =>
    new Set((manifest?.signatures ?? []).flatMap((entry) => (entry.namespace === namespace ? entry.publicKey : [])));
  const [runKeys, verdictKeys] = [keysFor("run@cto-harness"), keysFor("verdict@cto-harness")];
  const objections = [
    ...(told.join("\n") === owed.join("\n")
      ? []
      : [
          fail(ID, "evidence/manifest-wrong", "bundle.json names other attestations than this run owes", "bundle.json"),
        ]),
    ...(runKeys.size <= 1 && ![...runKeys].some((key) => verdictKeys.has(key))
      ? []
      : [fail(ID, "evidence/manifest-wrong", "run and verdict are signed by the same key", "bundle.json")]),
    ...paths
      .filter((path) => isOutsideSums(path) && !listed.has(path))
      .map((path) => fail(ID, "evidence/file-set-differs", "no bundle has such an attestation", path)),
  ];
  return passUnless(ID, objections, `${owed.length} attestations, as this run owes them`);
};
