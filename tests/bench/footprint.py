"""Footprint: what a daemon takes while it has nothing to do: memory, CPU time, wake-ups.

    make bench BENCH=footprint
    BUSVISOR_BUILD=build /usr/bin/python3 -B tests/bench/footprint.py --programs 1000 --seconds 600

All processes of ours together: the daemon, its bus, and with a listener pool the listener-host.
Memory is the share that a process has (PSS), so each daemon is measured alone with its programs,
which the control program starts and stops. The idle ones are watched all at the same time.
"""

import contextlib
import os
import time

import measure
import processes
from both import recorder_command

CROWD = """
[program:crowd]
command=/bin/sleep 100000
process_name=%%(process_num)04d
numprocs=%d
startsecs=0
autostart=false
"""
POOL = """
[eventlistener:watch]
command=%s
events=PROCESS_STATE_EXITED
buffer_size=100
"""
MANY = "minfds=20000\n"  # which Supervisor has to be told
LONG = 600  # seconds; a thousand programs take Supervisor a while


def control(run, *arguments):
    """Seconds that the control program takes."""
    begin = time.monotonic()
    result = run.control(*arguments, limit=LONG)
    if result.returncode != 0:
        raise RuntimeError("%s %s: %s%s" % (type(run).__name__, arguments, result.stdout[-2000:],
                                            result.stderr))
    return time.monotonic() - begin


def wait_control(run):
    processes.wait_for(lambda: run.control("status").returncode != 4, "the daemon")


def crowd(kind, programs):
    """One daemon with its programs, alone."""
    with kind(CROWD % programs, MANY) as run:
        wait_control(run)
        found = {"start": control(run, "start", "crowd:*")}
        sizes = {"size of " + role: measure.pss_kib(pid) / 1024
                 for role, pid in measure.members(run).items()}
        found.update(sizes, size=sum(sizes.values()), stop=control(run, "stop", "crowd:*"))
        run.end()
    processes.end_all_below(os.getpid())
    return found


def memory(table, rounds, programs):
    found = measure.medians(rounds, {name: lambda kind=kind: crowd(kind, programs)
                                     for name, kind in measure.KINDS.items()})
    what = "%d programs: " % programs
    table.add_figure(what + "started by the control program", "s", found, "start")
    table.add_figure(what + "memory", "MiB", found, "size")
    for role in ("daemon", "dbus-daemon"):
        table.add_figure(what + "memory of " + role, "MiB", found, "size of " + role)
    table.add_figure(what + "stopped by the control program", "s", found, "stop")


def used_while_idle(runs, seconds):
    """Name of the run to role to what it used in a minute."""
    roles = {name: measure.members(run) for name, run in runs.items()}
    before = {name: {role: measure.usage(pid) for role, pid in of.items()}
              for name, of in roles.items()}
    time.sleep(seconds)
    used = {}
    for name, of in roles.items():
        used[name] = {}
        for role, pid in of.items():
            now, then = measure.usage(pid), before[name][role]
            used[name][role] = measure.Usage((now.cpu_ms - then.cpu_ms) * 60 / seconds,
                                             (now.switches - then.switches) * 60 / seconds)
    return used


def idle(table, programs, pool, seconds):
    sections = CROWD % programs + (POOL % recorder_command() if pool else "")
    with contextlib.ExitStack() as stack:
        runs = {name: stack.enter_context(kind(sections, MANY))
                for name, kind in measure.KINDS.items()}
        for run in runs.values():
            wait_control(run)
            control(run, "start", "crowd:*")
            if pool:
                measure.wait_listener(run)
        time.sleep(1)  # what is under way comes to rest
        used = used_while_idle(runs, seconds)
        for run in runs.values():
            run.end()
    processes.end_all_below(os.getpid())
    what = "idle, %d programs%s: " % (programs, " and a pool" if pool else "")
    for index, figure, unit in ((0, "CPU", "ms/min"), (1, "wake-ups", "/min")):
        table.add(what + figure, unit, {name: sum(values[index] for values in of.values())
                                        for name, of in used.items()})
        for role, values in used[measure.OURS].items():
            table.add(what + figure + " of " + role, unit, {measure.OURS: values[index]})


def main():
    options = measure.arguments("measures what the daemons take while idle", rounds=1,
                                programs=1000, seconds=30)
    table = measure.Table(measure.THEIRS, measure.OURS)
    for count in (10, options.programs):
        memory(table, options.rounds, count)
    for pool in (False, True):
        idle(table, 10, pool, options.seconds)
    table.print()


main()
