"""Processes: what runs below this test, read from /proc.

The test makes itself a subreaper, so everything that it or a daemon ever started stays below it and
can be found and ended, however often it forked.
"""

import ctypes
import os
import signal
import time

WAIT_LIMIT = 60  # seconds until a condition that does not come is a failure

_PR_SET_CHILD_SUBREAPER = 36
_libc = ctypes.CDLL(None, use_errno=True)


# A shell starts what it puts into the background with these ignored, which would be inherited by
# all that is to be interrupted here.
for _number in (signal.SIGINT, signal.SIGQUIT):
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, signal.SIG_DFL)


def adopt_orphans():
    """Everything below this process stays below it."""
    if _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def wait_for(condition, what, limit=None):
    """Answers the first true value of condition(); AssertionError after limit seconds."""
    deadline = time.monotonic() + (limit or WAIT_LIMIT)
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError("waited in vain: " + (what() if callable(what) else what))
        time.sleep(0.01)


def _stat(pid):
    """The fields of /proc/PID/stat behind the name, None when there is no such process."""
    try:
        with open("/proc/%d/stat" % pid, encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def is_alive(pid):
    """Exists and is no zombie."""
    fields = _stat(pid)
    return fields is not None and fields[0] not in "ZX"


def is_halted(pid):
    fields = _stat(pid)
    return fields is not None and fields[0] == "T"


def parent(pid):
    fields = _stat(pid)
    return int(fields[1]) if fields else None


def cpu_ticks(pid):
    """utime and stime in clock ticks."""
    fields = _stat(pid)
    return int(fields[11]) + int(fields[12])


def name(pid):
    """The file name of what it executes, "" when that cannot be told."""
    try:
        return os.path.basename(os.readlink("/proc/%d/exe" % pid))
    except OSError:
        return ""


def status(pid):
    """The fields of /proc/PID/status."""
    with open("/proc/%d/status" % pid, encoding="utf-8") as file:
        return {key: value.strip() for key, _, value in (line.partition(":") for line in file)}


def is_sanitized(pid):
    """With the address sanitizer, which keeps freed memory, to find its use."""
    with open("/proc/%d/maps" % pid, encoding="utf-8") as maps:
        return "asan" in maps.read()


def command_line(pid):
    try:
        with open("/proc/%d/cmdline" % pid, "rb") as file:
            return file.read().decode("utf-8", "replace").split("\0")[:-1]
    except OSError:
        return []


def children(pid):
    """Living children, in the order of their process ids."""
    all_pids = (int(entry) for entry in os.listdir("/proc") if entry.isdigit())
    return sorted(p for p in all_pids if parent(p) == pid and is_alive(p))


def descendants(pid):
    found = []
    for child in children(pid):
        found += [child] + descendants(child)
    return found


def reap():
    """Takes what orphans have left."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def end_all_below(pid):
    """Kills whatever is left below pid and answers what that was."""
    killed = []
    while True:
        left = descendants(pid)
        if not left:
            reap()
            return killed
        for process in left:
            killed.append("%d %s" % (process, " ".join(command_line(process))))
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                pass
        reap()
