/** Who the processes of a stage are on the host: a uid of their own when root starts them, else the user who started. */
export type Identity = { readonly kind: "slot"; readonly uid: number } | { readonly kind: "own"; readonly uid: number };

/** Descriptors of the chain beside the agent's 0 to 2; bubblewrap closes all of them before anything inside starts. */
const STATUS_FD = 3;
const ARGS_FD = 4;
export const FILTER_FD = 5;

/** Folder of the private mount namespace at which the n-th source is seen by a uid that may not walk to its own place. */
const SOURCES = "/mnt";

export interface Chain {
  readonly identity: Identity;
  /** Host folders and files that bubblewrap will bind, in the order of their numbers under `SOURCES`. */
  readonly sources: readonly string[];
  /** A folder of ours on the host that is covered while the sources are gathered. */
  readonly gathering: string;
  /** Bound of the slot's uid as a whole, beside the bound inside each namespace. */
  readonly processesMax: number;
}

/** What is started on the host, up to and including bubblewrap; the command for inside follows it. */
export const launchChain = (chain: Chain): readonly [program: string, ...argv: string[]] => [
  ...PLAIN_BASH,
  CLOSE_AND_EMPTY,
  "sh",
  ...(chain.identity.kind === "slot" ? asSlot(chain, chain.identity.uid) : []),
  BWRAP,
  "--json-status-fd",
  String(STATUS_FD),
  "--args",
  String(ARGS_FD),
  "--",
];

/** Where bubblewrap finds a source when it is started by this chain. */
export const seenSource = ({ identity, sources }: Chain, host: string): string =>
  identity.kind === "slot" ? `${SOURCES}/${sources.indexOf(host)}` : host;

export const BWRAP = "/usr/bin/bwrap";
export const BASH = "/bin/bash";
export const UNSHARE = "/usr/bin/unshare";
export const SETPRIV = "/usr/bin/setpriv";
export const PRLIMIT = "/usr/bin/prlimit";

// Without --norc bash reads ~/.bashrc whenever its standard input is a socket, as Node's pipes are.
const PLAIN_BASH = [BASH, "--norc", "--noprofile", "-c"] as const;

// Node and bubblewrap both hand on descriptors, and bubblewrap's --clearenv leaves /proc/1/environ as it was.
const CLOSE_AND_EMPTY = `for f in /proc/self/fd/*; do n=\${f##*/}; case $n in [0-${FILTER_FD}]) ;; *) eval "exec $n>&-" ;; esac; done
exec /usr/bin/env -i "$@"`;

// A uid that is not root cannot walk through somebody's 0700 folder, so each source is bound where it can be reached.
// Gathered first and moved over /mnt after, so that a source under /mnt is still found.
const GATHER_SOURCES = `set -eu
at=$1 count=$2; shift 2
/bin/mount -t tmpfs -o mode=0755,size=1m sources "$at"
n=0; while [ "$n" -lt "$count" ]; do
  if [ -d "$1" ]; then /bin/mkdir "$at/$n"; else : >"$at/$n"; fi
  /bin/mount --bind -- "$1" "$at/$n"; shift; n=$((n + 1))
done
/bin/mount --move "$at" ${SOURCES}
exec /usr/bin/env -i "$@"`;

const asSlot = ({ gathering, sources, processesMax }: Chain, uid: number): readonly string[] =>
  [
    [UNSHARE, "--mount", "--propagation", "private", "--"],
    [...PLAIN_BASH, GATHER_SOURCES, "sh", gathering, String(sources.length), ...sources],
    [PRLIMIT, `--nproc=${processesMax}`, SETPRIV, `--reuid=${uid}`, `--regid=${uid}`, "--clear-groups"],
    ["--inh-caps=-all", "--bounding-set=-all", "--no-new-privs", "--"],
  ].flat();
