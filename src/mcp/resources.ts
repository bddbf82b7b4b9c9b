import {
  ResourceNotFoundError,
  ResourceTemplate,
  type McpServer,
  type ReadResourceResult,
} from "@modelcontextprotocol/server";

import { LIMITS } from "../workflow/limits.ts";
import type { McpGround } from "./ground.ts";
import { AUDIT_HEAD, BUNDLE_FILES, INBOX, isResource } from "./resource-names.ts";
import { shown, shownText } from "./shown.ts";

/** What a client may keep in view: the inbox, a work item, the readable files of a bundle, the ledger's newest entry. */
export const registerResources = (server: McpServer, { reading, mustBeHere }: McpGround): void => {
  server.registerResource("inbox", INBOX, { title: "What needs whom", mimeType: JSON_TYPE }, async () => {
    await mustBeHere();
    return jsonContent(INBOX, await reading.status());
  });
  server.registerResource("audit-head", AUDIT_HEAD, { title: "The ledger's end", mimeType: JSON_TYPE }, async () => {
    await mustBeHere();
    const { size } = await reading.audit({ after: Number.MAX_SAFE_INTEGER, limit: 1 });
    const { entries } = await reading.audit({ after: Math.max(0, size - 1), limit: 1 });
    return jsonContent(AUDIT_HEAD, { size, newest: entries[0] ?? null });
  });
  server.registerResource(
    "work",
    new ResourceTemplate("cto://w/{id}", { list: async () => ({ resources: await worksListed(reading) }) }),
    { title: "One work item", mimeType: JSON_TYPE },
    async (uri, { id }) => {
      await mustBeHere();
      const found = await reading.work(namedBy(uri, id));
      if (!found.found) throw new ResourceNotFoundError(uri.href);
      return jsonContent(uri.href, found.value);
    },
  );
  for (const file of BUNDLE_FILES) {
    const template = new ResourceTemplate(`cto://r/{id}/${file}`, { list: undefined });
    server.registerResource(`run-${file}`, template, { title: `${file} of a run` }, async (uri, { id }) => {
      await mustBeHere();
      const at = { offset: 0, length: LIMITS.mcpAnswerBytesMax };
      const part = await reading.artifact(namedBy(uri, id), file, at);
      if (!part.found) throw new ResourceNotFoundError(uri.href);
      if (part.value.size > at.length)
        throw new RangeError(`${file} has ${part.value.size} bytes: read it by cto_read_evidence, part by part`);
      return content(uri.href, shownText(new TextDecoder().decode(part.value.bytes)), typeOf(file));
    });
  }
};

const JSON_TYPE = "application/json";

const typeOf = (file: (typeof BUNDLE_FILES)[number]): string =>
  file.endsWith(".json") ? JSON_TYPE : file.endsWith(".md") ? "text/markdown" : "text/plain";

// A template would also take what is no id; only the forms of the house are asked for.
const namedBy = ({ href }: URL, id: string | readonly string[] | undefined): string => {
  if (typeof id !== "string" || !isResource(href)) throw new ResourceNotFoundError(href);
  return id;
};

const worksListed = async (reading: McpGround["reading"]): Promise<{ uri: string; name: string }[]> =>
  (await reading.works()).slice(0, LIMITS.mcpRowsMax).map(({ work }) => ({
    uri: `cto://w/${work}`,
    name: work,
  }));

const jsonContent = (uri: string, told: object): ReadResourceResult =>
  content(uri, JSON.stringify(shown(told), null, 2), JSON_TYPE);

const content = (uri: string, text: string, mimeType: string): ReadResourceResult => ({
  contents: [{ uri, mimeType, text, _meta: { untrusted: true } }],
});
