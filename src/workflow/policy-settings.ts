import { isMap, isNode, isScalar, LineCounter, parseDocument, type YAMLMap } from "yaml";

/** One value of policy.yaml, by its place. */
export interface PolicySetting {
  /** The keys that lead to it, with dots between them. */
  readonly key: string;
  readonly value: unknown;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  /** Its bytes in the text, as UTF-16 offsets; of a scalar that stands on one line. */
  readonly range: readonly [from: number, to: number] | "no-scalar";
}

/** Every value of a policy that is a leaf of its maps, in the order of the text. A text that is no YAML has none. */
export const settingsOf = (text: string): readonly PolicySetting[] => {
  const lines = new LineCounter();
  const document = parseDocument(text, { version: "1.2", schema: "core", lineCounter: lines });
  if (document.errors.length > 0 || !isMap(document.contents)) return [];
  return [...leavesOf(document.contents, "", lines)];
};

function* leavesOf(map: YAMLMap, before: string, lines: LineCounter): Iterable<PolicySetting> {
  for (const { key, value } of map.items) {
    if (!isScalar(key) || !isNode(value)) continue;
    const name = before + String(key.value);
    if (isMap(value) && value.items.length > 0) {
      yield* leavesOf(value, `${name}.`, lines);
      continue;
    }
    const [from, to] = value.range ?? [0, 0];
    const { line, col } = lines.linePos(from);
    const json: unknown = value.toJSON();
    yield { key: name, value: json, line, column: col, range: isScalar(value) ? [from, to] : "no-scalar" };
  }
}

/** Whether a command may set it: how much a run may use, and what is asked of it; never what it may do or who decides. */
export const maySet = (key: string): boolean => SETTABLE.test(key);

const SETTABLE =
  /^(?:limits\.[A-Za-z]+|approvalExpiryMs|deniedAttempts|requirePriorStage|relay\.(?:modelRequestsMax|modelTokensMax|modelBytesMax|cassette))$/;

/** A word, or a whole number: nothing that YAML could read as more than one value. */
export const isPlainValue = (value: string): boolean => /^(?:[a-z]{1,32}|0|[1-9][0-9]{0,15})$/.test(value);
