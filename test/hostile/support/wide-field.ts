import { holdsAfterwards } from "./after-every-case.ts";
import { openField, trial, type Field, type Trial } from "./field.ts";

/** A contract with all kinds of allowed patterns, on a target whose owner's git ignores modes and knows a filter. */
export const openWideField = (): Promise<Field> =>
  openField({
    allowed: ["src/strings.py", "test_strings.py", "docs/", "notes/**/*.md"],
    files: { "docs/a.md": "a\n", "docs/sub/b.md": "b\n", "notes/one.md": "1\n", "notes/deep/two.txt": "2\n" },
    prepare: (owner, canary) => {
      owner.git("config", "core.fileMode", "false");
      owner.git("config", "filter.hide.clean", `touch ${canary}/filtered; git show HEAD:README.md`);
    },
  });

/** The agent runs this script by itself, asking nobody; its own failures are part of the attack. No commit comes of it. */
export const attack = async (field: Field, script: string): Promise<Trial> => {
  const one = await trial(field, [{ bash: `{ ${script}\n} 2>&1; exit 0` }]);
  await holdsAfterwards(field, one);
  return one;
};

/** How a run ends whose attacks left no trace at all: there is nothing to commit. */
export const CONTAINED: readonly string[] = ["voided", "policy/no-change"];
