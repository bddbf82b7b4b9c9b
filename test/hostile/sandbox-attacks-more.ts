import { answered, attack, toothless, type Attack } from "./attack.ts";

/** Other forms of the same deeds: by other calls, other names and other doors than the first ones. */
export const MORE_ATTACKS: readonly Attack[] = [
  answered(
    attack(
      "rename-over-sibling by exchange, without replacing, and with a whiteout",
      `perl -e 'my ($a, $b) = ("src/strings.py", "src/__init__.py"); for my $how (2, 4) { print "how$how=", syscall(316, -100, $a, -100, $b, $how) == 0 ? "done" : $! + 0, "\\n" }'`,
      "how2=16",
      "how4=16",
    ),
  ),
  attack(
    "a file without a name is linked into a folder that is closed",
    `perl -e 'use Fcntl; my ($at, $to) = ("docs", "deploy/linked"); my $fd = syscall(257, -100, $at, 020200000 | O_RDWR, 0600); my $from = "/proc/self/fd/$fd"; print "ESCAPED linked\\n" if $fd >= 0 && syscall(265, -100, $from, -100, $to, 0x400) == 0'`,
  ),
  attack(
    "a read-only file is opened once more through its own descriptor",
    "exec 9<README.md; (echo x >>/proc/self/fd/9) && escaped appended; (echo x >/proc/$$/fd/9) && escaped wrote; exec 8<deploy; (echo x >/proc/self/fd/8/new) && escaped made",
  ),
  attack(
    "times, attributes and space of a pinned file",
    `touch -d 2001-01-01 README.md && escaped times; setfattr -n user.x -v y README.md && escaped attribute; truncate -s 0 README.md && escaped cut; fallocate -l 9 README.md && escaped space; ln -f README.md deploy/h && escaped linked`,
  ),
  toothless(
    "what lies above it belongs to somebody else in a control as well",
    attack(
      "the workspace itself is moved, removed, or left upwards",
      'mv /workspace /elsewhere && escaped moved; mv docs ../docs && escaped out; rmdir /workspace && escaped removed; cd /proc/self/cwd/..; echo x >"outside" && escaped "wrote beside it"; cd /workspace/docs/../..; ls stage base ledger.git ctl 2>/dev/null | grep . && escaped stage',
    ),
  ),
  answered(
    attack(
      "a program that is a file in memory only is held as any other",
      `perl -e 'my $name = "x"; my $fd = syscall(319, $name, 0); open(my $from, "<", "/usr/bin/perl"); open(my $to, ">&=", $fd); { local $/; print {$to} scalar <$from> } $to->flush; exec "/proc/self/fd/$fd", "-e", q(my $r = syscall(165, 0, 0, 0, 0, 0); print "mount=", $! + 0, "\\n"; open(my $s, "<", "/proc/self/status"); print grep { /^Seccomp:/ } <$s>)'`,
      "mount=1",
      "Seccomp:\t2",
    ),
  ),
  answered(
    attack(
      "the memory and the descriptors of another process",
      "sleep 20 & echo seize=$(by_number 101 16902 $! 0 0) vmread=$(by_number 310 $! 0 0 0 0 0) vmwrite=$(by_number 311 $! 0 0 0 0 0) kcmp=$(by_number 312 $! $! 0 0 0) getfd=$(by_number 438 0 0 0); kill $!",
      "seize=1 vmread=1 vmwrite=1 kcmp=1 getfd=1",
    ),
  ),
  answered(
    attack(
      "rings, faults, measures and contexts of the kernel",
      "echo uring=$(by_number 425 1 0) $(by_number 426 0 0 0 0) $(by_number 427 0 0 0 0) fault=$(by_number 323 0) perf=$(by_number 298 0 0 0 0 0) aio=$(by_number 206 1 0) handles=$(by_number 304 0 0 0) fanotify=$(by_number 300 0 0) later=$(by_number 470 0)",
      "uring=38 38 38 fault=1 perf=1 aio=1 handles=1 fanotify=1 later=38",
    ),
  ),
  answered(
    attack(
      "keys of the kernel",
      `echo add=$(by_number 248 user x y 1 -3) ask=$(by_number 249 user x 0 0) control=$(by_number 250 1 0); [ -s /proc/keys ] && escaped keys`,
      "add=1 ask=1 control=1",
    ),
  ),
  answered(
    attack(
      "sockets of the kernel: netlink that is no route, pairs of other families, raw ones",
      "for p in 9 11 12 15 16; do echo netlink$p=$(by_number 41 16 3 $p); done; echo pair=$(by_number 53 30 1 0 0) raw=$(by_number 41 2 3 1) route=$(by_number 41 16 3 0)",
      "netlink9=93",
      "netlink11=93",
      "netlink15=93",
      "netlink16=93",
      "pair=97 raw=1 route=done",
    ),
  ),
  attack(
    "services of the machine by the names that they always have",
    `for s in /run/dbus/system_bus_socket /var/run/docker.sock /run/systemd/private /run/systemd/journal/socket /run/user /run/containerd /run/udev /tmp/.X11-unix; do [ -e $s ] && escaped $s; done
perl -MSocket -e 'for my $to ("\\0/tmp/.X11-unix/X0", "\\0/org/kernel/linux/storage/multipathd", "\\0$ENV{HOST_ABSTRACT}") { socket(my $s, PF_UNIX, SOCK_STREAM, 0); print "ESCAPED abstract\\n" if connect($s, pack_sockaddr_un($to)) }'`,
  ),
  attack(
    "tcp-loopback-host by its other names",
    "for to in 0.0.0.0 127.0.0.1 localhost ::ffff:127.0.0.1 ::1; do (exec 9<>/dev/tcp/$to/$HOST_PORT) 2>/dev/null && escaped $to; done",
  ),
  answered(
    attack(
      "clocks",
      'date -s 2001-01-01 >/dev/null 2>&1 && escaped date; echo clock=$(by_number 227 0 0) day=$(by_number 164 0 0) tune=$(by_number 159 0) time=$(unshare -T true 2>&1 | grep -c "not permitted")',
      "clock=1 day=1 tune=1 time=1",
    ),
  ),
  toothless(
    "what of it an ordinary user may write is his own",
    attack(
      "settings of the kernel and of the process itself",
      'for f in /proc/sys/kernel/core_pattern /proc/sys/kernel/modprobe /proc/sys/vm/overcommit_memory /proc/sys/net/ipv4/ip_forward /proc/sys/user/max_user_namespaces /proc/self/uid_map /proc/self/setgroups /proc/self/timens_offsets /proc/irq/0/smp_affinity /proc/fs/nfsd /proc/acpi/wakeup; do (echo 1 >"$f") 2>/dev/null && escaped "$f"; done; for p in 1 self; do (echo -500 >/proc/$p/oom_score_adj) 2>/dev/null && escaped oom; done',
    ),
  ),
  attack(
    "devices that a machine may have",
    "for d in vsock kvm fuse net/tun vhost-vsock userfaultfd loop-control mem kmsg port console tty0 tty1 vda sda nvme0 rtc0 uinput dri snd hpet mapper; do [ -e /dev/$d ] && escaped $d; done; ls /dev/pts | grep -v ptmx | grep . && escaped terminal",
  ),
  attack(
    "control groups and the hierarchy of the machine",
    "[ -e /sys/fs/cgroup ] && escaped groups; ls /sys | grep . && escaped sys; cut -d: -f3 /proc/self/cgroup | grep -E 'system|user|docker|kube' && escaped names",
  ),
  answered(
    attack(
      "programs that are somebody else's by their mode",
      'for p in $(find /usr/bin /usr/sbin -perm /6000 2>/dev/null | head -20); do :; done; python3 -c "import os; os.setuid(0)" 2>/dev/null && escaped root; cp /bin/true docs/own && chmod 6755 docs/own; su -c true </dev/null >/dev/null 2>&1 && escaped su; grep NoNewPrivs /proc/self/status | tr -s "\\t" "="; grep -c " / .*nosuid" /proc/self/mountinfo | grep -v "^0" >/dev/null && echo nosuid; findmnt -no OPTIONS /workspace 2>/dev/null | grep -q nosuid && echo workspace-nosuid',
      "NoNewPrivs:=1",
      "nosuid",
      "workspace-nosuid",
    ),
  ),
  toothless(
    "a control is bounded in this as well, for it is to leave nothing behind",
    attack(
      "a process that crashes leaves nothing",
      'ulimit -c unlimited 2>/dev/null && escaped core; (kill -SEGV $BASHPID) 2>/dev/null; ls core* /tmp/core* 2>/dev/null | grep . && escaped left; echo "core $(ulimit -c) $(ulimit -Hc)"',
      "core 0 0",
    ),
  ),
];
