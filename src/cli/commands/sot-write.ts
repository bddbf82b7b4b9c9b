import { planLists, writeLists, type ListToWrite, type PlannedLists } from "../../harness/packet/write-work-lists.ts";
import { refusal } from "../../workflow/refusal.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Answer } from "../answer.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { withWorld } from "../with-world.ts";

/** `cto sot write`: the work-item lists that packets come from, made or brought in step; with --check only told. */
export const act: Act<{ readonly check: boolean }, []> = (context, flags) =>
  withWorld(context, flags, flags.check ? "read" : "write", async (world) => {
    const planned = await planLists(world);
    if (!planned.lists.ok)
      return { ...told(planned, []), exit: EXIT.refused, refusals: planned.lists.refusals, spared: SPARED };
    const lists = planned.lists.value;
    if (lists.length === 0) return { ...told(planned, []), text: "in step   nothing is to be written" };
    if (flags.check)
      return { ...told(planned, lists), exit: EXIT.refused, refusals: lists.map(behind), spared: SPARED };
    await writeLists(world, lists);
    return { ...told(planned, lists), text: [...lists.map(rowOf), "next      cto sot lint"].join("\n") };
  });

const SPARED = "Nothing was written.";

const told = ({ unread, unlisted }: PlannedLists, lists: readonly ListToWrite[]): Answer => {
  const story = [
    ...unread.map((path) => `left out  ${visible(path)} cannot be read: cto packet lint`),
    ...unlisted.map((path) => `left out  ${visible(path)} comes from no work-item list`),
  ];
  return {
    noun: "work-lists",
    exit: EXIT.done,
    data: {
      lists: lists.map(({ path, over, added, renewed }) => ({ path, made: over === "absent", added, renewed })),
      unread,
      unlisted,
    },
    text: "",
    ...(story.length === 0 ? {} : { story: story.join("\n") }),
  };
};

const behind = (list: ListToWrite) => refusal("contract/list-behind", { list: list.path, works: changesOf(list) });

const rowOf = (list: ListToWrite): string =>
  `${list.over === "absent" ? "made     " : "written  "} ${visible(list.path)}   ${changesOf(list)}`;

const changesOf = ({ added, renewed }: ListToWrite): string =>
  [
    ...(added.length === 0 ? [] : [`${added.join(", ")} added`]),
    ...(renewed.length === 0 ? [] : [`${renewed.join(", ")} renewed`]),
  ].join("; ");
