/** One step of a classic BPF program, its jumps by name. No name means the next step. */
export type Step =
  | { readonly kind: "label"; readonly name: string }
  | { readonly kind: "load"; readonly offset: number }
  | { readonly kind: "and"; readonly value: number }
  | {
      readonly kind: "equal" | "at-least" | "any-bit";
      readonly value: number;
      readonly yes?: string;
      readonly no?: string;
    }
  | { readonly kind: "answer"; readonly value: number };

const CODES = { load: 0x20, and: 0x54, equal: 0x15, "at-least": 0x35, "any-bit": 0x45, answer: 0x06 } as const;

/** The program as the kernel reads it: eight bytes a step, little endian (`struct sock_filter`). */
export const assemble = (steps: readonly Step[]): Uint8Array => {
  const places = placesOf(steps);
  const made = steps.filter((step) => step.kind !== "label");
  const bytes = new Uint8Array(made.length * 8);
  const view = new DataView(bytes.buffer);
  for (const [at, step] of made.entries()) {
    const jumps: { readonly yes?: string; readonly no?: string } =
      step.kind === "load" || step.kind === "and" || step.kind === "answer" ? {} : step;
    view.setUint16(at * 8, CODES[step.kind], true);
    view.setUint8(at * 8 + 2, distance(places, at, jumps.yes));
    view.setUint8(at * 8 + 3, distance(places, at, jumps.no));
    view.setUint32(at * 8 + 4, step.kind === "load" ? step.offset : step.value, true);
  }
  return bytes;
};

const placesOf = (steps: readonly Step[]): ReadonlyMap<string, number> => {
  const places = new Map<string, number>();
  let at = 0;
  for (const step of steps) {
    if (step.kind === "label") places.set(step.name, at);
    else at += 1;
  }
  return places;
};

// Jumps lead forward and have one byte; a program that outgrows them is a bug of the generator.
const distance = (places: ReadonlyMap<string, number>, from: number, name: string | undefined): number => {
  if (name === undefined) return 0;
  const away = (places.get(name) ?? -1) - from - 1;
  if (away < 0 || away > 255) throw new TypeError(`no jump leads to ${name}`);
  return away;
};
