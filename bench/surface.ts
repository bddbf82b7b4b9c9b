import { apiRows } from "./surface-api.ts";
import { pageRows } from "./surface-pages.ts";

/** The Control Surface: what its API costs where a store is large, and what its pages cost in a browser. */
export const surface = async (): Promise<boolean> => {
  const rows = [...(await pageRows()), ...(await apiRows())];
  return rows.every(Boolean);
};
