import { textIn } from "./bytes.ts";

/**
 * A list of policy.yaml in its plain forms, an item a line or all of them in brackets; undefined for any other form.
 * The Harness reads YAML, this verifier only these lines: what it cannot read it does not guess.
 */
export const policyList = (policy: Uint8Array | undefined, name: string): readonly string[] | undefined => {
  const lines = (textIn(policy ?? new Uint8Array()) ?? "")
    .split("\n")
    .map((line) => line.replace(/(?:^|\s)#.*$/, "").trimEnd())
    .filter((line) => line !== "");
  const heads = lines.flatMap((line, at) => (/^["']?([A-Za-z]+)["']?\s*:/.exec(line)?.[1] === name ? [at] : []));
  const [at] = heads;
  if (at === undefined || heads.length > 1) return undefined;
  const inline = /^[A-Za-z]+: +\[(.*)\]$/.exec(lines[at] ?? "")?.[1];
  if (inline !== undefined) return scalars(inline.trim() === "" ? [] : inline.split(",").map((item) => item.trim()));
  if (lines[at] !== `${name}:`) return undefined;
  const rest = lines.slice(at + 1);
  const end = rest.findIndex((line) => !/^[ -]/.test(line));
  return scalars((end < 0 ? rest : rest.slice(0, end)).map((line) => /^ *- +(\S.*)$/.exec(line)?.[1] ?? ""));
};

const scalars = (items: readonly string[]): readonly string[] | undefined => {
  const read = items.map(scalar);
  return read.every((item) => item !== undefined) ? read : undefined;
};

const scalar = (item: string): string | undefined =>
  /^"([^"\\]+)"$/.exec(item)?.[1] ??
  /^'([^']+)'$/.exec(item)?.[1] ??
  /^[A-Za-z0-9._/][^\s:#,[\]{}"'\\]*$/.exec(item)?.[0];
