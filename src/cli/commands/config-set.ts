import { prepareChange, readSettings, type Change } from "../../harness/home/home-config.ts";
import { nearest } from "../../workflow/nearest.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Answer } from "../answer.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { usageError } from "../usage-error.ts";
import { withWorld } from "../with-world.ts";
import { valueText } from "./config-get.ts";

/** `cto config set KEY VALUE`: says what it would change and which approvals it takes with it; with --yes it does. */
export const act: Act<{ readonly yes: boolean }, [string, string]> = (context, flags, key, value) =>
  withWorld(context, flags, "write", async (world) => {
    const prepared = await prepareChange(world, key, value);
    if (prepared === "no-plain-value")
      return usageError(`${visible(value)} is neither a word nor a whole number`, `cto config get ${visible(key)}`);
    if (prepared === "no-such-key") {
      const known = (await readSettings(world, {})).filter(({ bySet }) => bySet).map((setting) => setting.key);
      const near = nearest(key, known);
      const meant = near.length === 0 ? "" : `; did you mean ${near.join(" or ")}?`;
      return usageError(`policy.yaml has no ${visible(key)}${meant}`, "cto config where");
    }
    if (!prepared.ok)
      return {
        noun: "config",
        exit: EXIT.refused,
        data: { key, written: false },
        text: "",
        refusals: prepared.refusals,
        spared: "Nothing was written.",
      };
    const change = prepared.value;
    if (change.before === change.after)
      return told(change, `${key} is ${valueText(change.after)} already`, "unwritten");
    const says = wordsOf(change);
    if (!flags.yes) return told(change, `${says}\nnext      cto config set ${key} ${value} --yes`, "unwritten");
    // Before, so that whoever reads along can still end it.
    if (!flags.json) context.process.stderr.write(`${says}\n`);
    await change.write();
    return told(change, `written   ${key} is ${valueText(change.after)}\nnext      cto config get ${key}`, "written");
  });

const wordsOf = ({ key, before, after, where, voids }: Change): string =>
  [
    `change    ${key}: ${valueText(before)} -> ${valueText(after)}   ${where}`,
    voids.length === 0
      ? "voids     no approval: none is open"
      : `voids     ${voids.join(", ")}: an approval is bound to the bytes of policy.yaml, approve again`,
  ].join("\n");

const told = ({ key, before, after, where, voids }: Change, text: string, done: "written" | "unwritten"): Answer => ({
  noun: "config",
  exit: EXIT.done,
  data: { key, before, after, where, voids, written: done === "written" },
  text,
});
