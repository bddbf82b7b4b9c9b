import type { Archive } from "../seams/archive.ts";
import type { Agents, Backend } from "../seams/backend.ts";
import type { Clock } from "../seams/clock.ts";
import type { Engine } from "../seams/engine.ts";
import type { Home } from "../seams/home.ts";
import type { Host } from "../seams/host.ts";
import type { Keys, OwnKeys } from "../seams/keys.ts";
import type { Notices } from "../seams/notices.ts";
import type { Relay } from "../seams/relay.ts";
import type { Sandbox } from "../seams/sandbox.ts";
import type { Holder, Store } from "../seams/store.ts";
import type { Target } from "../seams/target.ts";
import type { Authority } from "../workflow/authority.ts";
import type { BackendKind } from "../workflow/contract/contract.ts";
import type { Digest } from "../workflow/digest.ts";
import type { Played } from "../workflow/evidence/cassette.ts";
import type { VerifyTools } from "../workflow/evidence/verify/tools.ts";
import type { RunId } from "../workflow/ids.ts";
import type { Recording } from "../workflow/policy/exchange.ts";

/** Everything that the verbs work with: one home, its ledger, and the adapters that compose.ts chose. */
export interface World {
  readonly home: Home;
  readonly store: Store;
  readonly engine: Engine;
  /** The targets that this environment may open the gate of; a worker takes the orders of these. */
  readonly sites: readonly string[];
  readonly target: Target;
  readonly sandbox: Sandbox;
  readonly relay: Relay;
  readonly keys: Keys;
  readonly ownKeys: OwnKeys;
  readonly archive: Archive;
  /** Digests, signatures and zlib for the verifier, which brings none of its own. */
  readonly verifyTools: VerifyTools;
  readonly clock: Clock;
  readonly notices: Notices;
  /** The backend of a kind as policy.yaml configures it; undefined where this version has none of that kind. */
  readonly backendOf: (kind: BackendKind, authority: Authority) => Backend | undefined;
  readonly agents: Agents;
  /** The environment that the operator gave; read for the gate's switches only. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly operator: Operator;
  readonly build: { readonly version: string; readonly digest: Digest };
  /** verify.html of this build by its name, for every bundle; nothing where the Harness runs from sources unbuilt. */
  readonly verifyPage: () => Promise<ReadonlyMap<string, Uint8Array>>;
  readonly host: Host;
  readonly facts: HostFacts;
  readonly holder: Holder;
  /** `link(2)` of evidence.md 3.4: the lock on an approval that outlives a restored database. */
  readonly consume: (approvalId: string, run: RunId) => Promise<"won" | "again" | "lost">;
  readonly consumedBy: (approvalId: string) => Promise<string>;
  /** Every approval that is spent by its lock, and the run that the lock names. */
  readonly allConsumed: () => Promise<ReadonlyMap<string, string>>;
  /** The ULID that this home's ledger begins with. */
  readonly homeId: string;
  /** Absolute path of `.cto` in the home. */
  readonly stateFolder: string;
  /** Absolute path of the ledger; where it lies on a server, of the file that leads there. */
  readonly ledgerFile: string;
  /** An agent that says what the frames say that one said: for a session that is played again. */
  readonly recordedBackend: (frames: Uint8Array) => Backend;
  /** A provider on this machine that answers from a cassette, for an agent that is led once more. */
  readonly playCassette: (recordings: readonly Recording[]) => Promise<CassettePlayer>;
  /** This world over a scratch folder that is gone afterwards: nothing of a home or target is written by what runs in it. */
  readonly inScratch: <T>(work: (scratch: World) => Promise<T>) => Promise<T>;
  readonly isAlive: (holder: Holder) => boolean;
}

interface CassettePlayer {
  readonly origin: string;
  readonly played: () => Played;
  close(): Promise<void>;
}

interface Operator {
  readonly uid: number;
  readonly user: string;
  readonly tty: string | null;
  /** Where the person acts: at the command line, or in a browser of the Control Surface. */
  readonly channel: "cli" | "web";
  /** The origin of the page in that browser: where a passkey is asked. */
  readonly page?: string;
}

interface HostFacts {
  /** SHA-256 of `cto-host` NUL machine id, so that no machine id leaves the host. */
  readonly hostId: string;
  readonly hostname: string;
  readonly kernel: string;
  readonly loginuid: number | "unknown";
}
