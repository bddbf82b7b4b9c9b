import { openField, type Field } from "./field.ts";

/** The fields of one test file: each opened for its case, all closed in the end. */
export const openFields = (): { readonly field: typeof openField; readonly close: () => Promise<void> } => {
  const fields: Field[] = [];
  return {
    field: async (order) => {
      const one = await openField(order);
      fields.push(one);
      return one;
    },
    close: async () => {
      await Promise.all(fields.map((one) => one.close()));
    },
  };
};
