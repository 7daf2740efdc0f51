"""Bench: Supervisor and Busvisor doing the same, at the same time or in turn. Asserts nothing.

    make bench BENCH="--rounds 30 --seconds 30 --programs 1000"
"""

import argparse
import os
import random
import re
import signal
import time

import measure
import processes
import tap
from both import Busvisor, Supervisor, recorder_command

tap.diagnostics = print

LATENCY = """
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

CROWD = """
[eventlistener:watch]
command=%s
events=PROCESS_STATE_EXITED
buffer_size=100

[program:crowd]
command=/bin/sleep 100000
process_name=%%(process_num)04d
numprocs=%d
startsecs=0
autostart=false
"""

SPAWNED = re.compile(r"INFO spawned: '(\d+)' with pid (\d+)$", re.MULTILINE)
LONG = 600  # seconds; a thousand programs take Supervisor a while


def victims(run, count):
    """Process ids by name."""
    def found():
        pids = dict(SPAWNED.findall(run.read("main.log")))
        return pids if len(pids) == count else None
    return {k: int(v) for k, v in processes.wait_for(found, "victims").items()}


def wait_listener(run):
    processes.wait_for(lambda: "success: watch entered RUNNING" in run.read("main.log"),
                       "the listener")


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


def bench_latency(table, rounds):
    sections = LATENCY % (recorder_command(), rounds)
    with Supervisor(sections) as theirs, Busvisor(sections) as ours:
        for run in (theirs, ours):
            wait_listener(run)
        found = latencies((theirs, ours), rounds)
        for share in (50, 99):
            table.add("exit to listener, p%d of %d" % (share, rounds),
                      *(measure.percentile(values, share) for values in found), "ms")
        for run in (theirs, ours):
            run.end()


def members(run):
    """Role to process id: the daemon and, of ours, its helpers."""
    roles = {"daemon": run.process.pid}
    if isinstance(run, Busvisor):
        for child in processes.children(run.process.pid):
            if processes.name(child) in ("busvisor-listener-host", "dbus-daemon"):
                roles[processes.name(child)] = child
    return roles


def idle(table, runs, programs, seconds):
    before = [{role: measure.usage(pid) for role, pid in members(run).items()} for run in runs]
    time.sleep(seconds)
    used = []
    for run, old in zip(runs, before):
        now = {role: measure.usage(pid) for role, pid in members(run).items()}
        used.append({role: (now[role].cpu_ms - old[role].cpu_ms,
                            now[role].switches - old[role].switches) for role in old})
    what = "idle %d s, %d programs: " % (seconds, programs)
    for index, (name, unit) in enumerate((("CPU", "ms"), ("context switches", ""))):
        table.add(what + name + ", all", *(sum(u[index] for u in of.values()) for of in used), unit)
        for role, values in used[1].items():
            table.add(what + name + ", " + role, None, values[index], unit)


def memory(table, runs, programs):
    sizes = [{role: measure.pss_kib(pid) / 1024 for role, pid in members(run).items()}
             for run in runs]
    what = "memory (PSS), %d programs: " % programs
    table.add(what + "all", *(sum(of.values()) for of in sizes), "MiB")
    for role, size in sizes[1].items():
        table.add(what + role, None, size, "MiB")


def timed(run, *arguments):
    """Seconds that the control program takes."""
    begin = time.monotonic()
    result = run.control(*arguments, limit=LONG)
    if result.returncode != 0:
        raise RuntimeError("%s %s: %s%s" % (type(run).__name__, arguments, result.stdout[-2000:],
                                            result.stderr))
    return time.monotonic() - begin


def bench_crowd(table, programs, seconds):
    sections = CROWD % (recorder_command(), programs)
    # Supervisor has to be told that there will be many.
    with Supervisor(sections, "minfds=20000\n") as theirs, Busvisor(sections) as ours:
        runs = (theirs, ours)
        for run in runs:
            wait_listener(run)
        table.add("start %d programs" % programs,
                  *(timed(run, "start", "crowd:*") for run in runs), "s")
        memory(table, runs, programs)
        idle(table, runs, programs, seconds)
        table.add("stop %d programs" % programs,
                  *(timed(run, "stop", "crowd:*") for run in runs), "s")
        for run in runs:
            run.end()


def main():
    parser = argparse.ArgumentParser(description="compares Busvisor with Supervisor")
    parser.add_argument("--rounds", type=int, default=30, help="events for the latency")
    parser.add_argument("--seconds", type=int, default=30, help="how long idling is watched")
    parser.add_argument("--programs", type=int, default=1000, help="size of the large crowd")
    arguments = parser.parse_args()
    table = measure.Table()
    try:
        bench_latency(table, arguments.rounds)
        bench_crowd(table, 10, arguments.seconds)
        bench_crowd(table, arguments.programs, arguments.seconds)
    finally:
        processes.end_all_below(os.getpid())
        table.print()


main()
