import type { Authority } from "../../workflow/authority.ts";
import type { BackendKind } from "../../workflow/contract/contract.ts";
import { visible } from "../../workflow/visible-text.ts";

/** What policy.yaml puts behind a backend kind, as the approver sees it: the agent, and the models it can reach. */
export const behindBackend = (authority: Authority, kind: BackendKind): readonly string[] =>
  linesOf(authority, kind).map(visible);

const linesOf = ({ backends, relay }: Authority, kind: BackendKind): readonly string[] => {
  const configured = backends[kind];
  if (configured === undefined) return [];
  const agent = "profile" in configured && configured.profile !== undefined ? [`profile ${configured.profile}`] : [];
  const name = configured.upstream;
  const upstream = name === undefined ? undefined : relay?.upstreams[name];
  if (name === undefined || upstream === undefined) return [...agent, "no model"];
  return [...agent, `model ${upstream.models.join(", ")} of upstream ${name} at ${upstream.origin}`];
};
