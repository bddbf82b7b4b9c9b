import { refusal, type Place, type Refusal } from "../refusal.ts";
import { codePointOf } from "./hidden-characters.ts";
import { placeWithin, type Line } from "./line.ts";
import type { Placed } from "./packet.ts";
import type { Block } from "./sections.ts";

/** One bash fence with one line of plain words -> argv, run without a shell (R032). */
export const readValidation = (
  { lead, fences }: Block,
  objections: Refusal[],
): Placed<readonly string[]> | undefined => {
  const [fence, ...others] = fences;
  const at = fence?.at ?? lead?.at;
  const wrong = (problem: string, place: Place | undefined): void => {
    objections.push(refusal("packet/validation", { problem }, place));
  };
  if (fence === undefined) {
    wrong("has no bash fence", at);
    return undefined;
  }
  if (fence.language !== "bash") wrong("stands in a fence that is not bash", at);
  const [line, ...more] = fence.lines;
  const second = more[0]?.at ?? others[0]?.at;
  if (second !== undefined) {
    objections.push(refusal("packet/two-commands", { line: line?.at.line ?? fence.at.line }, second));
  }
  if (line === undefined || line.text === "") {
    wrong("is empty", at);
    return undefined;
  }
  const faults = [...objectionsToCommand(line)];
  objections.push(...faults);
  return faults.length === 0 ? { value: line.text.split(" "), at: line.at } : undefined;
};

function* objectionsToCommand({ text, at }: Line): Iterable<Refusal> {
  for (const { 0: character, index } of text.matchAll(/[^A-Za-z0-9_./=:,+@% -]/gu)) {
    yield refusal("packet/validation-shell", { codePoint: shown(character) }, placeWithin(at, text, index));
  }
  const space = /^ | $| {2}/.exec(text);
  if (space !== null) {
    yield refusal("packet/validation", { problem: "has a space too many" }, placeWithin(at, text, space.index));
  }
  const [program = ""] = text.split(" ");
  if (program.includes("=")) {
    yield refusal("packet/validation", { problem: "begins with an assignment, which only a shell understands" }, at);
  }
  if (/^[-.]?$|^-/.test(program) && space === null) {
    yield refusal("packet/validation", { problem: "does not begin with the name of a program" }, at);
  }
}

const shown = (character: string): string => `${codePointOf(character)} (${character})`;
