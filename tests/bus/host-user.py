"""The hosts as another user than the daemon, when that is root: what they are, what the private bus
lets them do, and what happens where they cannot be somebody else."""

import contextlib
import os
import resource
import signal
import stat

import attacks
import bus
import processes
import tap
from bus import EVENTS, MANAGER, ROOT
from busvisor import HERE, PYTHON, Daemon, Folder, read
from processes import status
from systembus import STRANGER, SystemDaemon, acting_as, connect_as, needs_host_user, needs_mounts

LISTENER = """
[eventlistener:watch]
command=%s %s/recorder.py %%(here)s/events
events=REMOTE_COMMUNICATION
""" % (PYTHON, HERE)

OTHER = "[supervisord]\nhost_user=%d\n" % STRANGER
ANOTHER = 1  # who is neither root nor the hosts

# Starts the rest of its arguments where the first one is the file of users.
OTHER_USERS = ["unshare", "--mount", "--propagation", "private", "sh", "-c",
               'mount --bind "$1" /etc/passwd && shift && exec "$@"', "sh"]


def say(daemon, data, count):
    """Raises an event, and waits until the listener has got so many."""
    connection = daemon.connect()
    connection.call(ROOT, EVENTS, "SendRemoteCommunication", "say", ("x", data))
    processes.wait_for(lambda: daemon.read("events").count("\n") >= count, "%d events" % count)
    return connection


def check_user(pid, user):
    """All of its user and group ids are this one, and it is in no other group."""
    found = status(pid)
    tap.same(found["Uid"].split(), [str(user)] * 4)
    tap.same(found["Gid"].split(), [str(user)] * 4)
    tap.same(found["Groups"], "")
    tap.same({found[name] for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")}, {"0" * 16})
    tap.same(found["NoNewPrivs"], "1")


def host_of(daemon, other_than=None):
    return daemon.wait_helper("busvisor-listener-host", other_than=other_than)


@tap.case("the host is the user that was asked for, listeners stay the daemon's")
def other_user():
    needs_host_user()
    with Daemon(OTHER + LISTENER) as daemon:
        say(daemon, b"1", 1)
        host = host_of(daemon)
        check_user(host, STRANGER)
        tap.same(status(int(daemon.ctl("pid", "watch").stdout))["Uid"].split()[0], "0")
        names = {line.partition("=")[0] for line in read("/proc/%d/environ" % host).split("\0")}
        tap.check("HOME" not in names and "BUSVISOR_BUS_ADDRESS" in names, names)
        os.kill(host, signal.SIGKILL)
        other = host_of(daemon, other_than=host)
        say(daemon, b"2", 2)
        check_user(other, STRANGER)


@tap.case("the private bus comes back for it")
def bus_again():
    needs_host_user()
    with Daemon(OTHER + LISTENER) as daemon:
        say(daemon, b"1", 1)
        host, pid = host_of(daemon), daemon.wait_helper("dbus-daemon")
        os.kill(pid, signal.SIGKILL)
        daemon.wait_helper("dbus-daemon", other_than=pid)
        say(daemon, b"2", 2)
        tap.same(host_of(daemon), host)


def mode(file):
    found = os.stat(file)
    return stat.S_IMODE(found.st_mode), found.st_uid


@tap.case("its group passes to the socket, and nobody reads anything on the way")
def folders():
    needs_host_user()
    with Daemon(OTHER + LISTENER) as daemon:
        say(daemon, b"1", 1)
        run = daemon.file("run/test")
        tap.same(mode(run)[0] & 0o770, 0o710)
        tap.same(mode(run + "/bus"), (0o710, 0))
        tap.same(mode(run + "/bus/socket"), (0o660, 0))
        tap.same([os.stat(run + name).st_gid for name in ("/bus", "/bus/socket")], [STRANGER] * 2)
        tap.same([mode(run + name)[0] for name in ("/bus.conf", "/lock")], [0o600] * 2)
        tap.same(mode(daemon.file("state/test")), (0o700, 0))


def connect_error(daemon, user):
    try:
        connect_as(daemon, user)
    except (OSError, bus.BusError):
        return True
    return False


@tap.case("on the private bus the host owns no name and monitors nobody; others get nowhere")
def private_bus():
    needs_host_user()
    with Daemon(OTHER + LISTENER) as daemon:
        say(daemon, b"1", 1)
        host = connect_as(daemon, STRANGER)
        for name in ("org.busvisor1", "org.freedesktop.PolicyKit1", "org.example.Any"):
            try:
                host.call_bus("RequestName", "su", (name, 0))
                raise AssertionError("it got the name " + name)
            except bus.BusError as error:
                tap.same(error.name, "org.freedesktop.DBus.Error.AccessDenied")
        try:
            host.become_monitor()
            raise AssertionError("it became a monitor")
        except bus.BusError as error:
            tap.same(error.name, "org.freedesktop.DBus.Error.AccessDenied")
        tap.check(connect_error(daemon, ANOTHER), "a stranger is on the private bus")
        tap.same(host.call_error(ROOT, MANAGER, "AttachListenerHost", "s", ("",)),
                 "org.freedesktop.DBus.Error.AccessDenied")
        say(daemon, b"2", 2)


@tap.case("connections of the host leave room on the private bus for root")
def crowded_bus():
    needs_host_user()
    with Daemon(OTHER) as daemon, contextlib.ExitStack() as stack:
        daemon.connect().close()
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        stack.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        connect = attacks.connector(daemon.address)
        with acting_as(STRANGER), contextlib.suppress(OSError):
            for _ in range(1100):
                stack.enter_context(connect())
        tap.check(daemon.connect().call(ROOT, MANAGER, "ListProcesses"), "root gets no answer")


@tap.case("on the bus of a system the token makes it the host")
def system_bus():
    needs_host_user()
    with SystemDaemon(OTHER + LISTENER) as daemon:
        say(daemon, b"1", 1)
        check_user(host_of(daemon), STRANGER)
        text = daemon.read("main.log")
        tap.check("there is no user" not in text, text)


@tap.case("the packaged user is taken where there is one, and where not root serves, with a line")
def default_user():
    needs_mounts()
    needs_host_user()
    with Daemon(LISTENER) as daemon:
        say(daemon, b"1", 1)
        named = "\nbusvisor-host:" in read("/etc/passwd")
        tap.same(status(host_of(daemon))["Uid"].split()[0] == "0", not named)
        tap.same(daemon.read("main.log").count("there is no user busvisor-host"), int(not named))
    daemon = Daemon(LISTENER)
    with Folder() as folder:
        users = "".join(line + "\n" for line in read("/etc/passwd").splitlines()
                        if not line.startswith("busvisor-host:"))
        daemon.launcher = OTHER_USERS + [folder.write("passwd", users + (
            "busvisor-host:x:%d:%d::/:/bin/false\n" % (STRANGER - 3, STRANGER)))]
        with daemon:
            say(daemon, b"1", 1)
            tap.same(status(host_of(daemon))["Uid"].split()[0], str(STRANGER - 3))


def refused(daemon):
    """What busvisord says when it does not start."""
    daemon.expected_exit = 2
    with daemon:
        daemon.wait_end()
        return daemon.read("stderr")


@tap.case("a user that is unknown is an error of the file")
def unknown():
    text = refused(Daemon("[supervisord]\nhost_user=no-such-user-anywhere\n"))
    tap.check("supervisord.conf:9: " in text and "no-such-user-anywhere" in text, text)


@tap.case("a user that was asked for and does not get to the socket is an error")
def unreachable():
    needs_host_user()

    class Closed(Daemon):
        def start(self):
            os.chmod(self.file("run"), 0o700)
            super().start()

    text = refused(Closed(OTHER + LISTENER))
    tap.check("host_user=%d: " % STRANGER in text and text.endswith("/run\n"), text)


@tap.case("a daemon that is not root warns that its hosts are no other user")
def not_root():
    class Given(Daemon):
        """Its folders are the user's that it becomes."""

        def start(self):
            for name in ("", "run", "state"):
                os.chown(self.file(name), ANOTHER, ANOTHER)
            super().start()

    own = "[supervisord]\nhost_user=root\n" + LISTENER
    with Given("[supervisord]\nuser=%d\n" % ANOTHER + own) if os.geteuid() == 0 else \
            Daemon(own) as daemon:
        daemon.wait_log("host_user=root is only for")
        processes.wait_for(lambda: daemon.helper("busvisor-listener-host"), "the host")
        user = ANOTHER if os.geteuid() == 0 else os.geteuid()
        tap.same(status(host_of(daemon))["Uid"].split()[0], str(user))


@tap.case("without $RUNTIME_DIRECTORY, and with no folder in /run yet, it gets to the bus")
def run_folder():
    needs_mounts()
    needs_host_user()

    class OnRun(Daemon):
        """In the place where root's instances are; /run is empty, and its own."""

        def start(self):
            del self.environment["RUNTIME_DIRECTORY"]
            self.launcher = ["unshare", "--mount", "--propagation", "private", "sh", "-c",
                             'mkdir "$1/base" && mount --bind "$1/base" /run && shift && exec "$@"',
                             "sh", self.path]
            super().start()

        @property
        def address(self):
            return "unix:path=" + self.file("base/busvisor/test/bus/socket")

    with OnRun(OTHER + LISTENER) as daemon:
        say(daemon, b"1", 1)
        check_user(host_of(daemon), STRANGER)
        tap.same(mode(daemon.file("base/busvisor")), (0o711, 0))


tap.run()
