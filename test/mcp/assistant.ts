import { Client } from "@modelcontextprotocol/client";
import { InMemoryTransport } from "@modelcontextprotocol/server";

import { openMcpGround } from "../../src/compose-mcp.ts";
import { serveGround } from "../../src/mcp/server.ts";

/** A client of the protocol's own library that talks to our server in this process. */
export interface Assistant {
  readonly client: Client;
  /** What a tool answers. */
  call(name: string, given?: Readonly<Record<string, unknown>>): Promise<Called>;
  close(): Promise<void>;
}

export interface Called {
  readonly told: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly isError: boolean;
}

export const openAssistant = async (
  home: string,
  environment: Readonly<Record<string, string>> = {},
  protocol: "legacy" | "auto" = "legacy",
): Promise<Assistant> => {
  const ground = await openMcpGround({ home, cwd: "/", environment });
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  const served = serveGround(ground, { transport: ours, pollMs: 20 });
  const client = new Client({ name: "a test", version: "1.0.0" }, { versionNegotiation: { mode: protocol } });
  await client.connect(theirs);
  return {
    client,
    call: (name, given = {}) => callTool(client, name, given),
    close: async () => {
      await client.close();
      await served.close();
      await served.ended;
      await ground.close();
    },
  };
};

export const callTool = async (
  client: Client,
  name: string,
  given: Readonly<Record<string, unknown>> = {},
): Promise<Called> => {
  const answer = await client.callTool({ name, arguments: { ...given } });
  const texts = answer.content.flatMap((block) => (block.type === "text" ? [block.text] : []));
  return {
    told: (answer.structuredContent ?? {}) as Readonly<Record<string, unknown>>,
    text: texts.join("\n"),
    isError: answer.isError === true,
  };
};
