import { jsonSchemaOf, PUBLISHED, schemaPath } from "./published-schemas.ts";

/** Every file that is drawn from the code, by its path in the package. A test holds the files on disk to it. */
export const generatedFiles = (): ReadonlyMap<string, string> =>
  new Map(PUBLISHED.map((one) => [schemaPath(one), `${JSON.stringify(jsonSchemaOf(one), null, 2)}\n`]));
