"""The line about a start or stop of many programs, and that it is for people only."""

import subprocess

import processes
import tap
from bus import NO_WAIT, PROCESS, process_path
from busvisor import Daemon, clean_environment, program
from terminal import Terminal

# What is slow waits for a file, so that the tests decide when it is through.
PROGRAMS = """
[program:quick]
command=/bin/sleep 1000
autostart=false
startsecs=0

[program:hasty]
command=/bin/false
autostart=false
startretries=0
startsecs=1

[program:slow]
command=/bin/sleep 1000
process_name=s%(process_num)d
numprocs=2
autostart=false
startsecs=600
"""

STUBBORN = """
[program:stubborn]
command=%(here)s/stubborn %(process_num)d
process_name=t%(process_num)d
numprocs=2
startsecs=0
stopwaitsecs=600
"""

# Ends when there is a file "end".
SCRIPT = """#!/bin/sh
cd "${0%/*}"
trap 'while [ ! -e end ]; do sleep 0.05; done; exit' TERM
touch t$1
while :; do sleep 0.05; done
"""


class Stubborn(Daemon):
    def start(self):
        self.write("stubborn", SCRIPT, 0o755)
        super().start()


def terminal(daemon, *arguments, **more):
    return Terminal([program("busvisorctl"), "--address=" + daemon.address, *arguments],
                    clean_environment(), **more)


def stop(connection, name):
    connection.call(process_path("slow", name), PROCESS, "Stop", "t", (NO_WAIT,))


@tap.case("who is started and who is waited for; gone at the end")
def start():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        with terminal(daemon, "start", "quick", "hasty", "slow:*") as seen:
            seen.wait("started 1 of 4, 1 failed, waiting for slow:s0, slow:s1")
            stop(connection, "s0")
            seen.wait("started 1 of 4, 2 failed, waiting for slow:s1")
            stop(connection, "s1")
            seen.wait_end()
            tap.same(seen.screen()[:4], [
                "quick: started", "hasty: ERROR (spawn error)",
                "slow:s0: ERROR (abnormal termination)", "slow:s1: ERROR (abnormal termination)"])


@tap.case("who is stopped, cut to the width of the terminal")
def stopping():
    with Stubborn(STUBBORN) as daemon:
        connection = daemon.connect()
        for i in range(2):
            daemon.wait_file("t%d" % i)
        with terminal(daemon, "stop", "all", size=(24, 40)) as seen:
            seen.wait("stopped 0 of 2, waiting for stubborn:t…")
            daemon.write("end", "")
            tap.same(seen.wait_end(), 0)
            tap.same(sorted(seen.screen()[:2]), ["stubborn:t0: stopped", "stubborn:t1: stopped"])
        tap.same(connection.state("stubborn", "t0"), "STOPPED")


def output_of(daemon, *arguments, stderr=subprocess.PIPE):
    return subprocess.Popen([program("busvisorctl"), "--address=" + daemon.address, *arguments],
                            stdout=subprocess.PIPE, stderr=stderr, text=True,
                            env=clean_environment())


@tap.case("nothing of it in a file, with --quiet, or for one program")
def not_for_scripts():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()

        def end_slow(*names):
            for name in names:
                connection.wait_state("STARTING", "slow", name)
            for name in names:
                stop(connection, name)
        script = output_of(daemon, "start", "slow:*")
        end_slow("s0", "s1")
        out, err = script.communicate(timeout=processes.WAIT_LIMIT)
        text = "slow:s0: ERROR (abnormal termination)\nslow:s1: ERROR (abnormal termination)\n"
        tap.same((out, err), (text, text))
        with terminal(daemon, "--quiet", "start", "slow:*") as seen:
            end_slow("s0", "s1")
            tap.same(seen.wait_end(), 7)
            tap.check("waiting" not in seen.text, seen.text)
        with terminal(daemon, "start", "slow:s0") as seen:
            end_slow("s0")
            tap.same(seen.wait_end(), 7)
            tap.check("waiting" not in seen.text, seen.text)


tap.run()
