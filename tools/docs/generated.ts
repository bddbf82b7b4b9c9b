import { cliPages } from "./cli-pages.ts";
import { codePage } from "./code-page.ts";
import { formatPage } from "./format-page.ts";
import { manPage } from "./man-page.ts";
import { nonClaimsPage } from "./non-claims-page.ts";
import { jsonSchemaOf, PUBLISHED, schemaPath } from "./published-schemas.ts";

/** Every file that is drawn from the code, by its path in the package. A test holds the files on disk to it. */
export const generatedFiles = (): ReadonlyMap<string, string> =>
  new Map([
    ...PUBLISHED.map((one) => [schemaPath(one), `${JSON.stringify(jsonSchemaOf(one), null, 2)}\n`] as const),
    ...cliPages(),
    ["docs/reference/formats.md", formatPage()],
    ["docs/reference/codes.md", codePage()],
    ["docs/non-claims.md", nonClaimsPage()],
    ["man/cto.1", manPage()],
  ]);

/** Where nothing but drawn files lies. */
export const GENERATED_FOLDERS: readonly string[] = ["schemas", "docs/reference/cli", "man"];
