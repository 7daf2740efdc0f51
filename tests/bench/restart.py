"""Restart: how often per second programs that end at once are started again.

    make bench BENCH=restart
    BUSVISOR_BUILD=build /usr/bin/python3 -B tests/bench/restart.py --rounds 9 --seconds 5

Beside Supervisor and a bare loop that starts and waits, with one program and with many at once.
Without start_interval, which otherwise keeps busvisord from doing this.
"""

import os
import subprocess
import time

import measure
import processes
from both import Busvisor, Supervisor

QUICK = """
[program:quick]
command=%s
process_name=%%(process_num)02d
numprocs=%d
startsecs=0
start_interval=0
autorestart=true
stdout_logfile=NONE
stderr_logfile=NONE
"""
WARM_UP = 0.5  # seconds


def supervised(kind, command, programs, seconds):
    with kind(QUICK % (command, programs), "logfile_maxbytes=0\n") as run:
        lines = measure.Lines(run.file("main.log"), "INFO spawned: ")
        processes.wait_for(lambda: lines.read() >= programs, "the programs")
        time.sleep(WARM_UP)
        before, cpu, begin = lines.read(), measure.total_cpu_ms(run), time.monotonic()
        time.sleep(seconds)
        count, took = lines.read() - before, time.monotonic() - begin
        cpu = measure.total_cpu_ms(run) - cpu
        run.end()
    processes.end_all_below(os.getpid())
    return {"rate": count / took, "cpu": cpu * 1000 / count if count else 0}


def bare(command, programs, seconds):
    answer = subprocess.run([measure.own_program("bare-spawn"), "restart", str(seconds),
                             str(programs), command], stdout=subprocess.PIPE, check=True)
    rate, cpu = answer.stdout.split()
    return {"rate": float(rate), "cpu": float(cpu)}


def main():
    options = measure.arguments("measures how fast programs are started again", rounds=5,
                                seconds=2.0, programs=50, command="/bin/true")
    table = measure.Table(measure.THEIRS, measure.OURS, "bare loop")
    for count in (1, options.programs):
        work = (options.command, count, options.seconds)
        found = measure.medians(options.rounds, {
            measure.THEIRS: lambda work=work: supervised(Supervisor, *work),
            measure.OURS: lambda work=work: supervised(Busvisor, *work),
            "bare loop": lambda work=work: bare(*work),
        })
        what = "%d of %s, " % (count, os.path.basename(options.command))
        table.add_figure(what + "restarts", "/s", found, "rate", more_is_better=True)
        table.add_figure(what + "CPU per restart", "us", found, "cpu")
    table.print()


main()
