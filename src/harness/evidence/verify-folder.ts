import type { Archive, OpenBundle } from "../../seams/archive.ts";
import type { Assurance } from "../../workflow/authority.ts";
import type { BundleContent } from "../../workflow/evidence/verify/reading.ts";
import type { Verdict } from "../../workflow/evidence/verify/verdict.ts";
import { verifyBundle } from "../../workflow/evidence/verify/verify.ts";
import type { SourceDocument } from "../../workflow/packet/packet.ts";
import type { World } from "../world.ts";

/** What a home that decides over its own runs asks for: what its policy.yaml does, which the verifier holds them to. */
export const AS_POLICY_ASKS: Assurance = "A0";

/** Reads a folder as a stranger would, from the disk, and verifies exactly those bytes against trust from outside. */
export const verifyFolder = async (
  world: Pick<World, "archive" | "verifyTools">,
  place: Parameters<Archive["open"]>[0],
  trust: SourceDocument | "absent",
  revoked: SourceDocument | "absent" = "absent",
  minimumAssurance: Assurance = "A2",
): Promise<Verdict> => {
  const bundle = await world.archive.open(place);
  if (bundle === "absent") return { verdict: "NOT-PROVEN", checks: [], notClaimed: ["there is no such bundle"] };
  return await verifyBundle(
    contentOf(bundle),
    bundle.odd,
    trust === "absent"
      ? "none"
      : {
          allowedSigners: trust.bytes,
          minimumAssurance,
          ...(revoked === "absent" ? {} : { revokedKeys: revoked.bytes }),
        },
    world.verifyTools,
  );
};

/** Held and digested files together, as the verifier takes them. */
export const contentOf = ({ files, digested }: Pick<OpenBundle, "files" | "digested">): BundleContent =>
  new Map<string, ValueOf<BundleContent>>([...files, ...digested]);

type ValueOf<M> = M extends ReadonlyMap<string, infer V> ? V : never;
