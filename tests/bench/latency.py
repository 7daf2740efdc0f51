"""Latency: from the end of a program until a listener has the event in its hands.

    make bench BENCH=latency
    BUSVISOR_BUILD=build /usr/bin/python3 -B tests/bench/latency.py --rounds 100

Both daemons run at the same time, with the same listener, and each round kills one program of each
at a random moment.
"""

import os
import random
import re
import signal
import time

import measure
import processes
from both import Busvisor, Supervisor, recorder_command

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

SPAWNED = re.compile(r"INFO spawned: '(\d+)' with pid (\d+)$", re.MULTILINE)


def victims(run, count):
    """Process ids by name."""
    def found():
        pids = dict(SPAWNED.findall(run.read("main.log")))
        return pids if len(pids) == count else None
    return {k: int(v) for k, v in processes.wait_for(found, "victims").items()}


def arrival(run, pid):
    """When the listener had the end of pid in its hands."""
    def found():
        return [e["when"] for e in run.events() if e["payload"].endswith(" pid:%d" % pid)]
    return processes.wait_for(found, "the event of %d" % pid)[0]


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


def main():
    options = measure.arguments("measures how soon listeners get events", rounds=30)
    sections = VICTIMS % (recorder_command(), options.rounds)
    with Supervisor(sections) as theirs, Busvisor(sections) as ours:
        for run in (theirs, ours):
            measure.wait_listener(run)
        found = latencies((theirs, ours), options.rounds)
        for run in (theirs, ours):
            run.end()
    processes.end_all_below(os.getpid())
    table = measure.Table(measure.THEIRS, measure.OURS)
    for share in (50, 99):
        table.add("exit to listener, p%d of %d" % (share, options.rounds), "ms",
                  {name: measure.percentile(values, share)
                   for name, values in zip((measure.THEIRS, measure.OURS), found)})
    table.print()


main()
