import { z } from "zod";

import { admissionSchema } from "../../src/workflow/admission/admission-record.ts";
import { approvalSchema } from "../../src/workflow/approval/read-approval-record.ts";
import { eventSchema } from "../../src/workflow/event-chain.ts";
import { reportSchema } from "../../src/workflow/evidence/schemas/report.ts";
import { PACKET_STATUSES, PRINCIPAL, PROMOTIONS } from "../../src/workflow/packet/frontmatter-values.ts";
import { policySchema } from "../../src/workflow/read-policy.ts";
import { ADMISSION_WORDS } from "./words/admission-words.ts";
import { APPROVAL_WORDS } from "./words/approval-words.ts";
import { EVENT_WORDS } from "./words/event-words.ts";
import { FRONTMATTER_WORDS } from "./words/frontmatter-words.ts";
import { POLICY_WORDS } from "./words/policy-words.ts";
import { REPORT_WORDS } from "./words/report-words.ts";

/** A form of JSON Schema 2020-12, as far as it is read here. */
export interface JsonSchema {
  [keyword: string]: unknown;
  description?: string;
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema | false;
  prefixItems?: JsonSchema[];
  additionalProperties?: JsonSchema | false;
  anyOf?: JsonSchema[];
  required?: string[];
}

/** One published form: what it is of, and what only its reader can hold. */
export interface PublishedSchema {
  readonly name: string;
  readonly version: number;
  readonly title: string;
  /** Where such a document lies, and who writes it. */
  readonly about: string;
  /** What a schema cannot say and the Harness holds it to as well. */
  readonly beyond: readonly string[];
  readonly schema: z.ZodType;
  /** A sentence for each member, by its place: `limits.wallMs`, `stages[]`, `riskClasses.*`. */
  readonly words: Readonly<Record<string, string>>;
}

const day = z.iso.date();

// The ten keys are read line by line (docs/adr/0002-line-grammar.md), so their form is written out here from the rules.
const frontmatterSchema = z.strictObject({
  name: z.string().regex(/^cto(?:-[a-z0-9]+)+-approval-packet$/),
  tier: z.literal("local"),
  status: z.enum(PACKET_STATUSES),
  owner: z.string().regex(PRINCIPAL),
  source: z.string().regex(/^(?![/\\~:])(?!.*(?:^|\/)\.{0,2}(?:\/|$)).+$/),
  created: day,
  last_reviewed: day,
  lifecycle_classification: z.literal("planning"),
  core_promotion_status: z.enum(PROMOTIONS),
  description: z.string().min(1),
});

export const PUBLISHED: readonly PublishedSchema[] = [
  {
    name: "packet-frontmatter",
    version: 1,
    title: "Frontmatter of an Approval Packet",
    about:
      "The ten keys between the first two `---` of `.sot/03-PROTOCOLS/…-APPROVAL-PACKET.md`. The author writes them; they grant nothing.",
    beyond: [
      "every value stands flat on its own line: no comment, list, anchor, tag or escape",
      "name is the file's name in small letters, without .md",
      "last_reviewed lies on or after created, and neither lies after today",
      "source is another file than the packet",
    ],
    schema: frontmatterSchema,
    words: FRONTMATTER_WORDS,
  },
  {
    name: "admission",
    version: 1,
    title: "Admission of a Target Repository",
    about:
      "`.sot/03-PROTOCOLS/…-ADMISSION.json`, written by `cto target admit` and signed by the owner beside it (`.sig`).",
    beyond: [
      "it expires after it begins",
      "no key stands twice",
      "its signature is the owner's, over exactly these bytes",
    ],
    schema: admissionSchema,
    words: ADMISSION_WORDS,
  },
  {
    name: "policy",
    version: 1,
    title: "Policy of a home",
    about:
      "`.sot/authority/policy.yaml`, written by `cto init` and edited by the owner. An approval is bound to its bytes.",
    beyond: [
      "plain YAML 1.2: no anchor, alias, tag or key twice, no character that cannot be seen",
      "an upstream that a backend names stands under relay.upstreams",
      "approval.quorum asks no more than are eligible",
      "a granted host is a public name with a port",
      "a pattern of your own has a name that no known one has",
    ],
    schema: policySchema,
    words: POLICY_WORDS,
  },
  {
    name: "approval",
    version: 1,
    title: "Approval record",
    about:
      "The bytes that a person signs when they approve: an in-toto Statement in `approval/` of every bundle, and in the ledger.",
    beyond: [
      "each digest is the one of what it names, the sentence's among them",
      "the instants are in order, and the approver is eligible",
      "target and its subject name the same commit and tree",
      "its signature is by a key of the trust root, in namespace approval@cto-harness",
    ],
    schema: approvalSchema,
    words: APPROVAL_WORDS,
  },
  {
    name: "event",
    version: 1,
    title: "One line of events.normalized.jsonl",
    about:
      "A fact of a run as CloudEvents 1.0, one JSON object a line, written by the Harness and chained to the line before.",
    beyond: [
      "the line is canonical JSON (RFC 8785)",
      "prevhash is the SHA-256 of the line before it, sequence counts from 0",
      "dataschema names the type's own version",
      "nothing follows run.finished",
    ],
    schema: eventSchema,
    words: EVENT_WORDS,
  },
  {
    name: "report",
    version: 1,
    title: "Report of a run",
    about: "`report.json` of every bundle: all that report.md and the pages may show.",
    beyond: [
      "every digest that it cites is the one of that file",
      "each verdict follows from the events, and is drawn again by `cto verify`",
    ],
    schema: reportSchema,
    words: REPORT_WORDS,
  },
];

/** `schemas/policy.v1.json` and so on, relative to the package. */
export const schemaPath = ({ name, version }: PublishedSchema): string => `schemas/${name}.v${version}.json`;

/** The form as JSON Schema 2020-12 with the words of its members. Throws for a member without words, and for words of none. */
export const jsonSchemaOf = (published: PublishedSchema): JsonSchema => {
  const { name, version, title, about, beyond, schema, words } = published;
  const drawn = z.toJSONSchema(schema, { target: "draft-2020-12", io: "input", unrepresentable: "any" }) as JsonSchema;
  const unused = new Set(Object.keys(words));
  describe(drawn, "", words, unused);
  if (unused.size > 0) throw new TypeError(`${name}: words of no member: ${[...unused].join(", ")}`);
  const { $schema, ...rest } = drawn;
  return {
    $schema,
    $id: `urn:cto-harness:schema:${name}:v${version}`,
    title,
    description: about,
    $comment: `Version ${version}. The Harness asks more than a schema can say: ${beyond.join("; ")}.`,
    ...rest,
  };
};

const describe = (form: JsonSchema, place: string, words: PublishedSchema["words"], unused: Set<string>): void => {
  for (const [key, member] of Object.entries(form.properties ?? {})) {
    const at = place === "" ? key : `${place}.${key}`;
    const says = words[at];
    if (says === undefined) throw new TypeError(`no words for ${at}`);
    unused.delete(at);
    member.description = says;
    describe(member, at, words, unused);
  }
  if (typeof form.items === "object") describe(form.items, `${place}[]`, words, unused);
  for (const [at, item] of (form.prefixItems ?? []).entries()) describe(item, `${place}[${at}]`, words, unused);
  if (typeof form.additionalProperties === "object") describe(form.additionalProperties, `${place}.*`, words, unused);
  for (const one of form.anyOf ?? []) describe(one, place, words, unused);
};
