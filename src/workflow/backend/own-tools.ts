/** Names of the Harness's own tools, without what an agent sets before them. */
export const OWN_TOOLS = ["read", "search", "edit", "write", "bash"] as const;

export type OwnTool = (typeof OWN_TOOLS)[number];

/**
 * Whether a tool that a model is offered is one of ours, by its name with our server's before it, as agents write it. A
 * bare name is none: several agents call their own tools so.
 */
export const isOwnTool = (name: string): boolean => OWN_NAME.test(name);

const OWN_NAME = new RegExp(`^(?:mcp__harness__|mcp_harness_|harness_{1,2})(?:${OWN_TOOLS.join("|")})$`);
