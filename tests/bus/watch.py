"""busvisorctl watch: the live view, on a terminal and where there is none."""

import fcntl
import json
import os
import re
import signal
import struct
import subprocess
import termios

import processes
import tap
from busvisor import Daemon, clean_environment, program
from bus import NO_WAIT, PROCESS, process_path
from terminal import CONTROL_C, Terminal

PROGRAMS = """
[program:cat]
command=/bin/cat
startsecs=0

[program:idle]
command=/bin/sleep 1000
autostart=false
startsecs=0

[program:worker]
command=/bin/sleep 1000
process_name=%(program_name)s_%(process_num)02d
numprocs=40
startsecs=0

[program:busy]
command=/bin/sh -c 'while :; do :; done'
autostart=false
startsecs=0

[eventlistener:mail]
command=/bin/cat
events=TICK_3600
autostart=false
"""

ENTER, LEAVE = b"\x1b[?1049h", b"\x1b[?1049l"


def started(daemon):
    connection = daemon.connect()
    processes.wait_for(lambda: connection.state("worker", "worker_39") == "RUNNING", "RUNNING")
    return connection


def watch(daemon, *arguments, **more):
    return Terminal([program("busvisorctl"), "--address=" + daemon.address, "watch", *arguments],
                    clean_environment(), **more)


@tap.case("where there is no terminal: so many tables, or objects")
def tables():
    with Daemon(PROGRAMS) as daemon:
        connection = started(daemon)
        result = daemon.ctl("watch", "-n", "2", "-d", "100ms", "cat", "idle")
        tap.same((result.returncode, result.stderr), (0, ""))
        lines = result.stdout.splitlines()
        tap.same(len(lines), 7, result.stdout)
        tap.same(lines[0].split(), ["NAME", "STATE", "PID", "UPTIME", "CPU%", "MEMORY", "RESTARTS"])
        tap.same((lines[0], lines[3]), (lines[4], ""))
        tap.check(re.match(r"cat +RUNNING +%d +0:0\d:\d\d +\d+\.\d +\d+(\.\d[KM]|B) +0$" %
                           connection.pid("cat"), lines[1]), lines[1])
        tap.check(re.match(r"idle +STOPPED +- +- +- +- +0$", lines[2]), lines[2])
        result = daemon.ctl("watch", "-n2", "-d0.1", "--json", "cat", "idle", "mail")
        tap.same(result.returncode, 0)
        looks = [json.loads(line) for line in result.stdout.splitlines()]
        tap.same(len(looks), 2)
        cat, idle, mail = looks[1]["processes"]
        tap.same(list(cat), ["name", "group", "process", "state", "pid", "uptime_usec",
                             "cpu_percent", "memory_bytes", "n_restarts"])
        tap.same((cat["state"], cat["pid"]), ("RUNNING", connection.pid("cat")))
        tap.check(cat["memory_bytes"] > 10000, cat)
        tap.same(list(idle), ["name", "group", "process", "state", "pid", "n_restarts"])
        tap.same((mail["name"], mail["lag_events"]), ("mail", 0))


@tap.case("the order; what takes the processor is told")
def order():
    with Daemon(PROGRAMS) as daemon:
        connection = started(daemon)
        connection.call(process_path("busy"), PROCESS, "Start", "t", (0,))

        def busy_first():
            result = daemon.ctl("watch", "--json", "-n2", "-d500ms", "--sort=cpu")
            first = json.loads(result.stdout.splitlines()[-1])["processes"][0]
            return first["name"] == "busy" and first["cpu_percent"] > 1
        processes.wait_for(busy_first, "busy as the first one")
        connection.call(process_path("busy"), PROCESS, "Stop", "t", (NO_WAIT,))
        for more, first in ((["--sort=pid"], "busy"), (["--reverse"], "worker:worker_39"),
                            (["--sort=state", "--reverse"], "mail")):
            result = daemon.ctl("watch", "--json", "-n1", *more)
            names = [p["name"] for p in json.loads(result.stdout)["processes"]]
            tap.check(len(names) == 44 and (first == "busy" or names[0] == first), names)


@tap.case("what is wrong")
def wrong():
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        for arguments, code in ((["nobody"], 1), (["no*"], 1), (["--sort=size"], 2), (["-n0"], 2),
                                (["-d", "often"], 2), (["--no-block"], 2), (["--since=1"], 2)):
            result = daemon.ctl("watch", *arguments)
            tap.same(result.returncode, code, str(arguments))
            tap.check(result.stderr, str(arguments))
        tap.same(daemon.ctl("status", "--interval=5").returncode, 2)
        tap.same(daemon.ctl("watch", "--timeout=5s", "--quiet").returncode, 0)


@tap.case("on a terminal: it is drawn anew, scrolled, sorted, and gone at the end")
def screen():
    with Daemon(PROGRAMS) as daemon:
        connection = started(daemon)
        with watch(daemon, "-d", "1h") as terminal:
            terminal.wait("44 processes: .*41 RUNNING")
            terminal.wait("worker:worker_00")
            terminal.wait("1-21 of 44   q quit")
            # Long before the hour is over.
            connection.call(process_path("idle"), PROCESS, "Start", "t", (NO_WAIT,))
            terminal.wait("42 RUNNING")
            terminal.type("\x1b[6~")
            terminal.wait("22-42 of 44 ")
            terminal.type("\x1b[B")
            terminal.wait("23-43 of 44 ")
            terminal.type("G")
            terminal.wait("24-44 of 44 ")
            terminal.type("\x1b[A\x1b[5~k")
            terminal.wait("1-21 of 44 ")
            terminal.type("s")
            terminal.wait("s sort: state")
            terminal.type("r")
            terminal.wait("s sort: state")
            fcntl.ioctl(terminal.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 10, 60, 0, 0))
            terminal.wait("1-7 of 44 ")
            terminal.type("q")
            tap.same(terminal.wait_end(), 0)
            tap.same((terminal.data.count(ENTER), terminal.data.count(LEAVE)), (1, 1))
            tap.check(all(len(l) <= 60 for l in terminal.text.splitlines()[-9:]), terminal.text)


def echoes(terminal):
    return bool(termios.tcgetattr(terminal.fd)[3] & termios.ECHO)


@tap.case("however it ends, the terminal is as it was")
def ends():
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGABRT, CONTROL_C):
            with watch(daemon) as terminal:
                terminal.wait("q quit")
                tap.check(not echoes(terminal), "still echoing")
                keep = os.dup(terminal.fd)
                if number == CONTROL_C:
                    terminal.type(number)
                else:
                    terminal.process.send_signal(number)
                code = terminal.wait_end()
                tap.same(code, -signal.SIGABRT if number == signal.SIGABRT else 0, str(number))
                tap.check(LEAVE in terminal.data, str(number))
                os.close(keep)


@tap.case("Ctrl-Z gives the terminal back, fg takes it again")
def suspended():
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        script = "%s --address=%s watch\necho stopped\nread line\nfg" % (
            program("busvisorctl"), daemon.address)
        with Terminal(["bash", "--norc", "-mc", script], clean_environment()) as terminal:
            terminal.wait("q quit")
            terminal.type("\x1a")
            terminal.wait("^stopped$")
            tap.check(echoes(terminal), "not echoing")
            terminal.type("\n")
            terminal.wait("q quit")
            terminal.type("q")
            tap.same(terminal.wait_end(), 0)
            tap.same((terminal.data.count(ENTER), terminal.data.count(LEAVE)), (2, 2))


@tap.case("a daemon that goes is waited for, and seen when it is back")
def daemon_goes():
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        with watch(daemon) as terminal:
            terminal.wait("41 RUNNING")
            daemon.process.send_signal(signal.SIGTERM)
            tap.same(daemon.wait_end(), 0)
            terminal.wait("busvisord is gone")
            daemon.start()
            connection = started(daemon)
            terminal.wait("41 RUNNING")
            connection.call(process_path("idle"), PROCESS, "Start", "t", (NO_WAIT,))
            terminal.wait("42 RUNNING")
            terminal.type("q")
            tap.same(terminal.wait_end(), 0)


@tap.case("in the shell it leads back to the prompt; a dumb terminal gets tables")
def elsewhere():
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        with Terminal([program("busvisorctl"), "--address=" + daemon.address],
                      dict(clean_environment(), HOME=daemon.path)) as terminal:
            terminal.wait("^supervisor> ")
            terminal.type("watch c?t\n")
            terminal.wait("q quit")
            terminal.type("q")
            terminal.wait("supervisor> ")
            terminal.type("exit\n")
            tap.same(terminal.wait_end(), 0)
        result = subprocess.run(
            ["env", "TERM=dumb", program("busvisorctl"), "--address=" + daemon.address, "watch",
             "-n1", "cat"], env=clean_environment(), capture_output=True, check=False)
        tap.check(b"\x1b" not in result.stdout and b"cat" in result.stdout, result.stdout)


tap.run()
