import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { readTrustRoot } from "../../workflow/trust-root.ts";
import { REVOKED_PATH, SIGNERS_PATH } from "../home/read-facts.ts";
import { ownKeysNow } from "../keys/own-keys-now.ts";
import type { World } from "../world.ts";

/**
 * Why no run may be begun here: without its keys a home could not even sign for a blocked run. The gate asks more. A
 * trust root that cannot be read is the gate's to refuse.
 */
export const keysNotReady = async (world: World): Promise<readonly Refusal[]> => {
  const trust = readTrustRoot(await world.home.read(SIGNERS_PATH), await world.home.read(REVOKED_PATH));
  const { problems, untrusted } = await ownKeysNow(world, trust);
  const keys = new Set(Object.values(world.ownKeys.paths));
  return [
    ...problems
      .filter(({ path }) => keys.has(path))
      .map(({ path, kind, says, fix }) =>
        kind === "absent"
          ? refusal("gate/key-absent", { key: path })
          : refusal("gate/key-exposed", { key: path, problem: says, fix }),
      ),
    ...untrusted.map(({ role, fingerprint }) => refusal("gate/key-not-trusted", { role, key: fingerprint })),
  ];
};
