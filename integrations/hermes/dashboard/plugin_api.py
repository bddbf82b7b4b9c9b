"""Reads the control-surface.json of each sealed run of one home. Serves GET, writes nothing, starts nothing.

The home is the absolute path in CTO_HOME. What cannot be read is told as unavailable, never as an empty list or a zero.
A state is the one at the seal; whether a human decided since is told by the name of the outcome beside the bundle, which
is not opened here. `cto status` and `cto verify` say what holds.
"""

import json
import os
import re
import stat

try:
    from fastapi import APIRouter
except ImportError:  # Hermes brings it; without it the functions below can be tried by themselves.
    APIRouter = None

RUN = re.compile(r"^R-\d{3,9}-\d{2,6}$")
SUMMARY_BYTES_MAX = 1_048_576
RUNS_MAX = 200


def read_runs(home):
    """Every sealed run, the newest first, or why there is nothing to show."""
    if not home or not os.path.isabs(home):
        return unavailable("CTO_HOME is not the absolute path of a home")
    folder = os.path.join(home, ".cto", "runs")
    try:
        names = os.listdir(folder)
        sealed = sorted(
            (name for name in names if RUN.match(name)),
            key=lambda name: (os.lstat(os.path.join(folder, name)).st_mtime, name),
            reverse=True,
        )
    except OSError as error:
        return unavailable(f"the runs cannot be read: {error.strerror}")
    runs = [read_run(folder, name) for name in sealed[:RUNS_MAX]]
    unread = sum(1 for run in runs if not run["available"])
    complete = unread == 0 and len(sealed) <= RUNS_MAX
    waiting = sum(1 for run in runs if run["available"] and run["state"] == "awaiting_outcome" and not run["decided"])
    return {
        "available": True,
        "runs": runs,
        "total": len(sealed),
        # A count that leaves something out is no count.
        "needsYou": waiting if complete else None,
    }


def read_run(folder, name):
    """One run by its summary; the whole is unavailable where the file is no summary of this run."""
    try:
        told = json.loads(read_plain(os.path.join(folder, name, "control-surface.json")))
        if told["schema"] != "cto/control-surface/v1" or told["run"] != name:
            raise ValueError("it is no summary of this run")
        return {
            "available": True,
            "run": name,
            "work": str(told["work"]),
            "state": str(told["state"]),
            "says": str(told["says"]),
            "commit": None if told["commit"] is None else str(told["commit"]["id"]),
            "deniedAttempts": int(told["deniedAttempts"]),
            "criteria": [{"id": str(each["id"]), "status": str(each["status"])} for each in told["criteria"]],
            "decided": is_decided(folder, name),
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        return {"available": False, "run": name, "why": f"{type(error).__name__}: its summary cannot be read"}


def is_decided(folder, name):
    """Whether a record of an outcome lies beside the bundle; whether it holds is the verifier's to say."""
    try:
        return any(each.startswith("outcome.") for each in os.listdir(os.path.join(folder, f"{name}.addenda")))
    except FileNotFoundError:
        return False


def read_plain(path):
    """A plain file of bounded size, through no link."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise ValueError("it is no plain file")
        held = file.read(SUMMARY_BYTES_MAX + 1)
    if len(held) > SUMMARY_BYTES_MAX:
        raise ValueError("it is too large")
    return held


def unavailable(why):
    return {"available": False, "why": why}


if APIRouter is not None:
    router = APIRouter()

    @router.get("/runs")
    def runs():
        return read_runs(os.environ.get("CTO_HOME"))
