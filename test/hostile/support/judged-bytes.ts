import { expect } from "vitest";

import { digestOf } from "../../../src/workflow/digest.ts";
import { parseEvent } from "../../../src/workflow/event-chain.ts";
import { committed, ownerOf, type Field, type Trial } from "./field.ts";

/** The commit holds exactly the bytes that were captured and judged, and the work tree holds them too. */
export const committedWhatWasJudged = async (field: Field, one: Trial, ...paths: readonly string[]): Promise<void> => {
  expect(one.codes).toEqual(["awaiting_outcome"]);
  const captured = one.lines.map(parseEvent).find(({ type }) => type === "diff.captured")?.data["files"];
  for (const name of paths) {
    const bytes = committed(field, name);
    expect(captured).toContainEqual(expect.objectContaining({ path: name, newSha256: digestOf(bytes) }));
  }
  const owner = ownerOf(field.ground);
  expect(owner.git("diff", "--name-only", "HEAD~1", "HEAD").trim().split("\n")).toEqual(paths);
  expect(owner.git("status", "--porcelain")).toBe("");
};
