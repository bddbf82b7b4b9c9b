import { readPackets } from "../harness/home/documents.ts";
import type { Machine } from "../harness/home/first-things.ts";
import { REVOKED_PATH, SIGNERS_PATH } from "../harness/home/read-facts.ts";
import { ownKeysNow } from "../harness/keys/own-keys-now.ts";
import { readSignedTrust } from "../harness/keys/sign-trust.ts";
import type { World } from "../harness/world.ts";
import type { Authority } from "../workflow/authority.ts";
import { switchesOf } from "../workflow/gate/switches.ts";
import { POLICY_PATH, readPolicy } from "../workflow/read-policy.ts";
import { refusal, wordsOf, type Refusal } from "../workflow/refusal.ts";
import { refuse, type Result } from "../workflow/result.ts";
import { readTrustRoot, type TrustRoot } from "../workflow/trust-root.ts";
import { BACKEND_KINDS } from "../workflow/vocabulary.ts";
import { examineHostile } from "./examine-hostile.ts";
import { examineNotify } from "./examine-notify.ts";
import { failureIn } from "./exit-code.ts";

/** One thing that was looked at; `fix` is empty unless something has to be done. */
export interface Finding {
  readonly id: string;
  readonly status: "ok" | "warn" | "fail" | "skip";
  readonly says: string;
  readonly fix: string;
}

const ok = (id: string, says: string): Finding => ({ id, status: "ok", says, fix: "" });
const fail = (id: string, says: string, fix: string): Finding => ({ id, status: "fail", says, fix });

export const examineNode = (version: string): Finding =>
  Number(version.split(".")[0]) >= 24
    ? ok("node", `node ${version}`)
    : fail("node", `node ${version} is older than 24`, "in a clone of the project: script/bootstrap");

export const examineGit = async ({ gitVersion }: Machine): Promise<Finding> => {
  try {
    return ok("git", `git ${await gitVersion()}`);
  } catch (error) {
    return fail("git", failureIn(error).message, "apt-get install git");
  }
};

export const examineSigningTool = async ({ signingTool }: Machine): Promise<Finding> => {
  const tool = await signingTool();
  return tool === undefined
    ? fail("ssh-keygen", "ssh-keygen is absent", "apt-get install openssh-client")
    : ok("ssh-keygen", tool);
};

/** What stands in the home. */
export const examineHome = async (world: World): Promise<readonly Finding[]> => {
  const { home, store, host } = world;
  const packets = (await home.list("packet")).length;
  const wrong = await store.check();
  const policy = readPolicy(await home.read(POLICY_PATH));
  const trust = readTrustRoot(await home.read(SIGNERS_PATH), await home.read(REVOKED_PATH));
  return [
    ok("home", `${home.folder}, ${packets} ${packets === 1 ? "packet" : "packets"}`),
    ...(await examineAuthority(world)),
    judged("policy", policy, () => "policy.yaml read"),
    judged(
      "signers",
      trust,
      ({ signers }) => `allowed_signers read, ${signers.length} ${signers.length === 1 ? "key" : "keys"}`,
    ),
    ...(await examineKeys(world, trust)),
    ...(trust.ok ? [await examineTrust(world, trust.value)] : []),
    ...(policy.ok ? await examineBackends(world, policy.value) : []),
    wrong.length === 0
      ? ok("ledger", `chain of ${(await store.head()).checkpoint.size} entries recomputes`)
      : fail(
          "ledger",
          `the chain does not hold at ${wrong.slice(0, 5).join(", ")}`,
          "restore the ledger from a backup: cto restore",
        ),
    ...(await examineNotify(world)),
    await examineHostile(world),
    examineDisk(await host.diskFree(), policy.ok ? policy.value.limits.scratchBytesMax : 0),
  ];
};

export const skippedHome = (why: string): readonly Finding[] =>
  (
    [
      "home",
      "authority",
      "policy",
      "signers",
      "keys",
      "trust-root",
      "backends",
      "ledger",
      "notify",
      "hostile",
      "disk",
    ] as const
  ).map((id) => ({
    id,
    status: "skip",
    says: why,
    fix: "",
  }));

const examineTrust = async (world: World, trust: TrustRoot): Promise<Finding> => {
  const signed = await readSignedTrust(world, trust);
  if (signed === "absent")
    return ok("trust-root", "not signed: whoever can write allowed_signers can change it unseen");
  return signed.judged.ok
    ? ok("trust-root", `signed by ${signed.judged.value.owner}, ${signed.judged.value.decidedAt}`)
    : fail("trust-root", signed.judged.refusals[0], "look at what was changed, then cto keys trust --key KEY");
};

const examineAuthority = async ({ home }: World): Promise<readonly Finding[]> => {
  const open: string[] = [];
  for (const file of [POLICY_PATH, SIGNERS_PATH, REVOKED_PATH])
    if ((await home.guard(file)) === "group-or-world-writable") open.push(file);
  if (open.length === 0) return [ok("authority", "authority files are writable by their owner only")];
  return open.map((file) =>
    fail("authority", `${file} can be written by others`, `chmod go-w .sot .sot/authority ${file}`),
  );
};

/** Who can read the keys that sign this home's evidence; root always can, and is not told of. */
const examineKeys = async (world: World, trust: Result<TrustRoot, Refusal>): Promise<readonly Finding[]> => {
  const { problems, untrusted } = await ownKeysNow(world, trust);
  const found = [
    ...problems.map(({ path, says, fix }) => fail("keys", `${path} ${says}`, fix)),
    ...untrusted.map(({ role, fingerprint }) =>
      fail("keys", `allowed_signers gives the ${role} key ${fingerprint} no role now`, "cto keys make"),
    ),
  ];
  return found.length > 0
    ? found
    : [ok("keys", `two keys of this home, trusted, read by ${world.operator.user} and root only, by no sandbox`)];
};

const examineBackends = async (world: World, authority: Authority): Promise<readonly Finding[]> => {
  const packets = (await readPackets(world)).flatMap(({ read }) => (read.ok ? [read.value.packet] : []));
  const named = new Set(packets.map(({ gate }) => gate.backend.value));
  const found: Finding[] = [];
  for (const kind of BACKEND_KINDS.filter((each) => named.has(each))) {
    const probe = await world.backendOf(kind, authority)?.probe();
    const absent: Result<never, Refusal> = refuse(refusal("backend/not-configured", { kind }));
    found.push(judged("backends", probe ?? absent, ({ version }) => `${kind} ${version} is here`));
  }
  return found;
};

const judged = <T>(id: string, read: Result<T, Refusal>, says: (value: T) => string): Finding => {
  if (read.ok) return ok(id, says(read.value));
  const { says: what, next } = wordsOf(read.refusals[0]);
  return fail(id, what, next);
};

const GIB = 2 ** 30;

// What the gate asks is four times the scratch that policy.yaml allows; below 1 GiB a run may fit and little else.
const examineDisk = (free: number, scratchBytesMax: number): Finding => {
  const says = `${(free / GIB).toFixed(1)} GiB free`;
  if (free < 4 * scratchBytesMax)
    return fail("disk", says, "free disk space: the gate asks four times limits.scratchBytesMax");
  return free < GIB ? { id: "disk", status: "warn", says, fix: "free disk space" } : ok("disk", says);
};

/** Set outside a run they open the gate for every command of this shell. */
export const examineVariables = (environment: Readonly<Record<string, string | undefined>>): Finding => {
  const names = BACKEND_KINDS.flatMap((kind) => Object.values(switchesOf(kind)));
  const set = names.filter((name) => environment[name] !== undefined);
  if (set.length === 0) return ok("variables", "gate variables all unset, as outside a run");
  return {
    id: "variables",
    status: "warn",
    says: `set in this shell: ${set.join(", ")}`,
    fix: `unset ${set.join(" ")}, and set them for one command only`,
  };
};
