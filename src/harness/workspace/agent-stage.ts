import path from "node:path";

import type { StageOrder } from "../../seams/sandbox.ts";
import type { BackendKind } from "../../workflow/contract/contract.ts";
import type { Permit } from "../../workflow/gate/permit.ts";
import type { Workspace } from "../../workflow/workspace/workspace.ts";
import type { RelayDesk } from "../backend/relay-desk.ts";
import type { World } from "../world.ts";

/** What the stage of an agent is made from; a permit has it, and `cto sandbox` asks for no more. */
export type StageGround = Pick<Permit, "run" | "contract" | "authority" | "admission" | "confinement">;

export interface AgentStage {
  readonly workspace: Workspace;
  readonly desk: Pick<RelayDesk, "socket" | "tunnel" | "files">;
  readonly backend: BackendKind;
  readonly needs: Pick<StageOrder, "readOnlyHostPaths" | "files">;
}

/** The stage in which an agent works on a contract, and in which anybody may try a command as one. */
export const agentStageOrder = (
  world: World,
  ground: StageGround,
  { workspace, desk, backend, needs }: AgentStage,
): StageOrder => {
  const { contract, authority, confinement } = ground;
  return {
    purpose: "agent",
    confinement,
    relay: desk.socket,
    tunnel: desk.tunnel,
    limits: authority.limits,
    workspace,
    checkout: (owner, use) => world.target.checkout(ground, workspace, owner, use),
    // Case keeps its task and its log in the Workspace; whatever lies there is scratch and never exported.
    writable: backend === "case" ? [...contract.allowedPaths, ".case/"] : contract.allowedPaths,
    masked: [...contract.forbiddenPaths, ...authority.baseForbiddenPaths],
    readOnly: [],
    readOnlyHostPaths: [...authority.toolchains.map((folder) => path.normalize(folder)), ...needs.readOnlyHostPaths],
    files: [...needs.files, ...desk.files],
    uidBase: authority.uidBase,
  };
};
