/** What something comes to, or undefined when whoever waited for it has gone. */
export const orGone = <T>(work: Promise<T>, gone: AbortSignal): Promise<T | undefined> =>
  new Promise((resolve, reject) => {
    if (gone.aborted) resolve(undefined);
    gone.addEventListener("abort", () => resolve(undefined), { once: true });
    work.then(resolve, reject);
  });
