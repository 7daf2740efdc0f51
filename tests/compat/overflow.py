"""overflow=discard: a burst that is larger than the buffer leaves the same events under Supervisor
and under us, and the same lines in the log."""

import json
import os
import re

from both import Busvisor, Supervisor, need_supervisor

import processes
import tap
from busvisor import PYTHON

HERE = os.path.dirname(os.path.abspath(__file__))
WAIT = {"wait": "go"}
BURST = "2345678"

# What each pool's listener does with the first event, and what it gets in all.
POOLS = {
    # The oldest of those that wait go, the one in hand does not count.
    "accepts": (3, ["READY\n", None, WAIT, "RESULT 2\nOK"], "1678"),
    # What comes back pushes out the next one, not itself.
    "refuses": (3, ["READY\n", None, WAIT, "RESULT 4\nFAIL"], "1178"),
    "refuses-one": (1, ["READY\n", None, WAIT, "RESULT 4\nFAIL"], "11"),
    "dies": (3, ["READY\n", None, WAIT, {"end": 1}, "RESULT 2\nOK"], "1178"),
    # Nobody waits for events; the first goes too.
    "late": (3, [WAIT], "678"),
    "fits": (8, ["READY\n", None, WAIT, "RESULT 4\nFAIL"], "1" + "1" + BURST),
}

SECTIONS = "".join("""
[eventlistener:%s]
command=%s -IS %s/slip.py %%(here)s/got-%s '%s'
directory=%%(here)s
events=REMOTE_COMMUNICATION
buffer_size=%d
priority=%d
startsecs=0
startretries=10
overflow=discard
""" % (name, PYTHON, HERE, name, json.dumps(steps), size, number)
    for number, (name, (size, steps, _)) in enumerate(POOLS.items(), 1))


def got(run, name):
    return run.read("got-" + name).replace("\n", "")


def lines(run, name):
    """What was said about the buffer, without the serials, which differ."""
    return re.findall(r"^\S+ \S+ ERRO (?:listener-host: )?(pool %s event buffer overflowed, "
                      r"discarding event )\d+$" % name, run.read("main.log"), re.MULTILINE)


def wait_got(run, wanted):
    def lacking():
        return {name: got(run, name) for name in wanted if got(run, name) != wanted[name]}
    processes.wait_for(lambda: not lacking(),
                       lambda: "%s: %s, has %s" % (type(run).__name__, wanted, lacking()))


def work(run):
    processes.wait_for(lambda: run.read("main.log").count("spawned: ") == len(POOLS), "listeners")
    run.send_remote("t", "1")
    wait_got(run, {name: "1" for name in POOLS if name != "late"})
    for event in BURST:
        run.send_remote("t", event)
    # Of the burst everything is in the buffers when the last one is: the line before it was said.
    processes.wait_for(lambda: len(lines(run, "late")) == len("1" + BURST) - 3, "the burst")
    run.write("go", "")
    wait_got(run, {name: wanted for name, (_, _, wanted) in POOLS.items()})


_seen = {}


@tap.case("the same burst into both")
def the_runs():
    need_supervisor()
    runs = {"supervisor": Supervisor(SECTIONS), "busvisor": Busvisor(SECTIONS)}
    try:
        with runs["supervisor"] as _, runs["busvisor"] as _:
            for run in runs.values():
                work(run)
            for kind, run in runs.items():
                run.end()
                _seen[kind] = {name: (got(run, name), lines(run, name)) for name in POOLS}
    finally:
        left = processes.end_all_below(os.getpid())
    tap.same(left, [], "processes left behind")


def pool_case(name):
    @tap.case("the same events survive: " + name)
    def same():
        need_supervisor()
        tap.check(_seen, "there was no complete run")
        tap.same(_seen["busvisor"][name], _seen["supervisor"][name])


for each in POOLS:
    pool_case(each)

tap.run()
