/** The same as the perl driver, line for line, for a host without perl. */
export const PYTHON_DRIVER: string = String.raw`
import ctypes, os, select, signal, socket, sys
libc = ctypes.CDLL(None, use_errno=True)
def num(e): return "errno %d" % e.errno
def done(act):
    act(); return "ok"
def opened(p, flags, mode=0o644):
    os.close(os.open(p, flags, mode))
def slurp(p):
    with open(p, "rb") as f: return f.read()
def append(p):
    f = os.open(p, os.O_WRONLY | os.O_APPEND); os.write(f, b"canary\n"); os.close(f)
NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL
def create(p):
    opened(p, NEW); os.unlink(p)
def gone(*paths):
    for p in paths:
        try: os.unlink(p)
        except OSError: pass
def over(a, b):
    opened(a, NEW)
    try: os.rename(a, b)
    finally: gone(a)
def replace(a, b):
    opened(a, NEW); opened(b, NEW)
    try: os.rename(a, b)
    finally: gone(a, b)
def look(p):
    try:
        if os.path.isdir(p): return "ok" if os.listdir(p) else "empty"
        opened(p, os.O_RDONLY | os.O_NONBLOCK); return "ok"
    except OSError as e: return num(e)
def fds():
    listing = os.open("/proc/self/fd", os.O_RDONLY)
    names = [n for n in os.listdir(listing) if int(n) != listing and os.path.lexists("/proc/self/fd/" + n)]
    os.close(listing); return "text " + " ".join(sorted(names, key=int))
def dial(family, address, name):
    s = socket.socket(family, socket.SOCK_STREAM); s.setblocking(False)
    e = s.connect_ex(address)
    if e == 115:
        if not select.select([], [s], [], 0.2)[1]: return "no answer in time"
        e = s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if e: return "errno %d" % e
    s.send(name); return "ok"
def late(*_): raise TimeoutError()
def resolve(name):
    signal.signal(signal.SIGALRM, late); signal.alarm(1)
    try: socket.gethostbyname(name); return "ok"
    except OSError: return "text none"
    finally: signal.alarm(0)
def http(host, port, request):
    s = socket.create_connection((host, int(port)), 2); s.sendall(request)
    return "text " + s.recv(12).decode()
def call(*args):
    def value(a): return ctypes.c_char_p(a[2:]) if a.startswith(b"s:") else ctypes.c_long(int(a))
    if libc.syscall(*[value(a) for a in args]) == -1: return "errno %d" % ctypes.get_errno()
    return "ok"
def cmdline(pid):
    try: return slurp(b"/proc/%b/cmdline" % pid)
    except OSError: return b""
def sent(pid, name):
    try: os.kill(int(pid), 0)
    except ProcessLookupError: return "errno 3"
    except OSError: pass
    return "ok" if name in cmdline(pid) else "text another process"
def pids(): return [n for n in os.listdir(b"/proc") if n.isdigit()]
OPS = {
    b"append": lambda p: done(lambda: append(p)), b"open": lambda p: done(lambda: opened(p, os.O_WRONLY | os.O_APPEND)),
    b"create": lambda p: done(lambda: create(p)), b"chmod": lambda p: done(lambda: os.chmod(p, os.stat(p).st_mode & 0o7777)),
    b"rename": lambda a, b: done(lambda: os.rename(a, b)), b"over": lambda a, b: done(lambda: over(a, b)),
    b"replace": lambda a, b: done(lambda: replace(a, b)), b"peek": lambda *ps: "|".join(sorted(set(map(look, ps)))),
    b"slurp": lambda p: b"text " + slurp(p), b"link": lambda p: "text " + os.readlink(p).decode(), b"fds": fds,
    b"tcp": lambda h, p, n: dial(socket.AF_INET, (h.decode(), int(p)), n), b"unix": lambda p, n: dial(socket.AF_UNIX, p, n),
    b"abstract": lambda a, n: dial(socket.AF_UNIX, b"\0" + a, n), b"resolve": resolve, b"http": http, b"call": call, b"signal": sent,
    b"count": lambda: "text %d" % len(pids()), b"find": lambda n: "ok" if any(n in cmdline(p) for p in pids()) else "absent",
    b"ids": lambda: "text %d %d %d %d %d" % (os.getuid(), os.geteuid(), os.getgid(), os.getegid(), os.getpgrp()),
}
for line in sys.stdin:
    what, op, *args = [bytes.fromhex(word) for word in line.split()]
    try: answer = OPS[op](*args) if op in OPS else "no such op"
    except OSError as e: answer = num(e)
    print(what.hex(), (answer if isinstance(answer, bytes) else answer.encode()).hex())
print("done")
`;
