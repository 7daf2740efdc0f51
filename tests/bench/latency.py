"""Latency: from the end of a program until a listener has the event in its hands.

    make bench BENCH=latency
    BUSVISOR_BUILD=build /usr/bin/python3 -B tests/bench/latency.py --rounds 100

Both daemons run at the same time, with the same listener, a program in C, and each round kills one
program of each at a random moment. Then Busvisor alone, while other programs end and are started
again as fast as that goes: Supervisor would discard most of the events that are meant.
"""

import os
import random
import re
import signal
import time

import listeners
import measure
import processes
from both import Busvisor, Supervisor

VICTIMS = """
[eventlistener:watch]
command=%s
events=PROCESS_STATE_EXITED
buffer_size=100

[program:victim]
command=/bin/sleep 100000
process_name=%%(process_num)04d
numprocs=%d
startsecs=0
autorestart=false
"""
OTHERS = """
[program:quick]
command=/bin/true
process_name=%(process_num)02d
numprocs=10
startsecs=0
start_interval=0
autorestart=true
stdout_logfile=NONE
stderr_logfile=NONE
"""

SPAWNED = re.compile(r"INFO spawned: '(\d{4})' with pid (\d+)$", re.MULTILINE)


def sections(rounds, of_pool=""):
    """of_pool: further options of the pool."""
    text = VICTIMS % (listeners.command("tally-watch"), rounds)
    return text.replace("buffer_size=100\n", "buffer_size=100\n" + of_pool)


def victims(run, count):
    """Process ids by name."""
    def found():
        pids = dict(SPAWNED.findall(run.read("main.log")))
        return pids if len(pids) == count else None
    return {k: int(v) for k, v in processes.wait_for(found, "victims").items()}


def arrival(run, pid):
    """When the listener had the end of pid in its hands."""
    [watch] = listeners.of(run, ["watch"])
    return processes.wait_for(lambda: watch.ends().get(pid), "the event of %d" % pid)


def latencies(runs, rounds):
    """Milliseconds from kill(2) to the listener, per run; both in each round, at random times."""
    pids = [victims(run, rounds) for run in runs]
    found = [[] for _ in runs]
    for number in range(rounds):
        killed = []
        for of_run in pids:
            victim = of_run["%04d" % number]
            killed.append((victim, time.monotonic()))
            os.kill(victim, signal.SIGKILL)
        for index, (victim, when) in enumerate(killed):
            found[index].append((arrival(runs[index], victim) - when) * 1000)
        time.sleep(random.uniform(0.2, 1.2))
    return found


def beside_supervisor(rounds):
    """Of both, in their order."""
    with Supervisor(sections(rounds)) as theirs, Busvisor(sections(rounds)) as ours:
        for run in (theirs, ours):
            measure.wait_listener(run)
        found = latencies((theirs, ours), rounds)
        for run in (theirs, ours):
            run.end()
    processes.end_all_below(os.getpid())
    return dict(zip((measure.THEIRS, measure.OURS), found))


def among_restarts(rounds):
    with Busvisor(sections(rounds, "processes=victim:*\n") + OTHERS,
                  "logfile_maxbytes=0\n") as ours:
        measure.wait_listener(ours)
        [found] = latencies([ours], rounds)
        ours.end()
    processes.end_all_below(os.getpid())
    return {measure.OURS: found}


def main():
    options = measure.arguments("measures how soon listeners get events", rounds=30)
    table = measure.Table(measure.THEIRS, measure.OURS)
    for what, found in (("exit to listener", beside_supervisor(options.rounds)),
                        ("the same among restarts", among_restarts(options.rounds))):
        for share in (50, 99):
            table.add("%s, p%d of %d" % (what, share, options.rounds), "ms",
                      {name: measure.percentile(values, share) for name, values in found.items()})
    table.print()


main()
