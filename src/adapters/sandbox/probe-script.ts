/** Arguments: planted file, port of a listener on the host's loopback, numbers of ptrace and io_uring_setup. */
export const PROBE_SCRIPT = `planted=$1 port=$2 ptrace=$3 ring=$4
say() { printf '%s\\t%s\\n' "$1" "$2"; }
try() { local name=$1; shift; if "$@" 2>/dev/null; then say "$name" yes; else say "$name" no; fi; }
read_it() { [ -n "$(cat -- "$1")" ]; }
for space in user pid net mnt ipc uts; do say "ns-$space" "$(readlink /proc/self/ns/$space)"; done
while read -r field value _; do case $field in CapEff: | NoNewPrivs: | Seccomp:) say "$field" "$value" ;; esac; done </proc/self/status
by_number() {
  if [ -x /usr/bin/perl ]; then /usr/bin/perl -e 'my $r = syscall($ARGV[0]+0, 0, 0, 0, 0); print $r == -1 ? $!+0 : "none"' "$1"
  elif [ -x /usr/bin/python3 ]; then /usr/bin/python3 -c 'import ctypes,sys
c = ctypes.CDLL(None, use_errno=True); r = c.syscall(int(sys.argv[1]), 0, 0, 0, 0); print(ctypes.get_errno() if r == -1 else "none", end="")' "$1"
  else echo no-tool; fi
}
say ptrace "$(by_number "$ptrace")"
say ring "$(by_number "$ring")"
try planted read_it "$planted"
try planted-by-root read_it "/proc/1/root$planted"
try home ls /root /home/agent/../../root
# A listing and a substitution each open a descriptor of their own, so neither is used for what is told.
printf 'descriptors\\t'; for fd in /proc/$$/fd/*; do [ -L "$fd" ] && printf '%s ' "\${fd##*/}"; done; echo
say environ-of-1 "$(tr '\\0' '\\n' </proc/1/environ | wc -c)"
say environ "$(tr '\\0' '\\n' </proc/$$/environ | cut -d= -f1 | sort | tr '\\n' ' ')"
append() { echo x >>"$1"; }
over() { echo x >src/new && mv -f src/new "$1"; }
try allowed append src/allowed
try allowed-rename over src/allowed
try pinned append src/pinned
try pinned-rename over src/pinned
try pinned-chmod chmod 777 src/pinned
try root-write append stray
try masked read_it .env
try masked-chmod chmod 600 .env
try masked-folder ls secrets
try root-tmpfs append /etc/ld.so.preload
try dev-tmpfs append /dev/stray
connect() { exec 9<>"/dev/tcp/127.0.0.1/$1"; }
try network connect "$port"
say done yes
`;

/** Leaves a daemon in a session of its own that ignores TERM, says so, and waits. */
export const DAEMON_SCRIPT = `trap '' TERM
setsid /bin/bash -c "trap '' TERM; (setsid sleep 600 &) ; sleep 600" >/dev/null 2>&1 </dev/null &
echo ready
sleep 600
`;
