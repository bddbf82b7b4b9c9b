import { listAt, textAt } from "../../../workflow/backend/loose.ts";

/** Names of the tools that a request offers its model, in the forms of all four APIs. Of a body that has passed its list. */
export const toolNames = (body: unknown): readonly string[] => [
  ...new Set(
    // Chat has an older list beside `tools`, of bare functions.
    [
      ...listAt(body, "functions"),
      ...[body, ...listAt(body, "input")].flatMap((holder) => listAt(holder, "tools")),
    ].flatMap(namesOf),
  ),
];

const namesOf = (tool: unknown): readonly string[] => {
  const declared = listAt(tool, "functionDeclarations");
  if (declared.length > 0) return declared.map(nameOf);
  const drawn = listAt(tool, "tools");
  return drawn.length > 0 ? drawn.map((inner) => `${nameOf(tool)}__${nameOf(inner)}`) : [nameOf(tool)];
};

// A tool without a name is one of its kind.
const nameOf = (tool: unknown): string =>
  textAt(tool, "function", "name") ??
  textAt(tool, "custom", "name") ??
  textAt(tool, "name") ??
  textAt(tool, "type") ??
  "without a name";
