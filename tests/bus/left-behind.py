"""What programs leave behind: orphans, members of their process groups, and the end of the daemon."""

import os
import re
import signal
import subprocess

import processes
import tap
from busvisor import Daemon, Folder, program
from bus import PROCESS, process_path

# A grandchild in a session of its own, whose parent has ended: nothing of the program's is left in it.
ESCAPES = "(setsid sh -c \"echo \\$\\$ > %(here)s/escaped; exec sleep 1000\" < /dev/null > /dev/null 2>&1 &)"

PROGRAMS = """
[program:forks]
command=/bin/sh -c '""" + ESCAPES + """; exec sleep 1000'
autostart=false
startsecs=0

[program:leaves]
command=/bin/sh -c 'sleep 1000 & sleep 1001 & exit 0'
autostart=false
autorestart=false
startsecs=0

[program:talks]
command=/bin/sh -c '(while ! test -e %(here)s/go; do sleep 0.05; done; echo late) & echo early'
autostart=false
autorestart=false
startsecs=0
stdout_logfile=%(here)s/talk

[program:asks]
command=/bin/sh -c 'trap "" TERM; sleep 1000 & trap - TERM; echo ready; exec sleep 1000'
autostart=false
startsecs=0
stopwaitsecs=1
stopasgroup=true

[program:kills]
command=/bin/sh -c 'sleep 1000 & sleep 1001 & echo ready; exec sleep 1002'
autostart=false
startsecs=0
stopwaitsecs=1000
killasgroup=true
"""


def read_pid(daemon, name):
    processes.wait_for(lambda: daemon.read(name).endswith("\n"), "a pid in " + name)
    return int(daemon.read(name))


def group_members(pid):
    """Those that live."""
    def in_group(process):
        try:
            return os.getpgid(process) == pid and processes.is_alive(process)
        except ProcessLookupError:
            return False
    return [p for p in (int(e) for e in os.listdir("/proc") if e.isdigit()) if in_group(p)]


@tap.case("a grandchild in a session of its own becomes the daemon's, and is reaped")
def orphan():
    with Daemon(PROGRAMS) as daemon:
        daemon.connect().start("forks")
        pid = read_pid(daemon, "escaped")
        processes.wait_for(lambda: processes.parent(pid) == daemon.process.pid, "the adoption")
        os.kill(pid, signal.SIGKILL)
        daemon.wait_log(r"INFO reaped unknown pid %d \(terminated by SIGKILL\)$" % pid)
        tap.check(not os.path.exists("/proc/%d" % pid), "it has not been reaped")


@tap.case("members of a group that outlive their program are named in one line")
def leftovers():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        connection.start("leaves")
        connection.wait_changes(["STARTING", "RUNNING", "EXITED"], "leaves")
        (match,) = daemon.wait_log(r"WARN leaves has ended, but 2 of its process group \((\d+)\) live "
                                   r"on: (\d+) \(sleep\), (\d+) \(sleep\)$")
        group, first, second = (int(n) for n in match.groups())
        tap.same(sorted(group_members(group)), sorted([first, second]))
        os.killpg(group, signal.SIGKILL)


@tap.case("what is left behind can go on writing to the log")
def late_output():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        connection.start("talks")
        connection.wait_changes(["STARTING", "RUNNING", "EXITED"], "talks")
        tap.same(daemon.read("talk"), "early\n")
        daemon.write("go", "")
        processes.wait_for(lambda: daemon.read("talk") == "early\nlate\n", "the late output")


@tap.case("a clean end leaves no such line")
def no_leftovers():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        connection.start("leaves")
        (match,) = daemon.wait_log(r"WARN leaves has ended.*\((\d+)\) lives? on")
        os.killpg(int(match.group(1)), signal.SIGKILL)
        connection.start("kills")
        daemon.wait_log(r"'kills' stdout output:")
        connection.call(process_path("kills"), PROCESS, "Stop", "t", (0,))
        connection.start("leaves")
        (_, match) = daemon.wait_log(r"WARN leaves has ended.*\((\d+)\) lives? on", 2)
        os.killpg(int(match.group(1)), signal.SIGKILL)
        tap.check("kills has ended, but" not in daemon.read("main.log"), "a line without a reason")


@tap.case("stopasgroup: the stop is over when the whole group has ended")
def stop_as_group():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        connection.start("asks")
        daemon.wait_log(r"'asks' stdout output:")
        pid = connection.get(process_path("asks"), PROCESS, "Pid")
        tap.same(len(group_members(pid)), 2)
        connection.call(process_path("asks"), PROCESS, "Stop", "t", (0,))
        tap.same(group_members(pid), [])
        daemon.wait_log(r"WARN killing what is left of 'asks' \(process group %d\) with SIGKILL$" % pid)
        daemon.wait_log(r"stopped: asks \(terminated by SIGTERM\)$")
        tap.same(connection.get(process_path("asks"), PROCESS, "TermSignal"), signal.SIGTERM)


@tap.case("killasgroup: the rest of the group is killed when its leader has ended by a stop")
def kill_as_group():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        connection.start("kills")
        daemon.wait_log(r"'kills' stdout output:")
        pid = connection.get(process_path("kills"), PROCESS, "Pid")
        tap.same(len(group_members(pid)), 3)
        connection.call(process_path("kills"), PROCESS, "Stop", "t", (0,))
        tap.same(group_members(pid), [])
        daemon.wait_log(r"stopped: kills \(terminated by SIGTERM\)$")


@tap.case("the end of the daemon names what lives on, and leaves it alone")
def end_of_daemon():
    with Daemon(PROGRAMS) as daemon:
        daemon.connect().start("forks")
        pid = read_pid(daemon, "escaped")
        daemon.process.send_signal(signal.SIGTERM)
        daemon.wait_end()
        tap.check(processes.is_alive(pid), "it was ended")
        tap.check(re.search(r"WARN 1 process that programs have left behind lives on: %d \(sleep\)$" %
                            pid, daemon.read("main.log"), re.MULTILINE), "no line about it")
        os.kill(pid, signal.SIGKILL)


def run_as_process_1(folder):
    """busvisord in a PID namespace of its own; the unshare around it."""
    os.mkdir(folder.file("run"))
    command = ["unshare", "--fork", "--pid", "--kill-child", "--mount-proc", program("busvisord"), "-n",
               "-c", folder.file("supervisord.conf"), "--bus", "private"]
    environment = dict(os.environ, RUNTIME_DIRECTORY=folder.file("run"),
                                        STATE_DIRECTORY=folder.file("run"))
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)


def check_namespaces():
    probe = subprocess.run(["unshare", "--fork", "--pid", "--mount-proc", "true"], check=False,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if probe.returncode != 0:
        raise tap.Skip("no PID namespaces here")


@tap.case("process 1 asks what is left to end before it goes, and does not wait for who does not")
def process_1():
    check_namespaces()
    with Folder() as folder:
        folder.write("supervisord.conf", """
[supervisord]
logfile=%(here)s/main.log
pidfile=%(here)s/pid
childlogdir=%(here)s
[program:forks]
command=/bin/sh -c 'setsid %(here)s/polite & setsid %(here)s/deaf & exec sleep 1000'
stdout_logfile=NONE
stderr_logfile=NONE
""")
        folder.write("polite", "#!/bin/sh\ntrap 'echo bye > %s; exit' TERM\n: > %s\n"
                     "while :; do sleep 0.1; done\n" % (folder.file("bye"), folder.file("polite-up")),
                     0o755)
        folder.write("deaf", "#!/bin/sh\ntrap '' TERM\n: > %s\nexec sleep 1000\n" %
                     folder.file("deaf-up"), 0o755)
        with run_as_process_1(folder) as unshare:
            try:
                for name in ("polite-up", "deaf-up"):
                    processes.wait_for(lambda n=name: os.path.exists(folder.file(n)), name)
                (daemon,) = processes.children(unshare.pid)
                os.kill(daemon, signal.SIGTERM)
                tap.same(unshare.wait(processes.WAIT_LIMIT), 0, "exit status")
            finally:
                unshare.kill()
        tap.same(folder.read("bye"), "bye\n")
        log = folder.read("main.log")
        tap.check(re.search(r"WARN \d process(?:es)? that programs have left behind lives? on: .*\(polite\)",
                            log), log)


tap.run()
