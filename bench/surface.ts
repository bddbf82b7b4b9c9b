import { apiRows } from "./surface-api.ts";

/** The Control Surface: what its API costs where a store is large. */
export const surface = async (): Promise<boolean> => {
  const rows = await apiRows();
  return rows.every(Boolean);
};
