"""What the hosts have given up while they serve, and that programs have not. What they cannot do
any more is tried in tests/unit/test-sandbox.c and test-rpc-sandbox.c."""

import http.client
import os
import re
import socket
import xmlrpc.client

import processes
import tap
from busvisor import HERE, PYTHON, Daemon
from bus import EVENTS, ROOT
from processes import status
from systembus import STRANGER, can_have_host_user

LISTENER = """
[eventlistener:watch]
command=%s %s/recorder.py %%(here)s/events
events=REMOTE_COMMUNICATION
""" % (PYTHON, HERE)

NOTHING = "0" * 16


def limits(pid):
    """Soft and hard resource limits by name."""
    with open("/proc/%d/limits" % pid, encoding="utf-8") as file:
        return {line[:25].strip(): line[25:].split()[:2] for line in file}


def has_list(pid):
    """Not with sanitizers, nor on other processors or kernels."""
    if "Seccomp" not in status(pid):
        return False
    return os.uname().machine in ("x86_64", "aarch64") and not processes.is_sanitized(pid)


def say(connection, data):
    connection.call(ROOT, EVENTS, "SendRemoteCommunication", "say", ("x", data))


def wait_delivered(daemon, count):
    processes.wait_for(lambda: daemon.read("events").count("\n") >= count, "%d events" % count)


def check_given_up(host):
    found = status(host)
    names = ["NoNewPrivs", "CapInh", "CapPrm", "CapEff", "CapAmb"]
    tap.same([found[name] for name in names], ["1"] + [NOTHING] * 4)
    if found["Uid"].split()[0] == "0":
        tap.same(found["CapBnd"], NOTHING)
    tap.same(limits(host)["Max core file size"], ["0", "0"])
    tap.same(limits(host)["Max locked memory"], ["0", "0"])


@tap.case("the host serves without capabilities and within its list of system calls")
def given_up():
    with Daemon(LISTENER) as daemon:
        connection = daemon.connect()
        say(connection, b"1")
        wait_delivered(daemon, 1)
        host = daemon.wait_helper("busvisor-listener-host")
        check_given_up(host)
        if has_list(host):
            tap.same(status(host)["Seccomp"], "2")
            tap.same(limits(host)["Max processes"], ["0", "0"])
            tap.same(daemon.read("main.log").count("sandbox without"), 0)


@tap.case("the next host has given up as much, and goes on")
def next_host():
    with Daemon(LISTENER) as daemon:
        connection = daemon.connect()
        say(connection, b"1")
        wait_delivered(daemon, 1)
        host = daemon.wait_helper("busvisor-listener-host")
        os.kill(host, 9)
        other = daemon.wait_helper("busvisor-listener-host", other_than=host)
        say(connection, b"2")
        wait_delivered(daemon, 2)
        check_given_up(other)


@tap.case("listeners keep what they had, and have room for descriptors")
def listeners():
    with Daemon(LISTENER) as daemon:
        say(daemon.connect(), b"1")
        wait_delivered(daemon, 1)
        host = daemon.wait_helper("busvisor-listener-host")
        listener = int(daemon.ctl("pid", "watch").stdout)
        names = ["NoNewPrivs", "Seccomp", "CapEff", "CapBnd"]
        ours, theirs = status(os.getpid()), status(listener)
        tap.same([theirs[name] for name in names], [ours[name] for name in names])
        tap.same(limits(host)["Max open files"], limits(daemon.process.pid)["Max open files"])


class Socket(xmlrpc.client.Transport):
    """XML-RPC over a UNIX socket."""

    def __init__(self, path):
        super().__init__()
        self.path = path

    def make_connection(self, host):
        connection = http.client.HTTPConnection("localhost")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(processes.WAIT_LIMIT)
        connection.sock.connect(self.path)
        return connection


@tap.case("the rpc-host is within its own, and as another user under root, while it serves")
def rpc_host():
    user = "[supervisord]\nhost_user=%d\n" % STRANGER if can_have_host_user() else ""
    program = "[program:web]\ncommand=/bin/sh -c 'echo hello; exec sleep 1000'\nstartsecs=0\n"
    with Daemon(user + program) as daemon:
        daemon.connect()
        server = xmlrpc.client.ServerProxy("http://localhost", Socket(
            daemon.file("run/test/rpc/socket"))).supervisor
        tap.same(server.getState()["statename"], "RUNNING")
        host = daemon.wait_helper("busvisor-rpc-host")
        server.stopProcess("web")
        tap.check(re.search(r"\d\d:\d\d (AM|PM)", server.getProcessInfo("web")["description"]),
                  "the time is not told")
        server.startProcess("web")
        processes.wait_for(lambda: "hello" in server.tailProcessStdoutLog("web", 0, 100)[0],
                           "the output")
        tap.same(server.getAllProcessInfo()[0]["statename"], "RUNNING")
        check_given_up(host)
        if user:
            tap.same(status(host)["Uid"].split(), [str(STRANGER)] * 4)
            tap.same(status(host)["Groups"], "")
        if has_list(host):
            tap.same(status(host)["Seccomp"], "2")
            tap.same(daemon.read("main.log").count("sandbox without"), 0)


tap.run()
