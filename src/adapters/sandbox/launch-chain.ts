/** Who the processes of a stage are on the host: a uid of their own when root starts them, else the user who started. */
export type Identity = SlotIdentity | { readonly kind: "own"; readonly uid: number };

interface SlotIdentity {
  readonly kind: "slot";
  readonly uid: number;
  /** A word of chance in the arguments of each outermost bubblewrap, by which it is known after a kill of its Harness. */
  readonly mark: string;
}

/** Descriptors of the chain beside the agent's 0 to 2; bubblewrap closes all of them before anything inside starts. */
const STATUS_FD = 3;
const ARGS_FD = 4;
export const FILTER_FD = 5;
const HOLD_FD = 6;

/** Folder of the private mount namespace at which the n-th source is seen by a uid that may not walk to its own place. */
export const SOURCES = "/mnt";

/** The table of mounts that gathers the sources. */
export const tableOf = (gathering: string): string => `${gathering}.table`;

export interface Chain {
  readonly identity: Identity;
  /** Host folders and files that bubblewrap will bind, in the order of their numbers under `SOURCES`. */
  readonly sources: readonly string[];
  /** A folder of ours on the host with a place for each source, by its number. */
  readonly gathering: string;
  /** Bound of the slot's uid as a whole, beside the bound inside each namespace. */
  readonly processesMax: number;
}

/** What is started on the host, up to and including bubblewrap; the command for inside follows it. */
export const launchChain = (chain: Chain): readonly [program: string, ...argv: string[]] => [
  ...(chain.identity.kind === "slot" ? gathered(chain, chain.identity.uid) : begin()),
  ...confined(chain.identity.kind === "slot" ? ["--setenv", MARK, chain.identity.mark] : []),
];

const gathered = ({ gathering, processesMax }: Chain, uid: number): readonly [program: string, ...argv: string[]] => [
  UNSHARE,
  "--mount",
  "--propagation",
  "private",
  "--",
  ...begin(tableOf(gathering), String(processesMax)),
  ...asSlot(uid),
];

/**
 * What is started on the host to come into a stage that stands: its namespaces are entered by the uid that made them,
 * and the limits are set within them, where the kernel counts its processes. The inner bubblewrap follows.
 */
export const enterChain = (
  identity: Pick<Identity, "kind" | "uid">,
  pid: number,
  limits: readonly string[],
): readonly [program: string, ...argv: string[]] => [
  ...begin(),
  ...(identity.kind === "slot" ? asSlot(identity.uid) : []),
  NSENTER,
  "--target",
  String(pid),
  ...ENTERED,
  PRLIMIT,
  ...limits,
  ...confined([]),
];

/** Where bubblewrap finds a source when it is started by this chain. */
export const seenSource = ({ identity, sources }: Chain, host: string): string =>
  identity.kind === "slot" ? `${SOURCES}/${sources.indexOf(host)}` : host;

export const BWRAP = "/usr/bin/bwrap";
export const BASH = "/bin/bash";
export const UNSHARE = "/usr/bin/unshare";
export const SETPRIV = "/usr/bin/setpriv";
export const PERL = "/usr/bin/perl";
export const NSENTER = "/usr/bin/nsenter";
export const SOCAT = "/usr/bin/socat";
export const PRLIMIT = "/usr/bin/prlimit";

// Without --norc bash reads ~/.bashrc whenever its standard input is a socket, as Node's pipes are.
const PLAIN_BASH = [BASH, "--norc", "--noprofile", "-c"] as const;

const ENTERED: readonly string[] = [
  ["--user", "--mount", "--pid", "--net", "--ipc", "--uts"],
  ["--preserve-credentials", "--"],
].flat();

// Held until it is in its group: the command begins when the other end of the last descriptor is closed.
const confined = (first: readonly string[]): readonly string[] => [
  BWRAP,
  ...first,
  "--json-status-fd",
  String(STATUS_FD),
  "--args",
  String(ARGS_FD),
  "--block-fd",
  String(HOLD_FD),
  "--",
];

// It is in no environment: what is handed over as arguments clears that.
const MARK = "CTO_MARK";

const begin = (table = "", processes = ""): readonly [program: string, ...argv: string[]] => [
  ...PLAIN_BASH,
  BEGIN,
  "sh",
  table,
  processes,
];

// Node and bubblewrap both hand on descriptors, and bubblewrap's --clearenv leaves /proc/1/environ as it was. A uid that
// is not root cannot walk through somebody's 0700 folder, so the table binds each source where it can be reached.
const BEGIN = `table=$1 processes=$2; shift 2
if [ -n "$processes" ]; then ulimit -u "$processes" || exit 1; fi
if [ -n "$table" ]; then /bin/mount --all --fstab "$table" || exit 1; fi
for f in /proc/self/fd/*; do n=\${f##*/}; case $n in [0-${HOLD_FD}]) ;; *) eval "exec $n>&-" ;; esac; done
exec -c "$@"`;

const asSlot = (uid: number): readonly string[] =>
  [
    [SETPRIV, `--reuid=${uid}`, `--regid=${uid}`, "--clear-groups"],
    ["--inh-caps=-all", "--bounding-set=-all", "--no-new-privs", "--"],
  ].flat();
