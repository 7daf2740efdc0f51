"""The daemon holds out: odd surroundings, a bus that stands still, helpers and files that vanish,
callers that ask too much."""

import os
import signal
import subprocess

import processes
import tap
from bus import EVENTS, MANAGER, PROCESS, ROOT, Bus, BusError, process_path
from busvisor import HERE, PYTHON, Daemon, Folder, program

MESSAGE_BUS = "dbus-daemon"
HOST = "busvisor-listener-host"
ERROR = "org.busvisor1.Error."

ONE = """
[program:stays]
command=/bin/sleep 1000
startsecs=0

[program:short]
command=/bin/sh -c 'exit 3'
autostart=false
autorestart=false
startsecs=0
"""

LISTENER = """
[eventlistener:watch]
command=%s %s/recorder.py %%(here)s/events
events=PROCESS_STATE_EXITED
""" % (PYTHON, HERE)


@tap.case("a bus that stands still does not keep the daemon from ending")
def stopped_bus():
    with Daemon("""
            [supervisord]
            loglevel=info

            [program:busy]
            command=/bin/true
            startsecs=0
            autorestart=true
            start_interval=0
            """) as daemon:
        daemon.connect()
        message_bus = daemon.helper(MESSAGE_BUS)
        os.kill(message_bus, signal.SIGSTOP)
        # More than the eight megabytes that the socket holds: signals that the daemon cannot get rid of.
        daemon.wait_log("spawned: 'busy'", 5000)
        daemon.process.terminate()
        tap.same(daemon.wait_end(), 0)


class IgnoringChildren(Daemon):
    """Started by somebody who ignores SIGCHLD."""

    def start(self):
        before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        try:
            super().start()
        finally:
            signal.signal(signal.SIGCHLD, before)


@tap.case("exits are seen although SIGCHLD was inherited as ignored")
def ignored_child_signal():
    with IgnoringChildren(ONE) as daemon:
        connection = daemon.connect()
        connection.start("short")
        connection.wait_state("EXITED", "short")
        tap.same(connection.get(process_path("short"), PROCESS, "ExitStatus"), 3)


class ClosedDescriptors(Daemon):
    """Started without stdin, stdout and stderr."""

    def start(self):
        command = 'exec "$@" <&- >&- 2>&-'
        self.process = subprocess.Popen(
            ["/bin/sh", "-c", command, "sh", program("busvisord"), "-n", "-c", self.configuration] +
            self.arguments, cwd=self.path, env=self.environment)


@tap.case("without stdin, stdout and stderr nothing else takes their places")
def closed_descriptors():
    with ClosedDescriptors(ONE) as daemon:
        daemon.connect()
        for number in range(3):
            tap.same(os.readlink("/proc/%d/fd/%d" % (daemon.process.pid, number)), "/dev/null")
        tap.same(daemon.read("run/test/lock"), "")


@tap.case("as process 1 it reaps what others leave behind")
def orphans():
    if os.geteuid() != 0:
        raise tap.Skip("only root can make a PID namespace")
    with Folder() as folder:
        folder.write("supervisord.conf", """
[supervisord]
logfile=%(here)s/main.log
pidfile=%(here)s/pid
childlogdir=%(here)s
[program:parent]
command=/bin/sh -c 'for i in 1 2 3 4 5; do /bin/sh -c "/bin/true & exec /bin/true"; done; exec sleep 1000'
stdout_logfile=NONE
stderr_logfile=NONE
""")
        os.mkdir(folder.file("run"))
        command = ["unshare", "--fork", "--pid", "--kill-child", "--mount-proc",
                   program("busvisord"), "-n", "-c", folder.file("supervisord.conf"), "--bus", "private"]
        with subprocess.Popen(command, env=dict(os.environ, RUNTIME_DIRECTORY=folder.file("run"),
                                        STATE_DIRECTORY=folder.file("run")),
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as daemon:
            try:
                processes.wait_for(lambda: folder.read("main.log").count("reaped unknown pid") >= 5 or
                                   daemon.poll() is not None, "five orphans to be reaped")
                if daemon.poll() is not None:
                    raise tap.Skip("no PID namespaces here")
            finally:
                daemon.kill()


@tap.case("a process that several names stand for is started once, and too many names are refused")
def many_names():
    with Daemon(ONE) as daemon:
        connection = daemon.connect()
        (results,) = connection.call(ROOT, MANAGER, "Restart", "ast",
                                     (["stays", "stays:stays", "stays:*"] * 1000, 0))
        tap.same([tuple(r) for r in results], [("stays", "stays", "", "")])
        for member, signature, body in (("Start", "ast", (["x"] * 10001, 0)),
                                        ("Signal", "ass", (["x"] * 10001, "HUP"))):
            error = connection.call_error(ROOT, MANAGER, member, signature, body)
            tap.same(error, "org.freedesktop.DBus.Error.LimitsExceeded", member)


@tap.case("any number of callers may wait for the same restart, although it fails")
def many_callers():
    with Daemon("""
            [program:breaks]
            command=%(here)s/breaks
            startsecs=0
            startretries=0
            autostart=false
            """) as daemon:
        daemon.write("breaks", "#!/bin/sh\nexec sleep 1000\n", 0o755)
        connection = daemon.connect()
        connection.call(process_path("breaks"), PROCESS, "Start", "t", (0,))
        daemon.write("breaks", "#!/nonexistent/interpreter\n", 0o755)
        # The bus lets each connection wait for about a hundred replies.
        calls = [(caller, caller.send(process_path("breaks"), PROCESS, "Restart", "t", (0,)))
                 for caller in (daemon.connect() for _ in range(20)) for _ in range(100)]
        for caller, call in calls:
            try:
                caller.wait_reply(call)
            except BusError as error:
                tap.same(error.name, ERROR + "SpawnError")
            else:
                raise AssertionError("a restart of a broken program worked")


@tap.case("there is only one listener-host")
def second_host():
    with Daemon(ONE + LISTENER) as daemon:
        connection = daemon.connect()
        daemon.wait_helper(HOST)
        processes.wait_for(lambda: daemon.read("events") or connection.state("watch") == "RUNNING",
                           "the listener")
        error = connection.call_error(ROOT, MANAGER, "AttachListenerHost", "s", ("",))
        tap.same(error, "org.freedesktop.DBus.Error.AccessDenied")
        connection.start("short")
        processes.wait_for(lambda: daemon.read("events").count("\n") >= 1, "the event")
        tap.same(daemon.read("events").count("\n"), 1)


def pipes(pid):
    """What the process has open, "pipe:[1234]" among it."""
    folder = "/proc/%d/fd/" % pid
    found = set()
    for number in os.listdir(folder):
        try:
            found.add(os.readlink(folder + number))
        except OSError:
            pass
    return found


@tap.case("a listener that is being stopped is not handed out")
def stopping_listener():
    with Daemon("""
            [eventlistener:stubborn]
            command=/bin/sh -c 'trap "" TERM; echo READY; while :; do sleep 0.1; done'
            events=TICK_3600
            startsecs=0
            stopwaitsecs=3
            killasgroup=true

            [eventlistener:willing]
            command=/bin/sh -c 'echo READY; exec sleep 1000'
            events=TICK_3600
            startsecs=0
            """) as daemon:
        connection = daemon.connect()
        host = daemon.wait_helper(HOST)
        # Its log shows that the host has read what it said.
        log = connection.get(process_path("stubborn"), PROCESS, "StdoutLogFile")
        processes.wait_for(lambda: os.path.getsize(log) > 0, "READY in the listener's log")
        before = connection.pid("stubborn")
        stdin = os.readlink("/proc/%d/fd/0" % before)
        tap.check(stdin in pipes(host), "the host has not taken the listener over")
        os.kill(host, signal.SIGKILL)
        connection.wait_state("STOPPING", "stubborn")
        other = daemon.wait_helper(HOST, other_than=host)
        willing = processes.wait_for(lambda: connection.state("willing") == "RUNNING" and
                                     connection.pid("willing"), "the other listener")
        processes.wait_for(lambda: os.readlink("/proc/%d/fd/0" % willing) in pipes(other),
                           "the new host to take over")
        tap.check(stdin not in pipes(other), "the listener that is being stopped was taken over")
        processes.wait_for(lambda: connection.pid("stubborn") not in (0, before), "a new listener")


@tap.case("files of the private bus that vanish are made again")
def vanished_files():
    with Daemon(ONE) as daemon:
        daemon.connect().close()
        message_bus = daemon.helper(MESSAGE_BUS)
        os.unlink(daemon.file("run/test/bus.conf"))
        os.unlink(daemon.file("run/test/bus/socket"))
        os.rmdir(daemon.file("run/test/bus"))
        os.kill(message_bus, signal.SIGKILL)
        tap.same(daemon.connect().state("stays"), "RUNNING")


@tap.case("subscribers that were gone before they were noticed leave no trace")
def dead_subscribers():
    with Daemon(ONE) as daemon:
        connection = daemon.connect()
        daemon.process.send_signal(signal.SIGSTOP)
        for _ in range(300):
            short_lived = Bus(daemon.address)
            short_lived.send(ROOT, EVENTS, "Subscribe", "as", (["PROCESS_LOG"],))
            short_lived.close()
        daemon.process.send_signal(signal.SIGCONT)
        # The first may still find the table full of those that are just being looked for.
        def subscribed():
            try:
                connection.call(ROOT, EVENTS, "Subscribe", "as", (["PROCESS_LOG"],))
                return True
            except BusError:
                return False
        processes.wait_for(subscribed, "a place for a subscriber")


tap.run()
