import { z } from "zod";

import { LIMITS } from "../../workflow/limits.ts";
import type { SourceDocument } from "../../workflow/packet/packet.ts";
import type { HostileObject } from "../objects/hostile.ts";
import type { World } from "../world.ts";

/** Where a home keeps the last result of the hostile suite: a plain file, signed by nobody. */
export const HOSTILE_PATH = ".cto/hostile.json";

export const keepHostile = async ({ home }: World, result: object): Promise<void> => {
  const over = await home.read(HOSTILE_PATH);
  const bytes = new TextEncoder().encode(`${JSON.stringify(result, null, 2)}\n`);
  await home.write(HOSTILE_PATH, bytes, over === "absent" ? over : over.digest);
};

export const readHostile = async (world: World): Promise<HostileObject> => {
  const found = await world.home.read(HOSTILE_PATH);
  if (found === "absent") return { kind: "never" };
  const read = resultSchema.safeParse(jsonIn(found));
  if (!read.success) return { kind: "unreadable" };
  const { at, build, host, confinement, of, cases } = read.data;
  const count = (verdict: string): number => cases.filter((one) => one.verdict === verdict).length;
  const facts = {
    at,
    version: build.version,
    isThisBuild: build.digest === world.build.digest,
    isThisMachine: host.hostId === world.facts.hostId && host.kernel === world.facts.kernel,
    kernel: host.kernel,
    confinement,
    held: count("held"),
    escaped: count("ESCAPED"),
    notRun: count("not run"),
    of,
    fell: cases.flatMap(({ id, attack, verdict, says }) => (verdict === "held" ? [] : [{ id, attack, verdict, says }])),
  };
  const but = objections(facts, world.clock.now().epochMs - Date.parse(at), cases.length);
  return { kind: "kept", ...facts, status: facts.escaped > 0 ? "fail" : but.length > 0 ? "warn" : "ok", but };
};

type Facts = Omit<Extract<HostileObject, { readonly kind: "kept" }>, "kind" | "status" | "but">;

const objections = (facts: Facts, ageMs: number, played: number): readonly string[] => [
  ...(facts.escaped > 0 ? [`${facts.escaped} escaped`] : []),
  ...(facts.notRun > 0 ? [`${facts.notRun} could not be run`] : []),
  ...(played === facts.of && played > 0
    ? []
    : [facts.of === null ? "it does not say how many cases there were" : `only ${played} of ${facts.of} were played`]),
  ...(facts.isThisBuild ? [] : ["another build was tried"]),
  ...(facts.isThisMachine ? [] : ["it was tried on another machine or kernel"]),
  ...(ageMs < 0 ? ["it is dated after now"] : []),
  ...(ageMs > LIMITS.hostileFreshMs ? [`it is ${Math.floor(ageMs / DAY_MS)} days old`] : []),
];

const DAY_MS = 86_400_000;

const resultSchema = z.object({
  schema: z.literal("cto/hostile-result/v1"),
  at: z.iso.datetime(),
  build: z.object({ version: z.string(), digest: z.string() }),
  host: z.object({ hostId: z.string(), kernel: z.string() }),
  confinement: z.string(),
  of: z.int().nonnegative().nullable().default(null),
  cases: z.array(
    z.object({
      id: z.string(),
      attack: z.string(),
      verdict: z.enum(["held", "ESCAPED", "not run"]),
      says: z.array(z.string()),
    }),
  ),
});

const jsonIn = ({ bytes }: SourceDocument): unknown => {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
};
