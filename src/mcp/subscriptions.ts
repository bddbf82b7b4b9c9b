import { ResourceNotFoundError, type McpServer } from "@modelcontextprotocol/server";

import { LIMITS } from "../workflow/limits.ts";
import { isResource } from "./resource-names.ts";

/** Lets a client of the older protocol subscribe to resources; answers whether it did to one. */
export const allowSubscriptions = ({ server }: McpServer): ((uri: string) => boolean) => {
  const wanted = new Set<string>();
  server.setRequestHandler("resources/subscribe", ({ params: { uri } }) => {
    if (!isResource(uri)) throw new ResourceNotFoundError(uri);
    if (wanted.size >= LIMITS.mcpSubscriptionsMax) throw new RangeError("there are too many subscriptions");
    wanted.add(uri);
    return {};
  });
  server.setRequestHandler("resources/unsubscribe", ({ params: { uri } }) => {
    wanted.delete(uri);
    return {};
  });
  return (uri) => wanted.has(uri);
};
