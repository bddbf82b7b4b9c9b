import { LIMITS } from "../../limits.ts";
import { foldersOf } from "./folders-of.ts";
import type { OddEntry, Reading } from "./reading.ts";
import { fail, passUnless, type Check } from "./verdict.ts";

const ID = "files";

/** Step 1: plain files only, with names that are the same file everywhere, and not too much of them. */
export const checkFiles = ({ files, paths, size, odd }: Reading): readonly Check[] => {
  const bytes = paths.reduce((sum, path) => sum + (size(path) ?? 0), 0);
  const folders = foldersOf(paths);
  const objections = [
    ...odd.map(oddRow),
    ...paths.filter((path) => !isPlainName(path)).map((path) => differs(`${path} is no plain relative name`, path)),
    ...paths
      .filter((path) => !files.has(path) && !isLog(path))
      .map((path) => differs("it is too large to be read, and its content counts", path)),
    ...twins(paths).map((path) => differs(`${path} is the same name as another in some file systems`, path)),
    ...paths.filter((path) => folders.has(path)).map((path) => differs(`${path} is a file and a folder`, path)),
    ...(paths.length > LIMITS.bundleFilesMax ? [differs(`there are more than ${LIMITS.bundleFilesMax} files`)] : []),
    ...(bytes > LIMITS.bundleBytesMax ? [differs(`there are more than ${LIMITS.bundleBytesMax} bytes`)] : []),
  ];
  return passUnless(ID, objections, `${paths.length} plain files, ${bytes} bytes`);
};

const differs = (says: string, file?: string): Check => fail(ID, "evidence/file-set-differs", says, file);

/** Logs of the backend are evidence by their digest; what else a check may have to read must be small enough to be held. */
const isLog = (path: string): boolean => path.startsWith("backend/") && !path.endsWith("/egress.jsonl");

const oddRow = (odd: OddEntry): Check => {
  const { name, why } = typeof odd === "string" ? { name: odd, why: "it is no plain file of this folder alone" } : odd;
  return name.startsWith(".partial-")
    ? fail(ID, "verify/not-sealed", "the folder was never sealed", name)
    : differs(why, name);
};

const isPlainName = (path: string): boolean =>
  !/[\\\p{Cc}]/u.test(path) && path.split("/").every((part) => part !== "" && part !== "." && part !== "..");

const twins = (paths: readonly string[]): readonly string[] => {
  const seen = new Set<string>();
  return paths.filter((path) => {
    const folded = path.normalize("NFC").toLowerCase();
    const isTwin = seen.has(folded);
    seen.add(folded);
    return isTwin;
  });
};
