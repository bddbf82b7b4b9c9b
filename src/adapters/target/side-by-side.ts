/**
 * What was begun side by side is awaited together and then judged in its order, so that of two troubles always the same
 * one is told, and nothing goes on behind the answer.
 */
export const orThrow = <T>(settled: PromiseSettledResult<T>): T => {
  if (settled.status === "rejected") throw settled.reason;
  return settled.value;
};
