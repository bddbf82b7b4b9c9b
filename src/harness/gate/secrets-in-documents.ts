import type { Standing } from "../../workflow/gate/standing.ts";
import { secretScanner } from "../../workflow/secret-scan.ts";
import { lookedFor } from "../backend/redactor.ts";
import type { Facts } from "../home/read-facts.ts";
import type { World } from "../world.ts";

/** Where the documents that a bundle holds unedited have a secret in them, first line first. */
export const secretsInDocuments = (
  environment: World["environment"],
  { authority, policySource, drawn, admissionSource }: Facts,
): Standing["secretsInDocuments"] => {
  const { patterns, values } = lookedFor(environment, authority.ok ? authority.value : "unread");
  const scanner = secretScanner(patterns, values);
  const sources = drawn.ok ? [drawn.value.packet.source, drawn.value.checksSource] : [];
  return [policySource, admissionSource, ...sources].flatMap((source) => {
    if (source === "absent") return [];
    const text = Buffer.from(source.bytes).toString("latin1");
    return scanner
      .scan(text, 0, "end")
      .found.slice(0, TOLD_MAX)
      .map(({ from, rule }) => ({
        file: source.path,
        line: text.slice(0, from).split("\n").length,
        rule,
      }));
  });
};

const TOLD_MAX = 5;
