"""Spawn: from exec of the daemon until a crowd of programs is RUNNING, and until all is over again.

    make bench BENCH=spawn
    BUSVISOR_BUILD=build /usr/bin/python3 -B tests/bench/spawn.py --rounds 9 --programs 1000

Beside Supervisor and a bare loop that starts the same programs. RUNNING is what the main log says,
which both daemons write for each program. The CPU time until then is that of the daemon and its
helpers; that of the whole run has the programs in it.
"""

import os
import resource
import signal
import subprocess
import time

import measure
import processes
from both import Busvisor, Supervisor

COMMAND = ("/bin/sleep", "100000")
CROWD = """
[program:crowd]
command=%s
process_name=%%(process_num)04d
numprocs=%d
startsecs=0
stdout_logfile=NONE
stderr_logfile=NONE
"""
PATIENCE = 300  # seconds


def cpu_of_children():
    """Milliseconds of all that has ended and was reaped, by us or by those."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (used.ru_utime + used.ru_stime) * 1000


def until_end(process):
    """Seconds from SIGTERM until it has ended."""
    begin = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.wait()
    return time.monotonic() - begin


def supervised(kind, programs, more_of_head=""):
    before = cpu_of_children()
    with kind(CROWD % (" ".join(COMMAND), programs), more_of_head) as run:
        lines = measure.Lines(run.file("main.log"), "entered RUNNING state")
        processes.wait_for(lambda: lines.read() == programs, "the crowd", PATIENCE)
        up = time.monotonic() - run.began
        cpu = measure.total_cpu_ms(run)
        down = until_end(run.process)
    processes.end_all_below(os.getpid())
    return {"up": up, "down": down, "cpu": cpu, "cpu in all": cpu_of_children() - before}


def bare(programs):
    before = cpu_of_children()
    begin = time.monotonic()
    command = [measure.own_program("bare-spawn"), "crowd", str(programs), *COMMAND]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        up = time.monotonic() - begin
        cpu = measure.cpu_ms(process.pid)
        down = until_end(process)
    return {"up": up, "down": down, "cpu": cpu, "cpu in all": cpu_of_children() - before}


def main():
    options = measure.arguments("measures how fast programs are started and stopped",
                                rounds=5, programs=1000)
    count = options.programs
    found = measure.medians(options.rounds, {
        # Supervisor has to be told that there will be many.
        measure.THEIRS: lambda: supervised(Supervisor, count, "minfds=20000\n"),
        measure.OURS: lambda: supervised(Busvisor, count),
        "bare loop": lambda: bare(count),
    })
    table = measure.Table(measure.THEIRS, measure.OURS, "bare loop")
    what = "%d programs, " % count
    table.add_figure(what + "until all are RUNNING", "s", found, "up")
    table.add_figure(what + "until then: CPU", "ms", found, "cpu")
    table.add_figure(what + "until all are stopped and the daemon has ended", "s", found, "down")
    table.add_figure(what + "CPU of the whole run with the programs", "ms", found, "cpu in all")
    table.print()


main()
