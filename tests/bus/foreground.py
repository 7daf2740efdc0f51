"""busvisorctl fg: what a process writes is shown, what is typed it gets."""

import os
import signal
import subprocess

import processes
import tap
from bus import NO_WAIT, PROCESS, process_path
from busvisor import Daemon, clean_environment, program
from terminal import CONTROL_C, CONTROL_D, Terminal

PROGRAMS = """
[program:talk]
command=/bin/sh -c 'echo ready; echo oops >&2; while read l; do echo "got $l"; [ "$l" = bye ] && exit 3; done'
autorestart=false
startsecs=0

[program:cat]
command=/bin/cat
stdout_logfile=%(here)s/cat.log
startsecs=0

[program:late]
command=/bin/sh -c 'sleep 1; exec cat'
stdout_logfile=%(here)s/late.log
startsecs=0

[program:deaf]
command=/bin/sh -c 'exec sleep 1000 <&-'
startsecs=0

[program:mute]
command=/bin/cat
stdout_logfile=NONE
stderr_logfile=NONE
startsecs=0

[program:pair]
command=/bin/cat
process_name=p%(process_num)d
numprocs=2
startsecs=0

[program:idle]
command=/bin/cat
autostart=false
"""

BANNER = "==> Press Ctrl-C to exit <==\n"
PROMPT = "^supervisor> "


def started(daemon):
    """A connection to a daemon whose autostart programs are RUNNING, talk having said its first."""
    connection = daemon.connect()
    for name in ("talk", "cat", "late", "deaf", "mute"):
        processes.wait_for(lambda: connection.state(name) == "RUNNING", name)
    for channel, text in (("Stdout", "ready\n"), ("Stderr", "oops\n")):
        log = connection.get(process_path("talk"), PROCESS, channel + "LogFile")
        processes.wait_for(lambda: daemon.read(log) == text, log)
    return connection


def terminal(daemon, *arguments):
    return Terminal([program("busvisorctl"), "--address=" + daemon.address, *arguments],
                    dict(clean_environment(), HOME=daemon.path))


def foreground(daemon, name, stdin=subprocess.PIPE):
    return subprocess.Popen([program("busvisorctl"), "--address=" + daemon.address, "fg", name],
                            stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            env=clean_environment())


def outcome(running, lines=None):
    """Exit status, stdout, stderr; lines are the rest of its input."""
    out, err = running.communicate(lines, timeout=processes.WAIT_LIMIT)
    return running.returncode, out, err


@tap.case("lines typed in the shell's fg; Ctrl-C and Ctrl-D leave process and shell alone")
def typed():
    with Daemon(PROGRAMS) as daemon:
        connection = started(daemon)
        pid = connection.pid("talk")
        with terminal(daemon) as seen:
            for leave in (CONTROL_C, CONTROL_D):
                seen.wait(PROMPT)
                seen.type("fg talk\n")
                seen.wait("^==> Press Ctrl-C to exit <==$")
                seen.wait("^ready$")
                seen.type("it's me\n")
                seen.wait("^got it's me$")
                seen.type(leave)
                seen.wait("^Exiting foreground$")
            seen.wait(PROMPT)
            seen.type("pid talk\n")
            seen.wait("^%d$" % pid)
            seen.type("exit\n")
            tap.same(seen.wait_end(), 0)
        file = daemon.file(".local/state/busvisor/history")
        tap.same(daemon.read(file), "fg talk\npid talk\nexit\n")


@tap.case("its end is told behind all that it wrote")
def its_end():
    with Daemon(PROGRAMS) as daemon:
        connection = started(daemon)
        running = foreground(daemon, "talk")
        running.stdin.write("hello\nbye\n")
        running.stdin.flush()
        code, out, err = running.wait(processes.WAIT_LIMIT), running.stdout.read(), \
            running.stderr.read()
        tap.same((code, err), (0, ""))
        tap.check(out.startswith(BANNER), out)
        tap.check(out.endswith("Process got killed\nExiting foreground\n"), out)
        tap.same(sorted(out.splitlines()[1:-2]), ["got bye", "got hello", "oops", "ready"])
        tap.same(connection.state("talk"), "EXITED")
        outcome(running)


@tap.case("somebody else stops it")
def stopped():
    with Daemon(PROGRAMS) as daemon:
        connection = started(daemon)
        with terminal(daemon, "fg", "pair:p1") as seen:
            seen.wait("^==> Press")
            seen.type("x\n")
            seen.wait("^x$")
            seen.wait("^x$")
            connection.call(process_path("pair", "p1"), PROCESS, "Stop", "t", (NO_WAIT,))
            seen.wait("^Process got killed\nExiting foreground$")
            tap.same(seen.wait_end(), 0)


@tap.case("every byte arrives, with a process that reads late too")
def much():
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        lines = "".join("%06d %s\n" % (i, "x" * (i % 90)) for i in range(6000))
        lines += "y" * 200000 + "\nlast without its newline"
        for name in ("cat", "late"):
            code, out, err = outcome(foreground(daemon, name), lines)
            tap.same((code, err), (0, ""), name)
            tap.check(out.startswith(BANNER) and out.endswith("Exiting foreground\n"), out[-100:])
            log = daemon.file(name + ".log")
            processes.wait_for(lambda: len(daemon.read(log)) > len(lines), log)
            tap.check(daemon.read(log) == lines + "\n", "%s got something else" % name)


@tap.case("input out of a file")
def from_file():
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        with open(daemon.write("input", "one\ntwo\n"), encoding="utf-8") as file:
            code, out, err = outcome(foreground(daemon, "cat", stdin=file))
        tap.same((code, err, out.splitlines()[-1]), (0, "", "Exiting foreground"))
        processes.wait_for(lambda: daemon.read(daemon.file("cat.log")) == "one\ntwo\n", "the lines")
        code, out, err = outcome(foreground(daemon, "cat", stdin=subprocess.DEVNULL))
        tap.same((code, err), (0, ""))


@tap.case("of a process without logs the lines are taken all the same")
def no_logs():
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        tap.same(outcome(foreground(daemon, "mute"), "x\n"), (
            0, BANNER + "Exiting foreground\n",
            "busvisorctl: it has no log of which its output could be shown\n"))


@tap.case("what is wrong")
def wrong():
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        for arguments, text in (
                (["nobody"], "bad process name supplied"), (["all"], "bad process name supplied"),
                (["pair:*"], "bad process name supplied"), (["pair"], "bad process name supplied"),
                (["idle"], "process not running"),
                (["a", "b"], "too many process names supplied"),
                ([], "no process name supplied")):
            result = daemon.ctl("fg", *arguments)
            tap.same((result.returncode, result.stdout.splitlines()[0]), (1, "ERROR: " + text))
        code, out, err = outcome(foreground(daemon, "deaf"), "x\n")
        tap.same((code, out), (1, BANNER + "Exiting foreground\n"))
        tap.check("cannot write to the process" in err, err)


@tap.case("the daemon goes")
def daemon_goes():
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        for name in ("cat", "mute"):
            running = foreground(daemon, name)
            tap.same(running.stdout.readline(), BANNER)
            if name == "cat":
                running.stdin.write("x\n")
                running.stdin.flush()
                tap.same(running.stdout.readline(), "x\n")
            else:
                tap.check("no log" in running.stderr.readline(), "nothing said of logs")
            bus = daemon.wait_helper("dbus-daemon")
            os.kill(bus, signal.SIGKILL)
            running.wait(processes.WAIT_LIMIT)
            code, out, err = outcome(running)
            tap.same((code, out), (4, "Exiting foreground\n"))
            # The answer to the last line may have been on its way.
            tap.check("busvisord is gone" in err or "did not answer" in err, err)
            daemon.wait_helper("dbus-daemon", other_than=bus)
            processes.wait_for(daemon.try_connect, "the daemon on its new bus")


@tap.case("SIGINT and SIGTERM end it as Ctrl-C does")
def signals():
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        for number in (signal.SIGINT, signal.SIGTERM):
            running = foreground(daemon, "talk")
            seen = "".join(running.stdout.readline() for _ in range(3))
            tap.check(seen.startswith(BANNER) and "oops" in seen, seen)
            running.send_signal(number)
            tap.same(outcome(running), (0, "Exiting foreground\n", ""))


tap.run()
