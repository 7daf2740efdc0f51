"""Measure: what processes have used so far, and figures from many values.

Supervisor, Busvisor and the bare loops do the same in turn, several times over, and the median of
each counts: what else happens on the machine meets all of them alike.
"""

import argparse
import collections
import os
import re
import statistics
import sys
import time

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", folder)
                for folder in ("bus", "compat")]

import processes  # noqa: E402
import tap  # noqa: E402
from both import Busvisor, Supervisor  # noqa: E402
from busvisor import program  # noqa: E402

OURS, THEIRS = "Busvisor", "Supervisor"
KINDS = {THEIRS: Supervisor, OURS: Busvisor}
HELPERS = ("busvisor-listener-host", "busvisor-rpc-host", "dbus-daemon")

Usage = collections.namedtuple("Usage", "cpu_ms switches")

TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")

tap.diagnostics = print


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
    """CPU time since it started, and how often it went to sleep."""
    return Usage(cpu_ms(pid), _field("/proc/%d/status" % pid, "voluntary_ctxt_switches"))


def pss_kib(pid):
    """Its share of the memory: what is used by several counts for each in part."""
    return _field("/proc/%d/smaps_rollup" % pid, "Pss")


def rss_kib(pid):
    """What of it is resident."""
    return _field("/proc/%d/status" % pid, "VmRSS")


def peak_kib(pid):
    """The most that was resident of it at a time."""
    return _field("/proc/%d/status" % pid, "VmHWM")


def members(run):
    """Role to process id: the daemon and, of ours, its helpers."""
    roles = {"daemon": run.process.pid}
    if isinstance(run, Busvisor):
        for child in processes.children(run.process.pid):
            if processes.name(child) in HELPERS:
                roles[processes.name(child)] = child
    return roles


def total_cpu_ms(run):
    return sum(cpu_ms(pid) for pid in members(run).values())


def wait_listener(run):
    """Until the listener "watch" is up."""
    processes.wait_for(lambda: "success: watch entered RUNNING" in run.read("main.log"),
                       "the listener")


def over(seconds, warm_up, counters):
    """How much each of the counters, functions by name, has grown in so many seconds, and how long
    these have been."""
    time.sleep(warm_up)
    before, begin = {name: counter() for name, counter in counters.items()}, time.monotonic()
    time.sleep(seconds)
    took = time.monotonic() - begin
    return dict({name: counter() - before[name] for name, counter in counters.items()},
                seconds=took)


class Lines:
    """Counts the lines of a growing file that have the text in them."""

    def __init__(self, path, text):
        self.path, self.text = path, text.encode()
        self.position, self.rest, self.count = 0, b"", 0

    def read(self):
        """Their number so far."""
        try:
            with open(self.path, "rb") as stream:
                stream.seek(self.position)
                new = stream.read()
        except FileNotFoundError:
            return 0
        self.position += len(new)
        whole, _, self.rest = (self.rest + new).rpartition(b"\n")
        self.count += whole.count(self.text)
        return self.count


def percentile(values, share):
    """The smallest value that so large a share of all does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * share // 100) - 1)]


def arguments(description, **options):
    """The command line of a subject: its number of rounds, and sizes with their defaults."""
    parser = argparse.ArgumentParser(description=description)
    for name, default in options.items():
        if default is False:
            parser.add_argument("--" + name, action="store_true")
        else:
            parser.add_argument("--" + name, type=type(default), default=default,
                                help="default: %(default)s")
    os.environ["BUSVISOR_BUILD"] = os.path.abspath(os.environ["BUSVISOR_BUILD"])
    return parser.parse_args()


def own_program(name):
    """A program of this folder."""
    return program("tests/bench/" + name)


def medians(rounds, lanes):
    """Each lane once per round, one after the other; name of the lane to its medians by figure.

    lanes: name to a function that answers a dictionary of figures.
    """
    found = {name: collections.defaultdict(list) for name in lanes}
    for _ in range(rounds):
        for name, lane in lanes.items():
            for figure_name, value in lane().items():
                found[name][figure_name].append(value)
    return {name: {k: statistics.median(v) for k, v in figures.items()}
            for name, figures in found.items()}


def figure(value, unit):
    """Three digits that count."""
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return ("%.*f %s" % (digits, value, unit)).rstrip()


def ratio(ours, other):
    """"1/6.3" where ours is much the smaller."""
    if not ours or not other:
        return ""
    return "%.2f" % (ours / other) if ours * 2 > other else "1/%.1f" % (other / ours)


class Table:
    """Rows of figures, a column for each of those that did the same.

    Ours is set against each of the others, or against the best of several.
    """

    def __init__(self, *columns, against=None):
        """against: title of a column of ratios to the names whose best ours is compared with."""
        self.columns = columns
        self.against = against or {"to " + c: [c] for c in columns if c != OURS}
        self.rows = [("",) + columns + tuple(self.against)]

    def add(self, what, unit, values, more_is_better=False):
        """values by the names of the columns; those that are missing stay blank."""
        cells = [figure(values[c], unit) if c in values else "" for c in self.columns]
        for others in self.against.values():
            known = [values[o] for o in others if o in values]
            best = (max if more_is_better else min)(known) if known else None
            cells.append(ratio(values[OURS], best))
        self.rows.append((what, *cells))

    def add_figure(self, what, unit, found, name, more_is_better=False):
        """One figure out of what medians() answers."""
        self.add(what, unit, {lane: figures[name] for lane, figures in found.items()
                              if name in figures}, more_is_better)

    def print(self):
        widths = [max(len(row[i]) for row in self.rows) for i in range(len(self.rows[0]))]
        for row in self.rows:
            print(row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:])),
                  sep="  ")
        print(flush=True)
