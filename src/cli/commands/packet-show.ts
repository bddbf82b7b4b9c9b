import { drawnFrom, readPackets } from "../../harness/home/documents.ts";
import { openWorkGround } from "../../harness/home/work-ground.ts";
import { packetObject } from "../../harness/objects/packet-object.ts";
import { viewOfWork } from "../../harness/reading/read-works.ts";
import { contractDigest, contractText } from "../../workflow/contract/contract.ts";
import { digestWords, fours } from "../../workflow/digest-words.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { pickPacket } from "../pick-packet.ts";
import { table } from "../show.ts";
import { withWorld } from "../with-world.ts";

/** `cto packet show ID`: the contract that its bytes say, or why they say none. */
export const act: Act<{ readonly raw: boolean; readonly contract: boolean }, [string]> = (context, flags, given) =>
  withWorld(context, flags, "read", async (world) => {
    const found = pickPacket(await readPackets(world), given);
    if ("noun" in found) return found;
    const { source, read } = found;
    const about = { packet: source.path, digests: { packet: source.digest } };
    if (flags.raw) return { noun: "packet", exit: EXIT.done, data: about, text: "", raw: source.bytes };
    const drawn = await drawnFrom(world, read);
    if (!drawn.ok)
      return {
        noun: "packet",
        exit: EXIT.refused,
        data: about,
        text: "",
        refusals: drawn.refusals,
        spared: "No contract was drawn.",
      };
    const { packet, contract } = drawn.value;
    const digests = { packet: source.digest, contract: contractDigest(contract) };
    const view = await viewOfWork(await openWorkGround(world), contract.workItem);
    const rows = [
      ["packet", `${visible(source.path)}   ${fours(digests.packet)}  ${digestWords(digests.packet)}`],
      ["contract", fours(digests.contract)],
      ["state", visible(view.word)],
      ["next", view.next === "" ? view.who : `${view.who}: ${visible(view.next)}`],
      [
        "target",
        `${visible(contract.targetRepository.path)}   ${visible(contract.targetRepository.riskClassification)}`,
      ],
      ["task", visible(contract.task.statement)],
      ["may write", contract.allowedPaths.map(visible).join(", ")],
      ["never", contract.forbiddenPaths.map(visible).join(", ")],
      ...(contract.allowedHosts === undefined ? [] : [["may reach", contract.allowedHosts.map(visible).join(", ")]]),
      ["checks", `${contract.successCriteria.length} criteria · ${visible(contract.validation.argv.join(" "))}`],
      ["gate", `backend ${contract.executionGate.backend}, stage ${contract.executionGate.stage}`],
      ["sentence", visible(contract.requiredApproval)],
    ];
    return {
      noun: "packet",
      exit: EXIT.done,
      data: { ...packetObject(drawn.value, view) },
      text: `${contract.workItem}  ${visible(packet.title.value)}\n${table(rows)}`,
      ...(flags.contract ? { raw: new TextEncoder().encode(contractText(contract)) } : {}),
    };
  });
