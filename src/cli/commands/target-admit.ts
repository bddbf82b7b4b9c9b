import path from "node:path";

import { admitTarget } from "../../harness/admission/admit-target.ts";
import type { BackendKind } from "../../workflow/contract/contract.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { admissionRows, foundText } from "../show-target.ts";
import { short, table } from "../show.ts";
import { withWorld } from "../with-world.ts";

interface Flags {
  readonly key: string;
  readonly id?: string;
  readonly owner?: string;
  readonly risk?: string;
  readonly stage?: readonly number[];
  readonly backend?: readonly BackendKind[];
  readonly expires?: number;
  readonly reason?: string;
}

const QUARTER_MS = 90 * 86_400_000;

/** `cto target admit PATH`: observed, written, signed by the owner, and checked as the gate will check it. */
export const act: Act<Flags, [string]> = (context, flags, given) =>
  withWorld(context, flags, "write", async (world) => {
    const target = path.resolve(context.cwd, given);
    const admitted = await admitTarget(world, {
      target,
      id: flags.id,
      owner: flags.owner,
      risk: flags.risk,
      stages: flags.stage,
      backends: flags.backend,
      expiresMs: flags.expires ?? QUARTER_MS,
      reason: flags.reason ?? "",
      key: path.resolve(context.cwd, flags.key),
    });
    if (!admitted.ok)
      return {
        noun: "admission",
        exit: EXIT.refused,
        data: { target },
        text: "",
        refusals: admitted.refusals,
        spared: "Nothing was admitted and nothing was written.",
      };
    const { record, path: place, sha256, signedBy, observation, isNamed } = admitted.value;
    const findings = observation.findings.map((found) => ["listed", foundText(found)]);
    const rows = [
      ...admissionRows(record, place, world.clock.now().epochMs),
      ["seen", `${visible(observation.branch)}@${observation.head.slice(0, 12)}, clean`],
      ...findings,
      ["signed", `${signedBy}   record ${short(sha256)}`],
      ["next", isNamed ? "cto work list, then cto approve WORK-ID --key KEY" : "cto packet new"],
    ];
    return {
      noun: "admission",
      exit: EXIT.done,
      data: { admission: record, path: place, sha256, signedBy, findings: observation.findings },
      text: `admitted  ${visible(record.path)}\n${table(rows)}`,
    };
  });
