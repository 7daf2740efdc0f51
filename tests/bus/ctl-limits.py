"""busvisorctl waits as long as it is told to: --timeout and --no-block; and whom names mean."""

import os
import re
import signal
import subprocess

import processes
import tap
from busvisor import Daemon, clean_environment, program
from bus import NO_WAIT, PROCESS, process_path

PROGRAMS = """
[program:cat]
command=/bin/cat
startsecs=0

[program:slow]
command=/bin/sleep 1000
process_name=%(program_name)s_%(process_num)d
numprocs=2
autostart=false
startsecs=600

[program:stubborn]
command=/bin/sh -c 'trap "" TERM; touch %(here)s/deaf; while :; do sleep 1; done'
startsecs=0
stopwaitsecs=600
autorestart=false
killasgroup=true
stopasgroup=true
"""


def started(daemon):
    connection = daemon.connect()
    processes.wait_for(lambda: connection.state("cat") == "RUNNING", "RUNNING")
    daemon.wait_file("deaf")
    return connection


def end_slowly(daemon, connection):
    """Nobody waits ten minutes at the end."""
    for number in range(2):
        connection.call(process_path("slow", "slow_%d" % number), PROCESS, "Stop", "t", (NO_WAIT,))
    daemon.ctl("signal", "KILL", "stubborn")


def timed(daemon, *arguments, code=124):
    """With a time that is long enough for busvisorctl to get to the work itself; and its text."""
    for span in ("300ms", "3s", "30s"):
        result = daemon.ctl("--timeout=" + span, *arguments)
        too_early = re.search(r"could not (?!start|stop|restart|update)|still (STOPPED|RUNNING)",
                              result.stdout + result.stderr)
        if not too_early:
            break
    tap.same(result.returncode, code, result)
    return result, "timed out after %s: " % span


@tap.case("--timeout of start: what is through, what goes on, and 124")
def start():
    with Daemon(PROGRAMS) as daemon:
        connection = started(daemon)
        result, text = timed(daemon, "start", "cat", "slow:*", "nobody")
        tap.same(result.stdout.splitlines(), [
            "cat: ERROR (already started)", "slow:slow_0: ERROR (still STARTING)",
            "slow:slow_1: ERROR (still STARTING)", "nobody: ERROR (no such process)"])
        tap.same(result.stderr.splitlines()[-1],
                 "busvisorctl: " + text + "could not start processes; busvisord goes on "
                 "with slow:slow_0 (still STARTING), slow:slow_1 (still STARTING)")
        tap.same(connection.state("slow", "slow_0"), "STARTING")
        end_slowly(daemon, connection)


@tap.case("--timeout of stop and restart")
def stop():
    with Daemon(PROGRAMS) as daemon:
        connection = started(daemon)
        for command in ("stop", "restart"):
            result, _ = timed(daemon, command, "stubborn")
            tap.same(result.stdout, "stubborn: ERROR (still STOPPING)\n")
            tap.check("goes on with stubborn (still STOPPING)" in result.stderr, result.stderr)
        pid = connection.pid("stubborn")
        daemon.ctl("signal", "KILL", "stubborn")
        # The restart that nobody waited for goes on.
        processes.wait_for(lambda: connection.state("stubborn") == "RUNNING" and
                           connection.pid("stubborn") != pid, "the new one")
        result = daemon.ctl("restart", "cat", "--timeout=5min")
        tap.same((result.returncode, result.stdout), (0, "cat: stopped\ncat: started\n"))
        daemon.ctl("signal", "KILL", "stubborn")


@tap.case("a restart whose bus dies is told of all the same")
def lost():
    with Daemon(PROGRAMS) as daemon:
        connection = started(daemon)
        pid = connection.pid("stubborn")
        with subprocess.Popen([program("busvisorctl"), "--address=" + daemon.address, "restart",
                               "stubborn", "cat"], env=clean_environment(), text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
            connection.wait_state("STOPPING", "stubborn")
            os.kill(daemon.helper("dbus-daemon"), signal.SIGKILL)
            connection = daemon.connect()
            os.kill(pid, signal.SIGKILL)
            out, err = running.communicate(timeout=processes.WAIT_LIMIT)
        tap.same((running.returncode, err), (0, ""))
        tap.same(out, "stubborn: stopped\ncat: stopped\nstubborn: started\ncat: started\n")
        tap.check(connection.pid("stubborn") not in (0, pid), "the same process")
        daemon.ctl("signal", "KILL", "stubborn")


@tap.case("--timeout of update")
def update():
    with Daemon(PROGRAMS) as daemon:
        connection = started(daemon)
        daemon.write("supervisord.conf", daemon.sections.split("[program:stubborn]")[0])
        result, text = timed(daemon, "update")
        tap.same(result.stdout, "")
        tap.same(result.stderr, "busvisorctl: " + text + "could not update the "
                 "configuration; busvisord goes on with stubborn (STOPPING)\n")
        tap.same(connection.state("stubborn"), "STOPPING")
        daemon.ctl("signal", "KILL", "stubborn")
        processes.wait_for(lambda: "stubborn" not in daemon.ctl("status").stdout, "the update")


@tap.case("what goes on until it is ended ends with the time, and well")
def following():
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        for arguments in (["monitor"], ["events", "--follow"], ["tail", "-f", "cat"],
                          ["maintail", "-f"]):
            result, _ = timed(daemon, *arguments, code=0)
            tap.same(result.stderr, "", str(arguments))
            result = daemon.ctl("--no-block", *arguments)
            tap.same((result.returncode, result.stdout), (2, ""), str(arguments))
            tap.check("--no-block makes no sense" in result.stderr, result.stderr)
        daemon.ctl("signal", "KILL", "stubborn")


@tap.case("other commands take the options, and wrong spans are told")
def others():
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        for command in (["status", "cat"], ["pid"], ["version"], ["avail"], ["reread"], ["listeners"],
                        ["deadletters"], ["help"], ["events"], ["tail", "cat"], ["clear", "cat"],
                        ["signal", "CONT", "cat"], ["update"], ["add"], ["remove"],
                        ["convert", daemon.configuration]):
            result = daemon.ctl(*command, "--no-block", "--timeout=1min", "--quiet")
            tap.same((result.returncode, result.stderr), (0, ""), str(command))
            tap.check(command[0] == "convert" or result.stdout == "", result.stdout)
        for span in ("", "soon", "0", "-5"):
            result = daemon.ctl("pid", "--timeout=" + span)
            tap.same(result.returncode, 2)
            tap.check("--timeout: " in result.stderr, result.stderr)
        result = daemon.ctl("--timeout=1us", "pid")
        tap.same((result.returncode, result.stdout), (124, ""))
        tap.check(re.match("busvisorctl: timed out after 1us", result.stderr), result.stderr)
        daemon.ctl("signal", "KILL", "stubborn")


@tap.case("patterns in names")
def patterns():
    with Daemon(PROGRAMS) as daemon:
        connection = started(daemon)
        names = [l.split()[0] for l in daemon.ctl("status", "sl*_0", "c?t", "stub*:*")
                 .stdout.splitlines()]
        tap.same(names, ["slow:slow_0", "cat", "stubborn"])
        tap.same(len(daemon.ctl("status", "*").stdout.splitlines()), 4)
        tap.same(len(daemon.ctl("pid", "*").stdout.splitlines()), 4)
        result = daemon.ctl("start", "nobody*", "nogroup*:*", "c[a-b]t", "cat")
        tap.same((result.returncode, result.stdout.splitlines()), (2, [
            "nobody*: ERROR (no such process)", "nogroup*: ERROR (no such group)",
            "cat: ERROR (already started)"]))
        # As of a group, what is done already is not told of.
        result = daemon.ctl("start", "c*")
        tap.same((result.returncode, result.stdout), (0, ""))
        result = daemon.ctl("stop", "ca*", "slow:*_1")
        tap.same((result.returncode, result.stdout), (0, "cat: stopped\n"))
        tap.same(connection.state("cat"), "STOPPED")
        result = daemon.ctl("signal", "CONT", "*:cat")
        tap.same((result.returncode, result.stdout), (0, ""))
        result = daemon.ctl("status", "x*")
        tap.same((result.returncode, result.stdout), (4, "x*: ERROR (no such process)\n"))
        result = daemon.ctl("tail", "slow:*_?")
        tap.same(result.returncode, 1)
        tap.check("means several processes" in result.stderr, result.stderr)
        result = daemon.ctl("fg", "slow:*_?")
        tap.same((result.returncode, result.stdout), (1, "ERROR: bad process name supplied\n"))
        daemon.ctl("signal", "KILL", "stubborn")


tap.run()
