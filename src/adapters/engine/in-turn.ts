/** An order that waits or runs, as far as its turn depends on it. */
export interface Turning {
  readonly owner: string;
  readonly target: string;
  readonly priority: number;
}

/** When an owner or a target had its last turn: a higher number is later, and none at all is longest ago. */
export interface Turns {
  readonly owners: ReadonlyMap<string, number>;
  readonly targets: ReadonlyMap<string, number>;
}

/**
 * Those that wait, oldest first, in the order in which they are taken: by priority; then the owner who has the fewest that
 * run, of several the one whose turn is longest ago; of his targets the one whose turn is longest ago; then by age. Owners
 * who have as many as they may are passed over.
 */
export function* inTurn<T extends Turning>(
  waiting: readonly T[],
  running: readonly Turning[],
  turns: Turns,
  atOncePerOwner: number = Infinity,
): Generator<T, void, undefined> {
  const has = new Map<string, number>();
  for (const { owner } of running) has.set(owner, (has.get(owner) ?? 0) + 1);
  const lastOf = new Map(turns.owners);
  let turn = Math.max(0, ...lastOf.values());
  const classes = [...Map.groupBy(waiting, ({ priority }) => priority)].toSorted(([a], [b]) => a - b);
  for (const [, orders] of classes) {
    const owners = new Map(
      [...Map.groupBy(orders, ({ owner }) => owner)].map(([owner, own]) => [owner, byTarget(own, turns.targets)]),
    );
    for (;;) {
      const owner = nextOwner([...owners.keys()], has, lastOf, atOncePerOwner);
      const targets = owner === undefined ? undefined : owners.get(owner);
      const target = targets?.shift();
      const order = target?.shift();
      if (owner === undefined || targets === undefined || target === undefined || order === undefined) break;
      if (target.length > 0) targets.push(target);
      if (targets.length === 0) owners.delete(owner);
      has.set(owner, (has.get(owner) ?? 0) + 1);
      lastOf.set(owner, (turn += 1));
      yield order;
    }
  }
}

/** The orders of each target, the target first whose turn is longest ago. */
const byTarget = <T extends Turning>(orders: readonly T[], turns: ReadonlyMap<string, number>): T[][] =>
  [...Map.groupBy(orders, ({ target }) => target)]
    .toSorted(([a], [b]) => (turns.get(a) ?? 0) - (turns.get(b) ?? 0))
    .map(([, own]) => own);

const nextOwner = (
  owners: readonly string[],
  has: ReadonlyMap<string, number>,
  lastOf: ReadonlyMap<string, number>,
  atOncePerOwner: number,
): string | undefined => {
  const key = (owner: string): readonly [number, number] => [has.get(owner) ?? 0, lastOf.get(owner) ?? 0];
  return owners
    .filter((owner) => (has.get(owner) ?? 0) < atOncePerOwner)
    .reduce<string | undefined>((best, owner) => {
      if (best === undefined) return owner;
      const [[count, last], [bestCount, bestLast]] = [key(owner), key(best)];
      return count < bestCount || (count === bestCount && last < bestLast) ? owner : best;
    }, undefined);
};
