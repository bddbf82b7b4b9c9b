/** What a stage answers: the value it produced, or the refusals that stop the workflow. */
export type Result<T, R> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusals: readonly [R, ...R[]] };

export const ok = <T>(value: T): Result<T, never> => ({ ok: true, value });

export const refuse = <R>(first: R, ...rest: readonly R[]): Result<never, R> => ({
  ok: false,
  refusals: [first, ...rest],
});

/** Goes on with the value, or passes the refusals on. */
export const after = <T, U, R, S>(result: Result<T, R>, next: (value: T) => Result<U, S>): Result<U, R | S> =>
  result.ok ? next(result.value) : result;

/** The value, unless something objects. All objections are collected: a gate never stops at the first. */
export const unless = <T, R>(objections: Iterable<R>, value: () => T): Result<T, R> => {
  const [first, ...rest] = objections;
  return first === undefined ? ok(value()) : refuse(first, ...rest);
};

/** The refusals of a result, none if it is a value. */
export const refusalsOf = <R>(result: Result<unknown, R>): readonly R[] => (result.ok ? [] : result.refusals);
