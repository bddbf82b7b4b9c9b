import { rootArgs } from "./bubblewrap-args.ts";
import type { RootPart } from "./root-parts.ts";
import { OUTER } from "./stage-script.ts";

/** Everything that the argument list of one outer sandbox is made of. Sources are paths as bubblewrap sees them. */
export interface OuterSandbox {
  readonly root: readonly RootPart[];
  readonly control: string;
  readonly base: string;
  readonly ledger: string;
  readonly over: string | undefined;
  readonly relay: string | undefined;
  readonly tunnel: string | undefined;
  /** Folders and files of the host at their own paths, for the inner sandbox to bind from. */
  readonly laid: readonly { readonly source: string; readonly inside: string }[];
}

/**
 * bubblewrap's arguments for the sandbox around (confinement.md 2, table 4). Its three capabilities hold in its own user
 * namespace only: mounting, the overlay's work folder, and the map of the namespace within.
 */
export const outerArgs = (outer: OuterSandbox): readonly string[] => [
  ...ALONE,
  ...rootArgs(outer.root),
  ...PLACES,
  ...bound(outer.control, OUTER.given),
  ...bound(outer.base, OUTER.base),
  ...bound(outer.ledger, OUTER.ledger),
  ...bound(outer.over, OUTER.over),
  ...bound(outer.relay, OUTER.relay),
  ...bound(outer.tunnel, OUTER.tunnel),
  ...outer.laid.flatMap(({ source, inside }) => bound(source, inside)),
  ...CLOSED,
];

const ALONE: readonly string[] = [
  ["--unshare-user", "--unshare-all", "--die-with-parent", "--new-session", "--clearenv"],
  ["--uid", "0", "--gid", "0", "--hostname", "stage", "--cap-drop", "ALL"],
  ["--cap-add", "CAP_SYS_ADMIN", "--cap-add", "CAP_DAC_OVERRIDE", "--cap-add", "CAP_SETFCAP"],
].flat();

// The inner bubblewrap builds its root below /tmp before it moves there.
const PLACES: readonly string[] = [
  ["--proc", "/proc", "--dev", "/dev", "--perms", "1777", "--size", "1048576", "--tmpfs", "/tmp"],
  ["--dir", "/stage"],
].flat();

const CLOSED: readonly string[] = [
  ["--setenv", "PATH", "/usr/bin:/bin", "--chdir", "/"],
  ["--remount-ro", "/dev", "--remount-ro", "/"],
].flat();

const bound = (source: string | undefined, inside: string): readonly string[] =>
  source === undefined ? [] : ["--ro-bind", source, inside];
