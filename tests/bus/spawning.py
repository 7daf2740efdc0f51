"""What goes wrong between fork and program, as SpawnError, in the main log and as the error of a
call; relative commands; and what becomes of programs when the daemon dies."""

import os
import re
import signal

import processes
import tap
from busvisor import Daemon
from bus import PROCESS, ERROR, process_path

BROKEN = """
[program:scripted]
command=%(here)s/scripted
autostart=false
startretries=0

[program:uninterpreted]
command=%(here)s/uninterpreted
autostart=false
startretries=0

[program:lost]
command=/bin/true
directory=/no/such/folder
autostart=false
startretries=0
"""

TEXTS = {
    "scripted": "couldn't exec %s/scripted: ENOEXEC (neither a program for this machine nor a script "
                "that begins with #!)",
    "uninterpreted": "couldn't exec %s/uninterpreted: ENOENT (its interpreter is not there)",
    "lost": "couldn't chdir to /no/such/folder: ENOENT",
    "denied": "couldn't chdir to %s/closed: EACCES (for user 65534)",
    "hidden": "couldn't exec %s/closed/tool: EACCES (for user 65534)",
}

DENIED = """
[program:denied]
command=/bin/true
directory=%(here)s/closed
user=nobody
autostart=false
startretries=0

[program:hidden]
command=%(here)s/closed/tool
user=nobody
autostart=false
startretries=0

[program:found]
command=tool
environment=PATH="%(here)s/closed:%(here)s/open"
user=nobody
autostart=false
autorestart=false
startsecs=0
"""


def check_error(daemon, connection, name):
    """The same text in three places, after the states of a failed start."""
    text = TEXTS[name].replace("%s", daemon.path)
    error = connection.call_error(process_path(name), PROCESS, "Start", "t", (0,))
    tap.same(error, ERROR + "SpawnError", name)
    changes = connection.wait_changes(["STARTING", "BACKOFF", "FATAL"], name)
    tap.same([c.pid for c in changes], [0, 0, 0])
    tap.same(connection.get(process_path(name), PROCESS, "SpawnError"), text)
    daemon.wait_log("INFO spawnerr: %s$" % re.escape(text))


@tap.case("what fails in the child is told with its cause")
def failures():
    with Daemon(BROKEN) as daemon:
        daemon.write("scripted", "echo no first line\n", 0o755)
        daemon.write("uninterpreted", "#!/no/such/shell\n", 0o755)
        connection = daemon.connect()
        for name in ("scripted", "uninterpreted", "lost"):
            check_error(daemon, connection, name)


def need_root():
    if os.geteuid() != 0:
        raise tap.Skip("only root can run programs as somebody else")


@tap.case("what root may and the program's user may not is told, and passed over in PATH")
def other_user():
    need_root()
    with Daemon(DENIED) as daemon:
        for folder, mode in (("closed", 0o700), ("open", 0o755)):
            os.mkdir(daemon.file(folder))
            os.chmod(daemon.file(folder), mode)
            daemon.write(folder + "/tool", "#!/bin/sh\n[ $0 = %s ]\n" % daemon.file("open/tool"), 0o755)
        connection = daemon.connect()
        for name in ("denied", "hidden"):
            check_error(daemon, connection, name)
        connection.start("found")
        connection.wait_changes(["STARTING", "RUNNING", "EXITED"], "found")
        tap.same(connection.get(process_path("found"), PROCESS, "ExitStatus"), 0)


@tap.case("a relative command is the one in directory=")
def relative():
    with Daemon("""
[program:near]
command=./tool
directory=%(here)s/below
autostart=false
autorestart=false
startsecs=0
""") as daemon:
        os.mkdir(daemon.file("below"))
        daemon.write("tool", "#!/bin/sh\nexit 1\n", 0o755)
        connection = daemon.connect()
        tap.same(connection.call_error(process_path("near"), PROCESS, "Start", "t", (0,)),
                 ERROR + "NoFile")
        daemon.write("below/tool", "#!/bin/sh\nexit 7\n", 0o755)
        connection.start("near")
        connection.wait_changes(["STARTING", "RUNNING", "EXITED"], "near")
        tap.same(connection.get(process_path("near"), PROCESS, "ExitStatus"), 7)


def check_death(user):
    """The daemon is killed: who has pdeathsig gets it, who has not lives on."""
    with Daemon("""
[program:bound]
command=/bin/sleep 1000
pdeathsig=HUP
startsecs=0
%s

[program:free]
command=/bin/sleep 1000
startsecs=0
""" % user) as daemon:
        connection = daemon.connect()
        daemon.wait_log(r"success: \w+ entered RUNNING", 2)
        bound, free = (connection.get(process_path(n), PROCESS, "Pid") for n in ("bound", "free"))
        daemon.process.kill()
        daemon.expected_exit = -signal.SIGKILL
        daemon.wait_end()
        processes.wait_for(lambda: not processes.is_alive(bound), "the end of the program")
        tap.check(processes.is_alive(free), "the other one has ended too")
        os.kill(free, signal.SIGKILL)
        os.unlink(daemon.file("pid"))


@tap.case("pdeathsig: the program gets it when the daemon dies")
def death_signal():
    check_death("")


@tap.case("pdeathsig: as another user too")
def death_signal_of_user():
    need_root()
    check_death("user=nobody")


tap.run()
