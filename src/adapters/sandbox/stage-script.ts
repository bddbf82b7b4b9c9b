import { COVERS, ETC_FILES } from "./bubblewrap-args.ts";

/** Where things stand in the outer sandbox of level A, for the inner ones to bind. */
export const OUTER = {
  given: "/ctl",
  base: "/base",
  over: "/over",
  ledger: "/ledger.git",
  relay: "/relay.sock",
  tunnel: "/connect.sock",
  /** The same as `given`, without a path of the host in its mount lines. */
  control: "/stage/ctl",
  workspace: "/stage/ws",
  journal: "/stage/up",
} as const;

/** Where the sockets of a relay stand in the one sandbox of level B. */
export const WITHIN = { relay: "/run/cto/relay.sock", tunnel: "/run/cto/connect.sock" } as const;

/** The ports at which the relay answers inside: as the model, and as the way to granted hosts. */
const MODEL_PORT = 8787;
const TUNNEL_PORT = 3128;
const hexOf = (port: number): string => port.toString(16).toUpperCase().padStart(4, "0");
const listenAt = (port: number): string => `TCP-LISTEN:${port},bind=127.0.0.1,fork,max-children=64,reuseaddr`;

/** File of the control folder: paths that are removed before anything starts, each closed by a zero byte. */
export const GONE_FILE = "gone";

/** Inodes and bytes of the scratch that are the stage's own, besides the files that are laid in. */
export const OWN_INODES = 24;
export const OWN_BYTES = 65_536;

/**
 * The only program of the outer sandbox, in one process, since each more would cost what a mount costs. Arguments: number
 * of the mount call, bytes and inodes of the quota, "over" or "nothing", "relay" or "none", "tunnel" or
 * "none". Says `ready` when the
 * Workspace stands, and holds it until its input closes. The overlay's folders are named relatively, so that no path of
 * the host is told by its mount line.
 */
export const STAGE_SCRIPT: string = String.raw`use strict;
my ($call, $bytes, $inodes, $over, $relay, $tunnel) = @ARGV;
for my $fd (3 .. 5) { my $open; open($open, "<&=", $fd) and close $open }
sub must { my ($done, $what) = @_; $done or die "$what: $!\n" }
sub mounted { my ($type, $target, $options) = @_; must(syscall(0 + $call, $type, $target, $type, 0, $options) == 0, "mount of $type") }
sub copied {
  my ($name) = @_; local $/;
  must(open(my $from, "<:raw", "${OUTER.given}/$name"), $name);
  must(open(my $to, ">:raw", "${OUTER.control}/$name"), $name);
  must(print({$to} scalar <$from>) && close($to) && chmod(0555, "${OUTER.control}/$name"), $name);
}
sub bridged {
  my ($listen, $to, $port) = @_;
  my $child = fork;
  must(defined $child, "fork");
  if ($child == 0) {
    open(STDIN, "<", "/dev/null"); open(STDOUT, ">", "/dev/null"); open(STDERR, ">", "/dev/null");
    exec "/usr/bin/socat", $listen, $to;
    exit 1;
  }
  my $listens = 0;
  for (1 .. 2000) {
    must(open(my $ports, "<", "/proc/net/tcp"), "ports");
    last if $listens = grep { /:$port / } <$ports>;
    select(undef, undef, undef, 0.002);
  }
  $listens or die "the relay does not listen\n";
}
umask 022;
mounted("tmpfs", "/stage", "size=$bytes,nr_inodes=$inodes,mode=755");
for (qw(up wk ws ctl ctl/laid ctl/${COVERS["unreadable-folder"]} ctl/${COVERS["empty-folder"]})) { must(mkdir("/stage/$_"), $_) }
must(open(my $cover, ">", "${OUTER.control}/${COVERS["unreadable-file"]}"), "cover");
must(chmod(0, "${OUTER.control}/${COVERS["unreadable-file"]}", "${OUTER.control}/${COVERS["unreadable-folder"]}") == 2, "covers");
copied($_) for qw(${ETC_FILES.join(" ")});
must(opendir(my $laid, "${OUTER.given}/laid"), "laid");
copied("laid/$_") for grep { /^\d+$/ } readdir $laid;
mounted("overlay", "${OUTER.workspace}", "lowerdir=base,upperdir=stage/up,workdir=stage/wk,userxattr");
if ($over eq "over") {
  local $/ = "\0";
  must(open(my $list, "<:raw", "${OUTER.given}/${GONE_FILE}"), "gone");
  must(chdir "${OUTER.workspace}", "workspace");
  chomp(my @gone = <$list>);
  while (my @some = splice(@gone, 0, 500)) { must(system("/usr/bin/rm", "-rf", "--", @some) == 0, "rm") }
  umask 0;
  must(system("/usr/bin/cp", "-R", "--remove-destination", "--", "${OUTER.over}/.", ".") == 0, "cp");
  must(chdir "/", "root");
}
bridged("${listenAt(MODEL_PORT)}", "UNIX-CONNECT:${OUTER.relay}", "${hexOf(MODEL_PORT)}") if $relay eq "relay";
bridged("${listenAt(TUNNEL_PORT)}", "UNIX-CONNECT:${OUTER.tunnel}", "${hexOf(TUNNEL_PORT)}") if $tunnel eq "tunnel";
syswrite STDOUT, "ready\n";
1 while sysread STDIN, my $ignored, 4096;
`;

/**
 * Level B has no outer sandbox: each start brings its own relay. The rest of its arguments is the command, which is to
 * have the variables of the sandbox and none of the shell's.
 */
export const relayScript = (reach: "model" | "model and hosts"): string =>
  [
    bridge(MODEL_PORT, WITHIN.relay),
    ...(reach === "model and hosts" ? [bridge(TUNNEL_PORT, WITHIN.tunnel)] : []),
    // bash marks its level for export again when it hands over.
    'exec /usr/bin/env -u SHLVL -u OLDPWD "$@"',
  ].join("\n");

const bridge = (port: number, socket: string): string =>
  `socat ${listenAt(port)} UNIX-CONNECT:${socket} </dev/null >/dev/null 2>&1 &
until grep -q ':${hexOf(port)} ' /proc/net/tcp; do sleep 0.003; done`;
