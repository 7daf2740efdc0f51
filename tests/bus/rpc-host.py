"""The rpc-host as a helper of the daemon: when it is started, with what, what it may do, and that no
connection is lost when it ends. Another program stands in for it."""

import os
import signal
import stat

import bus
import processes
import tap
from bus import MANAGER, ROOT
from systembus import needs_root
from withrpc import RPC_HOST, Client, DaemonWithRpc, ask, free_port

UNIX = """
[unix_http_server]
file=%(here)s/http
username=operator
password=a secret
"""


def restarted(daemon, before, request="pid"):
    """The process id of the next rpc-host, which a request has called up."""
    pid = ask(daemon.file("http"), request)
    tap.check(pid and pid != before, "%s is no new process" % pid)
    return pid


@tap.case("it is started with the first connection, and finds its sockets and its token")
def first_connection():
    port = free_port()
    with DaemonWithRpc(UNIX + """
[inet_http_server]
port=127.0.0.1:%d
""" % port) as daemon:
        daemon.connect()
        tap.same(daemon.rpc_host(), None, "the rpc-host before anybody needs it")
        facts = ask(port, "facts")
        tap.same(facts["arguments"], ["--bus-name=org.busvisor1", "--token-fd=5", "--debug"])
        environment = facts["environment"]
        tap.same(environment["LISTEN_PID"], str(facts["pid"]))
        tap.same(environment["LISTEN_FDS"], "2")
        tap.same(environment["LISTEN_FDNAMES"], "http-0:http-1")
        tap.same(environment["BUSVISOR_BUS_ADDRESS"], daemon.address)
        tap.same(facts["session"], facts["pid"], "it is in a session of its own")
        tap.same([facts["descriptors"][n] for n in "345"], ["socket", "socket", "pipe"])
        tap.same([n for n in facts["descriptors"] if int(n) > 5], [], "more descriptors")
        tap.same(facts["attached"][0], "test")
        tap.same(facts["attached"][2], [["inet_http_server", "", "", []],
                                        ["unix_http_server", "operator", "a secret", []]])
        tap.same(ask(daemon.file("http"), "pid"), facts["pid"])
        tap.check("a secret" not in daemon.read("main.log"), "the password is in the log")
        tap.check("a secret" not in str([facts["arguments"], environment]), "it was handed on")


@tap.case("without a section a private socket is served, and every program knows it")
def private():
    with DaemonWithRpc("""
[program:show]
command=/bin/sh -c 'echo "$SUPERVISOR_SERVER_URL" > %(here)s/url.new; mv url.new url; exec sleep 1000'
""") as daemon:
        daemon.wait_file("url")
        tap.same(daemon.read("url"), "unix://%s\n" % daemon.private_socket)
        tap.same(stat.S_IMODE(os.stat(daemon.private_socket).st_mode), 0o666)
        attached = ask(daemon.private_socket, "facts")["attached"]
        tap.same(attached[2], [["", "", "", sorted({0, os.geteuid()})]])


@tap.case("programs of other users reach the private socket, and are named")
def private_of_others():
    needs_root()
    with DaemonWithRpc("""
[program:show]
command=/bin/sh -c 'test -w %(here)s/run/test/rpc/socket; echo $? >&2; exec sleep 1000'
stderr_logfile=%(here)s/result
user=nobody
""") as daemon:
        processes.wait_for(lambda: daemon.read("result"), "the result")
        tap.same(daemon.read("result"), "0\n")
        attached = ask(daemon.private_socket, "facts")["attached"]
        tap.same(attached[2], [["", "", "", [0, 65534]]])


@tap.case("what waits while it crashes is served by the next one")
def crash():
    with DaemonWithRpc(UNIX) as daemon:
        daemon.connect()
        first = Client(daemon.file("http"))
        pid = first.ask("pid")
        os.kill(pid, signal.SIGSTOP)
        waiting = [Client(daemon.file("http")) for _ in range(20)]
        for client in waiting:
            client.send("pid")
        os.kill(pid, signal.SIGKILL)
        tap.same(first.receive(), None, "what it had accepted is gone with it")
        pids = {client.receive() for client in waiting}
        tap.same(len(pids), 1, "process ids")
        tap.check(pid not in pids and None not in pids, pids)
        daemon.wait_log(r"WARN rpc-host \(pid \d+\) ended: terminated by SIGKILL")


@tap.case("it may end by itself, and is there again for the next connection")
def idle():
    with DaemonWithRpc(UNIX) as daemon:
        daemon.connect()
        pid = ask(daemon.file("http"), "pid")
        for _ in range(3):
            ask(daemon.file("http"), "exit 0")
            processes.wait_for(lambda: not processes.is_alive(pid), "its end")
            pid = restarted(daemon, pid)
        tap.check("WARN rpc-host" not in daemon.read("main.log"), "complained of its end")


@tap.case("one that does not come up is tried again with a growing delay, not in a loop")
def crash_loop():
    with DaemonWithRpc(UNIX) as daemon:
        daemon.connect()
        daemon.write("crash", "")
        client = Client(daemon.file("http"))
        client.send("pid")
        daemon.wait_log(r"rpc-host \(pid \d+\) ended: exit status 1", 4)
        os.rename(daemon.file("crash"), daemon.file("crashed"))
        tap.check(client.receive(), "an answer at last")
        tap.check(len(daemon.read("crashed").splitlines()) < 12, "too many tries")


@tap.case("where its program is missing that is said once, and all else goes on")
def missing():
    with DaemonWithRpc(UNIX) as daemon:
        connection = daemon.connect()
        os.rename(daemon.file("build/" + RPC_HOST), daemon.file("moved"))
        client = Client(daemon.file("http"))
        client.send("pid")
        daemon.wait_log(r"ERRO cannot start rpc-host \(/.*/busvisor-rpc-host\): couldn't exec "
                        "busvisor-rpc-host: ENOENT; it will be tried again")
        ticks = processes.cpu_ticks(daemon.process.pid)
        other = Client(daemon.file("http"))
        other.send("pid")
        tap.same(connection.get(ROOT, MANAGER, "State"), "RUNNING")
        os.rename(daemon.file("moved"), daemon.file("build/" + RPC_HOST))
        tap.check(client.receive(), "the answer of the program that has come")
        tap.same(daemon.read("main.log").count("cannot start rpc-host"), 1)
        tap.check(processes.cpu_ticks(daemon.process.pid) - ticks < 100, "the daemon was busy")


@tap.case("the token is for one process, and an empty one for the owner; few can be by hand")
def tokens():
    with DaemonWithRpc(UNIX) as daemon:
        connection = daemon.connect()
        denied = "org.freedesktop.DBus.Error.AccessDenied"
        tap.same(connection.call_error(ROOT, MANAGER, "AttachRpcHost", "s", ("wrong",)), denied)
        tap.same(connection.call_error(ROOT, MANAGER, "AttachRpcHost", "s", ("0" * 32,)), denied)
        tap.same(ask(daemon.file("http"), "attach own")[0], "test")
        others = [bus.Bus(daemon.address) for _ in range(9)]
        daemon.buses.extend(others)
        for one in others[:8]:
            tap.same(one.call(ROOT, MANAGER, "AttachRpcHost", "s", ("",))[0], "test")
        tap.same(others[0].call(ROOT, MANAGER, "AttachRpcHost", "s", ("",))[0], "test", "again")
        tap.same(others[8].call_error(ROOT, MANAGER, "AttachRpcHost", "s", ("",)),
                 "org.freedesktop.DBus.Error.LimitsExceeded")
        tap.same(ask(daemon.file("http"), "attach own")[0], "test", "the daemon's own has room")
        others[0].close()
        daemon.buses.remove(others[0])
        processes.wait_for(lambda: can_attach(others[8]), "room for another one")


def can_attach(connection):
    try:
        return connection.call(ROOT, MANAGER, "AttachRpcHost", "s", ("",))
    except bus.BusError:
        return None


tap.run()
