import { sigstoreBundle, toSign } from "../../workflow/evidence/envelope.ts";
import { handoverPath, readHandover, writeHandover, type Handover } from "../../workflow/evidence/key-handover.ts";
import { Failure } from "../../workflow/failure.ts";
import { succeeded, type KeyRole, type OwnPublicKey } from "../../workflow/own-keys.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { ok, refuse, type Result } from "../../workflow/result.ts";
import { readTrustRoot } from "../../workflow/trust-root.ts";
import { REVOKED_PATH, SIGNERS_PATH } from "../home/read-facts.ts";
import type { World } from "../world.ts";

/**
 * A new key in the place of one of the home's own. Both sign a hand-over over both fingerprints and the ledger as it
 * stood; the old key's line in allowed_signers ends, and its old signatures still verify by it. Broken off anywhere,
 * the same command goes on with the same new key.
 */
export const rotateKey = async (world: World, role: KeyRole): Promise<Result<Handover, Refusal>> => {
  const [open] = await world.store.runs({ open: true });
  if (open !== undefined) return refuse(refusal("gate/key-in-use", { role, run: open.run }));
  const source = await world.home.read(SIGNERS_PATH);
  const trust = readTrustRoot(source, await world.home.read(REVOKED_PATH));
  if (!trust.ok) return trust;

  const current = await world.ownKeys.publicKey(role);
  const isListed = trust.value.signers.some(({ key }) => key.fingerprint === current.fingerprint);
  const begun = isListed ? "absent" : await completeRotation(world, current);
  if (begun !== "absent") return ok(begun);
  const next = await world.ownKeys.successor(role);
  const handover = await signHandover(world, current, next);
  await recordOnce(world, handover, "hands over");
  // The old key is gone from here on; the rest follows, now or when the command is given again.
  await world.ownKeys.promote(role);
  await followUp(world, handover);
  return ok(handover);
};

/** Lets allowed_signers follow a key that took its place already, before something was broken off; "absent" if none did. */
export const completeRotation = async (world: World, current: OwnPublicKey): Promise<Handover | "absent"> => {
  const begun = await handoverTo(world, current);
  if (begun !== "absent") await followUp(world, begun);
  return begun;
};

const followUp = async (world: World, handover: Handover): Promise<void> => {
  await recordOnce(world, handover, "takes over");
  await changeLines(world, handover);
};

const handoverTo = async (world: World, to: OwnPublicKey): Promise<Handover | "absent"> => {
  const document = await world.home.read(handoverPath(to, "from"));
  if (document === "absent") return "absent";
  const handover = readHandover(document.bytes)?.handover;
  if (handover?.to.fingerprint === to.fingerprint) return handover;
  throw new Failure("keys/unreadable", `${document.path} is no hand-over to ${to.fingerprint}.`);
};

/** The statement is fixed when the old key has signed it; the new key signs the same bytes. */
const signHandover = async (world: World, from: OwnPublicKey, to: OwnPublicKey): Promise<Handover> => {
  const begun = await handoverTo(world, to);
  const at = new Date(Math.floor(world.clock.now().epochMs / 1000) * 1000).toISOString();
  const said = begun === "absent" ? { from, to, at, checkpoint: (await world.store.head()).checkpoint } : begun;
  const asked = toSign(writeHandover(said));
  const signature = await (from.role === "harness"
    ? world.ownKeys.signAsHarness(asked.signed)
    : world.ownKeys.signAsVerifier(asked.signed));
  const byOld = sigstoreBundle(asked, from.fingerprint, signature);
  const byNew = sigstoreBundle(asked, to.fingerprint, await world.ownKeys.signAsSuccessor(to.role, asked.signed));
  for (const [by, bytes] of [["from", byOld] as const, ["to", byNew] as const])
    if ((await world.home.read(handoverPath(to, by))) === "absent")
      await world.home.write(handoverPath(to, by), bytes, "absent");
  return said;
};

/** Told twice: by the old key before it goes, and by the new one, whose signature then stands under the whole ledger. */
const recordOnce = async (world: World, { from, to }: Handover, what: "hands over" | "takes over"): Promise<void> => {
  const changes = await world.store.records({ types: ["authority.changed"] });
  const isTold = changes.some(
    ({ detail }) => detail?.["to"] === to.fingerprint && detail["what"] === `${to.role} key ${what}`,
  );
  if (isTold) return;
  const signed = await Promise.all((["from", "to"] as const).map((by) => world.home.read(handoverPath(to, by))));
  const [byOld, byNew] = signed.map((document) => (document === "absent" ? undefined : document.digest));
  if (byOld === undefined || byNew === undefined)
    throw new Failure("home/changed-meanwhile", `The hand-over to ${to.fingerprint} is not there any more.`);
  await world.store.transact((ledger) =>
    ledger.appendLeaf({
      type: "authority.changed",
      actor: `uid:${world.operator.uid}`,
      channel: "cli",
      digests: { from: byOld, to: byNew },
      detail: { what: `${to.role} key ${what}`, from: from.fingerprint, to: to.fingerprint },
    }),
  );
};

const changeLines = async (world: World, { from, to, at }: Handover): Promise<void> => {
  const source = await world.home.read(SIGNERS_PATH);
  const trust = readTrustRoot(source, "absent");
  if (source === "absent" || !trust.ok) throw new Failure("home/changed-meanwhile", `${SIGNERS_PATH} cannot be read.`);
  const isThere = (fingerprint: string): readonly number[] =>
    trust.value.signers.filter(({ key }) => key.fingerprint === fingerprint).map(({ line }) => line);
  if (isThere(to.fingerprint).length > 0) return;
  const text = succeeded(new TextDecoder().decode(source.bytes), new Set(isThere(from.fingerprint)), {
    to,
    toFrom: Date.parse(at) / 1000,
    fromUntil: Math.ceil(world.clock.now().epochMs / 1000),
  });
  await world.home.write(SIGNERS_PATH, new TextEncoder().encode(text), source.digest);
};
