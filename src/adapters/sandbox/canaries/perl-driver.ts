/**
 * Does what standard input says, a line `what op argument…` for each, the words in hex, and answers a line `what answer`.
 * It decides nothing, loads no module, and knows no name that is looked for.
 */
export const PERL_DRIVER: string = String.raw`
$| = 1;
my ($errno, %op);
sub num { $errno = $! + 0; "errno $errno" }
sub done { $_[0] ? "ok" : num() }
sub slurp { open(my $f, "<", $_[0]) or return num(); local $/; my $t = <$f>; defined $t ? "text $t" : num() }
sub made { my $p = shift; sysopen(my $f, $p, 193, 0644) or return 0; close $f; 1 }
sub said { syswrite $_[0], $_[1]; "ok" }
sub dial { my ($family, $address, $name) = @_;
  socket(my $s, $family, 2049, 0) or return num();
  connect($s, $address) and return said($s, $name);
  $! + 0 == 115 or return num();
  my $w = ""; vec($w, fileno($s), 1) = 1; select(undef, $w, undef, 0.2) or return "no answer in time";
  my $e = getsockopt($s, 1, 4); $e = unpack("i", $e); $e ? "errno $e" : said($s, $name) }
sub inet { pack("S n C4 x8", 2, $_[1], split(/\./, $_[0])) }
%op = (
  append => sub { sysopen(my $f, $_[0], 1025) or return num(); done(defined syswrite($f, "canary\n")) },
  open => sub { done(sysopen(my $f, $_[0], 1025)) },
  create => sub { made($_[0]) or return num(); unlink $_[0]; "ok" },
  chmod => sub { my @s = stat $_[0] or return num(); done(chmod $s[2] & 07777, $_[0]) },
  rename => sub { done(rename $_[0], $_[1]) },
  over => sub { made($_[0]) or return num(); my $r = done(rename $_[0], $_[1]); unlink $_[0]; $r },
  replace => sub { made($_[0]) && made($_[1]) or return num(); my $r = done(rename $_[0], $_[1]); unlink @_; $r },
  peek => sub { my %seen; for my $p (@_) { my $r;
      if (-d $p) { if (opendir(my $d, $p)) { $r = (grep { !/^\.\.?$/ } readdir $d) ? "ok" : "empty" } else { $r = num() } }
      else { $r = sysopen(my $f, $p, 2048) ? "ok" : num() }
      $seen{$r} = 1 }
    join "|", sort keys %seen },
  slurp => sub { slurp($_[0]) },
  link => sub { my $l = readlink $_[0]; defined $l ? "text $l" : num() },
  fds => sub { opendir(my $d, "/proc/$$/fd") or return num();
    my @n = grep { /^\d+$/ && (readlink("/proc/$$/fd/$_") || "") !~ m{^/proc/\d+/fd$} } readdir $d;
    "text " . join " ", sort { $a <=> $b } @n },
  tcp => sub { dial(2, inet(@_), $_[2]) },
  unix => sub { dial(1, pack("S a*", 1, "$_[0]\0"), $_[1]) },
  abstract => sub { dial(1, pack("S a*", 1, "\0$_[0]"), $_[1]) },
  resolve => sub { local $SIG{ALRM} = sub { die "late\n" }; alarm 1; my @h = eval { gethostbyname $_[0] }; alarm 0; @h ? "ok" : "text none" },
  http => sub { socket(my $s, 2, 1, 0) or return num(); connect($s, inet(@_)) or return num();
    syswrite $s, $_[2]; my ($t, $w) = ("", ""); vec($w, fileno($s), 1) = 1;
    select($w, undef, undef, 2) or return "no answer in time"; sysread $s, $t, 12; "text $t" },
  call => sub { my @a = map { /^s:(.*)/s ? "$1\0" : 0 + $_ } @_; push @a, 0 while @a < 6; my $r = syscall($a[0], @a[1 .. 5]); $r == -1 ? num() : "ok" },
  signal => sub { my ($pid, $name) = @_; my $r = done(kill 0, $pid); return $r if $r eq "errno 3";
    index(slurp("/proc/$pid/cmdline"), $name) >= 0 ? "ok" : "text another process" },
  count => sub { opendir(my $d, "/proc") or return num(); "text " . scalar grep { /^\d+$/ } readdir $d },
  find => sub { opendir(my $d, "/proc") or return num();
    (grep { /^\d+$/ && index(slurp("/proc/$_/cmdline"), $_[0]) >= 0 } readdir $d) ? "ok" : "absent" },
  ids => sub { "text $< $> " . join(" ", $( + 0, $) + 0) . " " . getpgrp },
);
for (<STDIN>) {
  chomp; my ($what, $op, @args) = map { pack "H*", $_ } split / /;
  my $answer = $op{$op} ? $op{$op}->(@args) : "no such op";
  print unpack("H*", $what), " ", unpack("H*", $answer), "\n";
}
print "done\n";
`;
