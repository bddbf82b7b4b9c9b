const TEST_FOLDERS = new Set(["test", "tests", "__tests__", "spec"]);
const TEST_NAME = /^(?:test_.*|.*_test|.*[.-](?:test|spec))\.[a-z0-9]+$|^conftest\.py$/i;

/** Whether a path holds tests by the naming rules of the common runners. Decides only which proofs are tried. */
export const isTestPath = (path: string): boolean => {
  const parts = path.split("/");
  const name = parts.at(-1) ?? "";
  return TEST_NAME.test(name) || parts.slice(0, -1).some((part) => TEST_FOLDERS.has(part.toLowerCase()));
};
