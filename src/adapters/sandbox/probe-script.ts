/** Leaves a daemon in a session of its own that ignores TERM, says so, and waits. */
export const DAEMON_SCRIPT = `trap '' TERM
setsid /bin/bash -c "trap '' TERM; (setsid sleep 600 &) ; sleep 600" >/dev/null 2>&1 </dev/null &
echo ready
sleep 600
`;

/** Fills both quotas of the scratch, forges the overlay's own attribute, and forks as often as it may. */
export const OVERLAY_SCRIPT: string = String.raw`use strict;
my ($set) = @ARGV;
sub say_it { print "$_[0]\t$_[1]\n" }
my $bytes = 0; my $part = "x" x 65536; my @made;
FILL: for my $n (1 .. 64) {
  open(my $f, ">", "src/fill$n") or last; push @made, "src/fill$n";
  for (1 .. 4) { my $done = syswrite $f, $part; if (!defined $done) { say_it("bytes-errno", $! + 0); last FILL } $bytes += $done }
}
say_it("bytes", $bytes);
unlink @made; @made = ();
for my $n (1 .. 4096) { if (open(my $f, ">", "src/many$n")) { push @made, "src/many$n" } else { say_it("inodes-errno", $! + 0); last } }
say_it("inodes", scalar @made);
unlink @made;
my ($path, $name, $value) = ("src", "user.overlay.opaque", "y");
say_it("attribute-set", syscall(0 + $set, $path, $name, $value, 1, 0) == 0 ? 0 : $! + 0);
my @children;
for (1 .. 4096) { my $child = fork; last unless defined $child; if ($child == 0) { sleep 20; exit } push @children, $child }
say_it("processes", scalar @children);
kill 9, @children;
say_it("done", "yes");
`;

/** Whether that attribute stands in the upper layer as it was written. */
export const ATTRIBUTE_SCRIPT: string = String.raw`my ($get, $path) = @ARGV; my ($name, $room) = ("user.overlay.opaque", "\0" x 16);
print syscall(0 + $get, $path, $name, $room, 16) == -1 ? "absent" : "present"`;
