import path from "node:path";

import type { Backend } from "../../seams/backend.ts";
import type { Authority } from "../../workflow/authority.ts";
import type { BackendKind } from "../../workflow/contract/contract.ts";
import type { Upstream } from "../../workflow/relay-policy.ts";
import { acpBackend } from "./acp-backend.ts";
import { caseBackend } from "./case-backend.ts";
import { commandBackend } from "./command-backend.ts";
import { whichCase } from "./find-case.ts";
import type { AgentOptions } from "./found-agent.ts";
import { scriptedBackend } from "./scripted-backend.ts";

interface BackendGround {
  /** Absolute path of the home. */
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly textOf: AgentOptions["textOf"];
}

/** The backend of a kind as policy.yaml configures it; undefined where it configures none. */
export const configuredBackends = ({
  home,
  environment,
  textOf,
}: BackendGround): ((kind: BackendKind, authority: Authority) => Backend | undefined) => {
  const upstreamOf = ({ backends, relay }: Authority, kind: BackendKind): Upstream | "none" =>
    relay?.upstreams[backends[kind]?.upstream ?? ""] ?? "none";
  const agentOptions = (authority: Authority, kind: "acp" | "command"): AgentOptions => {
    const { profile = "", packages } = authority.backends[kind] ?? {};
    return {
      profile,
      textOf,
      packages: packages ?? environment["CTO_HARNESS_AGENTS"],
      upstream: upstreamOf(authority, kind),
    };
  };
  return (kind, authority) => {
    switch (kind) {
      case "scripted":
        return authority.backends.scripted === undefined
          ? undefined
          : scriptedBackend({
              stepsPath: () => Promise.resolve(path.resolve(home, authority.backends.scripted?.steps ?? "")),
            });
      case "case":
        return authority.backends.case === undefined
          ? undefined
          : caseBackend({
              binary: () => whichCase(authority.backends.case?.binary, environment),
              upstream: upstreamOf(authority, "case"),
              profile: authority.backends.case.profile,
            });
      case "acp":
        return authority.backends.acp === undefined ? undefined : acpBackend(agentOptions(authority, "acp"));
      case "command":
        return authority.backends.command === undefined
          ? undefined
          : commandBackend(agentOptions(authority, "command"));
    }
  };
};
