"""A burst of output events through a pool with room for ten, under Debian's Supervisor and under us:
how many of them the listener gets. The figures are printed.

    BUSVISOR_EVENTS=50000 BUSVISOR_BUILD=build /usr/bin/python3 -B tests/compat/loss.py
"""

import os

from both import Busvisor, Supervisor, need_supervisor

import processes
import tap
from busvisor import HERE, PYTHON

EVENTS = int(os.environ.get("BUSVISOR_EVENTS", "4900"))

SECTIONS = """
[program:writer]
command=%s %s/numbered.py %%(here)s
stdout_capture_maxbytes=1MB
stdout_logfile=NONE
startsecs=0

[eventlistener:tally]
command=%s %s/tally.py %%(here)s/tally
events=PROCESS_COMMUNICATION
buffer_size=10
startsecs=0
""" % (PYTHON, HERE, PYTHON, HERE)


def prepare(run):
    """The first event, alone, shows that the listener is ready."""
    run.write("first", "0")
    run.write("goal", "1")


def arrived(run):
    return [int(line.split()[1]) for line in run.read("tally").splitlines(True)
            if line.endswith("\n")]


def get_burst(run):
    """What the listener got of the burst. When full both keep what came last, so the last event
    ends it."""
    processes.wait_for(lambda: arrived(run) == [0], "the first event")
    os.rename(run.write("goal.new", str(EVENTS + 1)), run.file("goal"))
    processes.wait_for(lambda: EVENTS in arrived(run), "the last event")
    return arrived(run)[1:]


@tap.case("a burst of %d events through a buffer of ten" % EVENTS)
def burst():
    need_supervisor()
    got = {}
    for kind in (Supervisor, Busvisor):
        with kind(SECTIONS, prepare=prepare) as run:
            got[kind] = get_burst(run)
            run.end()
    for kind, numbers in got.items():
        lost = EVENTS - len(set(numbers))
        tap.diagnostics("%-10s of %d events %d arrived, %d were lost: %.1f %%" % (
            kind.__name__ + ":", EVENTS, len(numbers), lost, 100 * lost / EVENTS))
    tap.same(got[Busvisor], list(range(1, EVENTS + 1)))
    tap.check(len(got[Supervisor]) < EVENTS, "Supervisor lost nothing: this burst is none")


tap.run()
