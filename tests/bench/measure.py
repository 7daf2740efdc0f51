"""Measure: what a process has used so far, and figures from many values."""

import collections
import os
import re
import sys

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", folder)
                for folder in ("bus", "compat")]

import processes  # noqa: E402

Usage = collections.namedtuple("Usage", "cpu_ms switches")

TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")


def _field(file, name):
    with open(file, encoding="ascii", errors="replace") as stream:
        return int(re.search(r"^%s:\s+(\d+)" % name, stream.read(), re.MULTILINE).group(1))


def cpu_ms(pid):
    """utime and stime; from the scheduler's own count where there is one, which is finer."""
    try:
        with open("/proc/%d/schedstat" % pid, encoding="ascii") as stream:
            return int(stream.read().split()[0]) / 1e6
    except FileNotFoundError:
        return processes.cpu_ticks(pid) * TICK_MS


def usage(pid):
    """CPU time and context switches since it started."""
    status = "/proc/%d/status" % pid
    switches = [_field(status, kind + "_ctxt_switches") for kind in ("voluntary", "nonvoluntary")]
    return Usage(cpu_ms(pid), sum(switches))


def pss_kib(pid):
    """Its share of the memory: what is used by several counts for each in part."""
    return _field("/proc/%d/smaps_rollup" % pid, "Pss")


def percentile(values, share):
    """The smallest value that so large a share of all does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * share // 100) - 1)]


def figure(value, unit):
    """Three digits that count."""
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return ("%.*f %s" % (digits, value, unit)).rstrip()


class Table:
    """Rows of a figure under Supervisor and under Busvisor; some have the latter only."""

    def __init__(self):
        self.rows = [("", "Supervisor", "Busvisor", "ratio")]

    def add(self, what, theirs, ours, unit):
        if theirs is None:
            self.rows.append((what, "", figure(ours, unit), ""))
            return
        ratio = "1/%.1f" % (theirs / ours) if ours and theirs >= ours else \
            "%.1f" % (ours / theirs) if theirs else ""
        self.rows.append((what, figure(theirs, unit), figure(ours, unit), ratio))

    def print(self):
        widths = [max(len(row[i]) for row in self.rows) for i in range(4)]
        for row in self.rows:
            print(row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:])),
                  sep="  ")
