"""The listener-host that others start, such as a unit of its own: listener_host=external."""

import os
import subprocess

import processes
import tap
from bus import EVENTS, MANAGER, ROOT
from busvisor import HERE, PYTHON, Daemon, clean_environment, program
from servicemanager import Manager
from systembus import STRANGER, SystemDaemon, connect_as, needs_host_user

EXTERNAL = """
[supervisord]
listener_host=external
[eventlistener:watch]
command=%s %s/recorder.py %%(here)s/events
events=REMOTE_COMMUNICATION
""" % (PYTHON, HERE)
OTHER = EXTERNAL.replace("external\n", "external\nhost_user=%d\n" % STRANGER)
ANOTHER = 1


def start_host(daemon, user=None, **more):
    """As by hand, or by a unit with User=."""
    other = {} if user is None else {"user": user, "group": user, "extra_groups": []}
    with open(daemon.file("host.log"), "ab") as log:
        return subprocess.Popen([program("busvisor-listener-host"), "--debug",
                                 "--address=" + daemon.address], stdin=subprocess.DEVNULL,
                                stdout=log, stderr=log, env=dict(clean_environment(), **more),
                                **other)


def end(host):
    host.terminate()
    tap.same(host.wait(processes.WAIT_LIMIT), 0)


def say(daemon, data, count):
    daemon.connect().call(ROOT, EVENTS, "SendRemoteCommunication", "say", ("x", data))
    processes.wait_for(lambda: daemon.read("events").count("\n") >= count, "%d events" % count)


@tap.case("the daemon starts none, and one of its own user's needs no token")
def by_hand():
    with Daemon(EXTERNAL) as daemon:
        daemon.connect()
        host = start_host(daemon)
        say(daemon, b"1", 1)
        tap.same(daemon.helper("busvisor-listener-host"), None)
        end(host)
        daemon.wait_log("the listener-host has left the bus")
        other = start_host(daemon)
        say(daemon, b"2", 2)
        end(other)


@tap.case("what happens before it is there is delivered when it comes")
def later():
    with Daemon(EXTERNAL) as daemon:
        daemon.connect().call(ROOT, EVENTS, "SendRemoteCommunication", "say", ("x", b"1"))
        host = start_host(daemon)
        processes.wait_for(lambda: daemon.read("events").count("\n") == 1, "the event")
        end(host)


@tap.case("host_user needs no token, another user is none, on a private bus and on a system's")
def other_user():
    needs_host_user()
    for kind in (Daemon, SystemDaemon):
        with kind(OTHER) as daemon:
            daemon.connect()
            if kind is SystemDaemon:
                stranger = connect_as(daemon, ANOTHER)
                tap.same(stranger.call_error(ROOT, MANAGER, "AttachListenerHost", "s", ("",)),
                         "org.freedesktop.DBus.Error.AccessDenied")
            host = start_host(daemon, STRANGER)
            say(daemon, b"1", 1)
            tap.same(processes.status(host.pid)["Uid"].split()[0], str(STRANGER))
            end(host)


@tap.case("host_user is no more than the host")
def no_more():
    needs_host_user()
    with SystemDaemon(OTHER) as daemon:
        daemon.connect()
        host = connect_as(daemon, STRANGER)
        host.call(ROOT, MANAGER, "AttachListenerHost", "s", ("",))
        for interface, member, signature, body in (
                (MANAGER, "Stop", "ast", (["watch"], 0)), (MANAGER, "Shutdown", None, ()),
                (EVENTS, "Subscribe", "as", (["PROCESS_LOG"],))):
            tap.same(host.call_error(ROOT, interface, member, signature, body),
                     "org.freedesktop.DBus.Error.AccessDenied", member)


@tap.case("it tells its service manager: READY, what it serves, and the watchdog")
def notify():
    with Manager() as manager, Daemon(EXTERNAL) as daemon:
        os.chmod(manager.name, 0o666)
        daemon.connect()
        host = start_host(daemon, NOTIFY_SOCKET=manager.name, WATCHDOG_USEC="200000")
        manager.wait(READY="1")
        if not any("serving" in m.get("STATUS", "") for m in manager.received):
            manager.wait(STATUS="serving 1 pools of test")
        for _ in range(3):
            manager.wait(WATCHDOG="1")
        say(daemon, b"1", 1)
        end(host)


tap.run()
