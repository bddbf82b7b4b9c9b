import type { Admission } from "../../workflow/admission/admission.ts";
import type { Authority } from "../../workflow/authority.ts";
import type { ContractView } from "../../workflow/contract/contract-view.ts";
import { contractDigest } from "../../workflow/contract/contract.ts";
import { contractView, section, viewText } from "../../workflow/contract/preview-contract.ts";
import type { WorkId } from "../../workflow/ids.ts";
import type { Refusal } from "../../workflow/refusal.ts";
import { ok, refusalsOf, type Result } from "../../workflow/result.ts";
import type { TrustRoot } from "../../workflow/trust-root.ts";
import { agentFileLines } from "../admission/agent-files.ts";
import type { Drawn } from "../home/documents.ts";
import { readFacts, refuseAll, type Facts } from "../home/read-facts.ts";
import type { World } from "../world.ts";
import { behindBackend } from "./behind-backend.ts";

/** What the owner is shown before the words are asked for: everything that the signature will bind (R052). */
export interface Presented extends Drawn {
  readonly view: ContractView;
  readonly digests: Readonly<Record<string, string>>;
  /** The view as the text whose digest the record will hold. */
  readonly text: string;
  readonly admission: Admission;
  readonly authority: Authority;
  readonly trust: TrustRoot;
}

/** The whole contract with its digests, or every reason why nothing can be approved now. */
export const present = async (world: World, work: WorkId): Promise<Result<Presented, Refusal>> =>
  presentFacts(world, await readFacts(world, work));

/** The same of facts that were read already. */
export const presentFacts = (
  world: Pick<World, "build">,
  { authority, trust, drawn, observation, admission, agentFiles }: Facts,
): Result<Presented, Refusal> => {
  if (!authority.ok || !trust.ok || !drawn.ok || !observation.ok || !admission.ok)
    return refuseAll([authority, trust, drawn, admission, observation].flatMap(refusalsOf));
  const { head, tree, branch, realPath } = observation.value;
  const { packet, contract, checks, checksSource } = drawn.value;
  const digests = {
    packet: packet.source.digest,
    contract: contractDigest(contract),
    admission: admission.value.digest,
    policy: authority.value.digest,
    checks: checksSource === "absent" ? "none" : checksSource.digest,
    target: `${realPath} ${branch}@${head} tree ${tree}`,
    harness: `${world.build.version} ${world.build.digest}`,
  };
  const { title, sections } = contractView(packet, contract, digests);
  const probes = checks.map(
    ({ criterion, argv, onBase }) => `${criterion}: ${JSON.stringify(argv)} (on the base: ${onBase})`,
  );
  const found = agentFileLines(observation.value, agentFiles, contract.allowedPaths);
  const kind = contract.executionGate.backend;
  const beside = [
    section(`Behind backend ${kind}, by policy.yaml`, [], behindBackend(authority.value, kind)),
    section("Probes of the owner, run by the Harness beside the validation", [], probes),
    section("Files in the target that speak to agents; nothing in them grants anything", [], found),
  ];
  const view = { title, sections: [...sections, ...beside.filter(({ lines }) => lines.length > 0)] };
  const judged = { admission: admission.value, authority: authority.value, trust: trust.value };
  return ok({ ...drawn.value, ...judged, view, digests, text: viewText(view) });
};
