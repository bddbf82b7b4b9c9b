import { COMPILE_CACHE } from "./fixtures/compile-cache.ts";

/** Tests run on the pinned Node; typed by hand, `node_modules/.bin/vitest` would take the system's and fail in odd ways. */
export const setup = (): void => {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < 24) throw new Error(`These tests need Node 24 and this is ${process.versions.node}. Use: npm test`);
  Object.assign(process.env, COMPILE_CACHE);
};
