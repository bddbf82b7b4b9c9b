import { contractDigest } from "../../workflow/contract/contract.ts";
import type { Drawn } from "../home/documents.ts";
import type { WorkView } from "../reading/read-works.ts";
import type { PacketObject } from "./packet.ts";
import { workObject } from "./work-object.ts";

/** A packet with the contract that its bytes say. */
export const packetObject = ({ packet, contract }: Drawn, view: WorkView): PacketObject => ({
  packet: packet.source.path,
  contract,
  digests: { packet: packet.source.digest, contract: contractDigest(contract) },
  state: view.state,
  work: workObject(view),
  sentence: contract.requiredApproval,
});
