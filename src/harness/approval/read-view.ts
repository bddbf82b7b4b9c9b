import type { ContractView } from "../../workflow/contract/contract-view.ts";
import { contractDigest } from "../../workflow/contract/contract.ts";
import { contractView, viewText } from "../../workflow/contract/preview-contract.ts";
import { digestWords, fours } from "../../workflow/digest-words.ts";
import { digestOf } from "../../workflow/digest.ts";
import type { Refusal } from "../../workflow/refusal.ts";
import type { Drawn } from "../home/documents.ts";
import { refusalObject } from "../objects/refusal-object.ts";
import type { PacketView } from "../objects/view.ts";
import type { World } from "../world.ts";
import { present } from "./present.ts";

/** What the owner would be shown of a packet now, byte for byte where it can be approved, and what hinders that. */
export const readView = async (
  world: World,
  drawn: Drawn,
): Promise<{ readonly view: PacketView; readonly hindrances: readonly Refusal[] }> => {
  const shown = await present(world, drawn.contract.workItem);
  if (shown.ok) return { view: viewed(drawn, shown.value, "approvable", []), hindrances: [] };
  const { view, digests } = unasked(drawn);
  return { view: viewed(drawn, { view, digests }, "hindered", shown.refusals), hindrances: shown.refusals };
};

/** The view of a packet of which nothing was asked of home or target. */
export const viewAlone = (drawn: Alone): PacketView => viewed(drawn, unasked(drawn), "hindered", []);

type Alone = Pick<Drawn, "packet" | "contract">;

interface Seen {
  readonly view: ContractView;
  readonly digests: Readonly<Record<string, string>>;
}

const unasked = ({ packet, contract }: Alone): Seen => {
  const unknown = "not known yet";
  const known = { packet: packet.source.digest, contract: contractDigest(contract) };
  const digests = { ...known, admission: unknown, policy: unknown, target: unknown };
  return { digests, view: contractView(packet, contract, digests) };
};

const viewed = (
  { packet }: Alone,
  { view, digests }: Seen,
  kind: "approvable" | "hindered",
  hindrances: readonly Refusal[],
): PacketView => {
  const text = viewText(view);
  return {
    title: view.title,
    sections: view.sections,
    digests,
    mark: { hex: fours(packet.source.digest), words: digestWords(packet.source.digest) },
    text,
    sha256: digestOf(text),
    approvable: kind === "approvable",
    hindrances: hindrances.map(refusalObject),
  };
};
