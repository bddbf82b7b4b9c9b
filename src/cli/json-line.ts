/** A value as one line of JSON, as a terminal may show it. */
export const jsonLine = (value: unknown): string => `${unsteering(JSON.stringify(value))}\n`;

/**
 * JSON of the same value: it escapes controls of itself, but not those above ASCII, nor what reorders or hides. A
 * terminal that shows the line must not be steered by it.
 */
export const unsteering = (json: string): string =>
  json.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Default_Ignorable_Code_Point}]/gu, escapedUnits);

const escapedUnits = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`,
  ).join("");
