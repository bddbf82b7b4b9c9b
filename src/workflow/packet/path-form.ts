import { refusal, type Refusal } from "../refusal.ts";
import type { Placed } from "./packet.ts";

const PATH_BYTES_MAX = 1024;
const NAME_BYTES_MAX = 255;

/** Why a path of the packet cannot be taken as a rule (R029): the first fault only, all others follow from it. */
export const objectionsToForm = ({ value: path, at }: Placed<string>): readonly Refusal[] => {
  if (path.startsWith("/")) return [refusal("packet/path-absolute", { path }, at)];
  if (path.split("/").includes("..")) return [refusal("packet/path-climbs", { path }, at)];
  const problem = faultOf(path);
  if (problem !== undefined) return [refusal("packet/path-not-allowed-form", { path, problem }, at)];
  const likeness = likenessOf(path);
  return likeness === undefined ? [] : [refusal("packet/confusable", { text: path, problem: likeness }, at)];
};

const faultOf = (path: string): string | undefined => {
  const names = path.replace(/\/$/, "").split("/");
  if (path.includes("\\")) return "holds a backslash";
  if (path.includes("~")) return "holds a ~, which stands for a home folder or a short name";
  if (path.includes(":")) return "holds a colon, which stands for a drive or a stream";
  if (/[[\]{}]/.test(path)) return "holds a bracket; patterns know * and ? only";
  if (/\p{C}/u.test(path)) return "holds a control or invisible character";
  if (names.includes("")) return "has an empty name between two slashes";
  if (names.includes(".")) return "has . as a name";
  if (names.some((name) => name !== name.trim())) return "has a space at the end of a name";
  if (names.some((name) => name.endsWith("."))) return "has a name that ends in a dot";
  if (names.some((name) => name.includes("**") && name !== "**")) return "joins ** with other characters";
  if (!/[\p{L}\p{N}]/u.test(path)) return "names nothing; a pattern of wildcards alone would allow everything";
  if (bytesOf(path) > PATH_BYTES_MAX) return `is longer than ${PATH_BYTES_MAX} bytes`;
  if (names.some((name) => bytesOf(name) > NAME_BYTES_MAX)) return `has a name longer than ${NAME_BYTES_MAX} bytes`;
  return undefined;
};

const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

// Two scripts whose letters look alike within one name, or letters that are only another form of plain ones.
const likenessOf = (path: string): string | undefined => {
  if (path !== path.normalize("NFKC")) return "holds letters that are only another form of plain ones";
  const isMixed = (name: string): boolean => /\p{Script=Latin}/u.test(name) && LIKE_LATIN.test(name);
  return path.split("/").some(isMixed) ? "mixes letters of two scripts that look alike" : undefined;
};

const LIKE_LATIN =
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}\p{Script=Lisu}]/u;
