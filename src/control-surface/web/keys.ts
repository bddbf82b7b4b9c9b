/** What a key does, where it does something (surface.md 4.4). None approves, accepts or rejects. */
export type Act =
  | { readonly kind: "palette" | "help" | "filter" | "mark" | "copy-id" | "copy-digest" | "sentence" | "stop" }
  | { readonly kind: "move" | "sibling" | "match"; readonly by: 1 | -1 }
  | { readonly kind: "go"; readonly to: string }
  | { readonly kind: "part"; readonly id: PartId };

export type PartId = "timeline" | "diff" | "validation" | "evidence";

/** One press of a key, as far as it matters here. */
export interface Press {
  readonly key: string;
  /** Ctrl or Cmd is held. */
  readonly isCommand: boolean;
  /** Any other key that makes it a shortcut of the browser or of a reading aid. */
  readonly isModified: boolean;
  /** Where letters are typed, or in a dialog, which has keys of its own. */
  readonly isTyping: boolean;
  readonly isRepeat: boolean;
  /** `g` came just before. */
  readonly isAfterGo: boolean;
}

/** What was meant, that a second key is awaited, or nothing. The palette alone works everywhere and always. */
export const actOf = (press: Press, areOn: boolean): Act | "go-next" | undefined => {
  const { key, isCommand, isModified, isTyping, isRepeat, isAfterGo } = press;
  if (isCommand) return !isModified && !isRepeat && key.toLowerCase() === "k" ? { kind: "palette" } : undefined;
  if (!areOn || isModified || isTyping) return undefined;
  if (isAfterGo) {
    const to = PLACES.get(key);
    if (to !== undefined) return { kind: "go", to };
  }
  if (key === "g") return "go-next";
  const act = ACTS.get(key);
  return act === undefined || (isRepeat && !("by" in act)) ? undefined : act;
};

const PLACES: ReadonlyMap<string, string> = new Map([
  ["i", "/"],
  ["p", "/packets"],
  ["r", "/runs"],
  ["t", "/targets"],
  ["a", "/audit"],
  ["h", "/health"],
]);

const ACTS: ReadonlyMap<string, Act> = new Map<string, Act>([
  ["?", { kind: "help" }],
  ["/", { kind: "filter" }],
  ["j", { kind: "move", by: 1 }],
  ["k", { kind: "move", by: -1 }],
  ["]", { kind: "sibling", by: 1 }],
  ["[", { kind: "sibling", by: -1 }],
  ["t", { kind: "part", id: "timeline" }],
  ["d", { kind: "part", id: "diff" }],
  ["v", { kind: "part", id: "validation" }],
  ["e", { kind: "part", id: "evidence" }],
  ["n", { kind: "match", by: 1 }],
  ["N", { kind: "match", by: -1 }],
  ["x", { kind: "mark" }],
  ["c", { kind: "copy-id" }],
  ["y", { kind: "copy-digest" }],
  ["a", { kind: "sentence" }],
  ["s", { kind: "stop" }],
]);

/** The sheet that `?` shows; a test holds it to the keys above. */
export const KEY_SHEET: readonly { readonly keys: readonly string[]; readonly says: string }[] = [
  { keys: ["Ctrl K"], says: "Palette: places, works, runs; also Cmd K" },
  { keys: ["?"], says: "This sheet" },
  { keys: ["/"], says: "Filter" },
  { keys: ["g i", "g p", "g r", "g t", "g a", "g h"], says: "Go to Inbox, Packets, Runs, Targets, Audit, Health" },
  { keys: ["j", "k"], says: "Down and up in a list" },
  { keys: ["Enter"], says: "Open what is chosen" },
  { keys: ["[", "]"], says: "Previous and next of the list you came from" },
  { keys: ["t", "d", "v", "e"], says: "Timeline, diff, validation, evidence" },
  { keys: ["n", "N"], says: "Next and previous change or match" },
  { keys: ["x"], says: "Mark the section" },
  { keys: ["c", "y"], says: "Copy the id, copy the digest" },
  { keys: ["a"], says: "To the sentence" },
  { keys: ["s"], says: "Stop the run; asks once" },
];
