/** The world broke: a tool, a disk, a database. Thrown by adapters and the harness only; ends in exit 4. */
export class Failure extends Error {
  readonly code: FailureCode;
  /** Whether the same command may simply be given again. */
  readonly retry: boolean;

  constructor(
    code: FailureCode,
    message: string,
    options: { readonly cause?: unknown; readonly retry?: boolean } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "Failure";
    this.code = code;
    this.retry = options.retry ?? false;
  }
}

/** Every failure of the program -> its next step, for the command line and `cto explain`. */
export const FAILURES = {
  "archive/altered":
    "cto archive check RUN names what does not hold; put the object's right version back in the bucket, then cto verify RUN",
  "archive/key-absent": "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY for the bucket of .cto/services.json",
  "archive/missing":
    "cto archive check RUN names what is missing; cto archive push RUN where the sealed folder still is, or bring the object back",
  "archive/none": "name a bucket in .cto/services.json; docs/backup.md shows one",
  "archive/refused": "look at the keys, their rights, the bucket's name and region, and the clock of this machine",
  "archive/unreachable": "look at the bucket's address and the way to it; then the same command again, it goes on",
  "backend/another-version": "install the version that the profile pins, cto agents probe shows it; approve again",
  "backend/changed-meanwhile":
    "cto agents show names its packages and its profile; let nothing change them while a run works, then approve again",
  "backend/crashed": "cto logs RUN --backend shows its last words; the approval is spent, approve again",
  "backend/gave-up": "cto logs RUN --backend shows why the agent stopped; approve again or change the task",
  "backend/mode-not-set":
    "cto agents probe names the modes that the agent offers; correct the profile's mode, then approve again",
  "backend/no-answer": "cto logs RUN --backend; check that the agent starts outside the Harness",
  "backend/not-authenticated":
    "the profile has to lead the agent to its placeholder key; cto logs RUN --backend shows what it asked for",
  "backend/protocol-unknown": "use an agent that speaks ACP protocol version 1",
  "backup/altered": "this file is not what cto backup wrote: take another copy of it",
  "backup/does-not-hold":
    "nothing was restored; take another backup, and keep this one: what it says of itself is not what it holds",
  "backup/older":
    "the home has records that this backup does not have; take a newer backup, or --lose-newer to go on without them",
  "backup/place-taken": "name a place where nothing is yet",
  "backup/unready": "wait until the run that is named is sealed, then the same command again",
  "engine/another-concurrency":
    "give all workers of a site the same --concurrency; stop them all to change it, or start more workers",
  "engine/another-home": "give each home a database of its own on the server; cto store copy --to moves a ledger there",
  "engine/attempts-exhausted": "cto show RUN; a step failed three times, so the approval is spent: approve again",
  "engine/clock-skew": "set this machine's clock, then start the worker again",
  "engine/given-back": "nothing to do: another worker goes on with the run",
  "engine/liveness-lost": "another worker goes on with what this one held; start it again",
  "engine/serves-already": "start one cto worker for each environment",
  "engine/unavailable":
    "look at the named file; it may be removed while nothing of the Harness runs, what counts is in the ledger",
  "engine/unreachable": "start the database that services.json names, or correct its url; then the same command again",
  "engine/unreadable": "somebody else wrote into the engine's database; give the Harness one of its own",
  "engine/worker-name": "give CTO_WORKER_ID another value, such as the name of the unit or pod",
  "engine/worker-id-in-use":
    "give this worker another --id; where the old one has just died, wait half a minute for the database to see it",
  "evidence/not-exported": "look at the named file; cto verify RUN, then the same command with another --out",
  "evidence/secret-left":
    "cto show RUN; a secret got past the redaction and nothing was sealed: report it, with the file that is named",
  "evidence/unsealable": "cto doctor; then the same command again, the run continues at its seal",
  "evidence/unproven":
    "cto show RUN names what does not hold; look at the target, then reject the outcome or ask for help",
  "home/absent": "cto init --owner NAME --key PUB makes a home here; or name one with --home DIR",
  "home/unreadable": "check the permissions of the named file",
  "home/changed-meanwhile": "read the file again, then give the command again",
  "keys/absent": "cto keys make, then the same command again",
  "keys/exposed": "close the named file to others; who could read it may have signed with it",
  "keys/unreadable": "restore the named file from a backup of this home; without one remove it, then cto keys make",
  "keys/signing-failed": "check that the private key belongs to the public key and that ssh-keygen can use it",
  "relay/key-absent":
    "put the key into the variable that policy.yaml names for the upstream, in 8 or more plain characters; approve again",
  "relay/path-too-long": "set TMPDIR to a folder with a short path, then approve again",
  "sandbox/broken": "cto doctor shows which protection does not work here",
  "store/busy": "the same command again; where it stays so, end cto serve, cto worker and cto mcp of this home first",
  "store/corrupt": "the ledger's chain does not recompute; restore it from a backup before going on",
  "store/fenced": "another process took this run over; cto show RUN",
  "store/moved":
    "this home's ledger goes on elsewhere: .cto/services.json says where; a cto store copy that broke off is given again",
  "store/no-access": "check the address in .cto/services.json, the role and its rights: docs/store.md",
  "store/no-space": "free disk space, then the same command again",
  "store/unknown-version":
    "an older ledger is brought up to date by the next command that writes, as cto run does; a newer one needs its own cto",
  "store/unreachable": "look whether the PostgreSQL server runs and can be reached; then the same command again",
  "store/unsafe-server":
    "use PostgreSQL 15 or newer with UTF8, fsync, full_page_writes and synchronous_commit on: docs/store.md",
  "target/busy": "another git process holds the target's index.lock; let it end, then the same command again",
  "target/checkout-changed":
    "the checkout that stages share was changed on disk; let the other runs end, then the same command again",
  "target/contents-differ": "the kept contents of the run were changed on disk; cto doctor, then approve again",
  "target/git-failed": "cto doctor; the message holds what git said",
  "target/unreadable": "check the owner and the permissions of the named entry, or make the target smaller",
  "target/tool-absent": "script/bootstrap, or install the named program",
} as const;

export type FailureCode = keyof typeof FAILURES;

export const isFailureCode = (code: string): code is FailureCode => Object.hasOwn(FAILURES, code);
