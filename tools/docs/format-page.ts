import { jsonSchemaOf, PUBLISHED, schemaPath, type JsonSchema, type PublishedSchema } from "./published-schemas.ts";

/** Every published form, member by member, on one page. */
export const formatPage = (): string =>
  [
    "# Formats",
    "",
    "The documents that the Harness reads and writes, member by member. Each form is also a JSON Schema (2020-12) in the package, under",
    "`schemas/`; its `$id` ends in its version. A form of a version never changes: what changes gets the next one. An unknown member is",
    "refused everywhere.",
    "",
    "An editor that knows YAML schemas checks policy.yaml while you type, with this line at its top and the package's real place in it:",
    "",
    "```yaml",
    "# yaml-language-server: $schema=node_modules/cto-harness/schemas/policy.v1.json",
    "```",
    "",
    "What a schema cannot say, the Harness asks for as well; it stands under each form. A document that validates may still be refused,",
    "and one that does not validate always is.",
    "",
    "<!-- Drawn from the schemas by `npm run docs`; a test holds it to them. -->",
    "",
    "| Form | Version | Schema |",
    "|---|---|---|",
    ...PUBLISHED.map((one) => `| [${one.title}](#${anchor(one.title)}) | ${one.version} | \`${schemaPath(one)}\` |`),
    "",
    ...PUBLISHED.flatMap(sectionOf),
  ].join("\n");

const sectionOf = (one: PublishedSchema): readonly string[] => [
  `## ${one.title}`,
  "",
  one.about,
  "",
  "| Member | Form | |",
  "|---|---|---|",
  ...rowsOf(jsonSchemaOf(one), ""),
  "",
  "Besides, its reader holds that:",
  "",
  ...one.beyond.map((what) => `- ${what}`),
  "",
];

function* rowsOf(form: JsonSchema, place: string): Iterable<string> {
  const required = new Set(form.required);
  for (const [key, member] of Object.entries(form.properties ?? {})) {
    const at = place === "" ? key : `${place}.${key}`;
    yield `| \`${at}\`${required.has(key) ? "" : " (optional)"} | ${cell(kindOf(member))} | ${cell(member.description ?? "")} |`;
    yield* rowsOf(member, at);
  }
  if (typeof form.items === "object") yield* rowsOf(form.items, `${place}[]`);
  for (const [at, item] of (form.prefixItems ?? []).entries()) yield* rowsOf(item, `${place}[${at}]`);
  if (typeof form.additionalProperties === "object") yield* rowsOf(form.additionalProperties, `${place}.*`);
  for (const one of form.anyOf ?? []) yield* rowsOf(one, place);
}

/** A form in a few words: `a whole number from 1 to 200`. */
const kindOf = (form: JsonSchema): string => {
  const { type, enum: known, const: only, pattern, minimum, maximum, exclusiveMinimum, format, anyOf } = form;
  if (only !== undefined) return `\`${String(only)}\``;
  if (Array.isArray(known))
    return known.length > 12 ? `one of ${known.length} names` : known.map((one) => `\`${String(one)}\``).join(", ");
  if (anyOf !== undefined) return [...new Set(anyOf.map(kindOf))].join(" or ");
  if (form["$ref"] !== undefined) return "any JSON";
  if (type === "array")
    return form.prefixItems === undefined
      ? `a list${countOf(form)}, each ${kindOf(form.items === undefined || form.items === false ? {} : form.items)}`
      : `a list of ${form.prefixItems.length}`;
  if (type === "object")
    return form.properties === undefined && typeof form.additionalProperties === "object"
      ? `a map, each ${kindOf(form.additionalProperties)}`
      : "members";
  if (type === "integer" || type === "number") {
    const least = minimum ?? (exclusiveMinimum === undefined ? undefined : `above ${String(exclusiveMinimum)}`);
    return `${type === "integer" ? "a whole number" : "a number"}${rangeOf(least, maximum)}`;
  }
  if (type === "boolean") return "`true` or `false`";
  if (type === "null") return "`null`";
  if (format === "date-time") return "an instant, RFC 3339 in UTC";
  if (format === "date") return "a day";
  const patterns = [
    pattern,
    ...((form["allOf"] as { pattern?: string }[] | undefined) ?? []).map((one) => one.pattern),
  ];
  const shown = patterns.flatMap((one) => (typeof one === "string" && SHORT.test(one) ? [`\`${one}\``] : []));
  return ["text", ...shown].join(" ");
};

const SHORT = /^(?!\^\\P\{Cc\}\*\$$).{1,60}$/;

const rangeOf = (least: unknown, most: unknown): string => {
  if (typeof most === "number" && most < Number.MAX_SAFE_INTEGER)
    return ` ${String(least ?? "")} to ${most.toLocaleString("en-US")}`.replace("  ", " up ");
  return least === undefined || least === Number.MIN_SAFE_INTEGER ? "" : ` of ${String(least)} or more`;
};

const countOf = ({ minItems, maxItems }: JsonSchema): string =>
  minItems === undefined && maxItems === undefined
    ? ""
    : ` of ${String(minItems ?? 0)} to ${String(maxItems ?? "any number")}`;

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
const anchor = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, "")
    .replaceAll(" ", "-");
