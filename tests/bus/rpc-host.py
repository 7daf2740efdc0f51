"""The rpc-host as a helper of the daemon: when it is started, with what, what it may do, and that no
connection is lost when it ends. Another program stands in for it."""

import os
import shutil
import signal
import stat

import bus
import processes
import tap
from bus import MANAGER, ROOT
from systembus import STRANGER, SystemDaemon, needs_root
from withrpc import RPC_HOST, Client, DaemonWithRpc, ask, free_port

UNIX = """
[unix_http_server]
file=%(here)s/http
username=operator
password=a secret
"""


# Ends when it is asked to and there is a file "go".
SLOW = """
trap 'touch asked; while ! test -e go; do sleep 0.05; done; exit 0' TERM
touch ready
while :; do sleep 0.05; done
"""


class SystemDaemonWithRpc(DaemonWithRpc, SystemDaemon):
    """On the bus of a system."""


class WithoutBus(DaemonWithRpc):
    """No bus is there, and no dbus-daemon in PATH."""

    def start(self):
        os.makedirs(self.file("bin"))
        for name in ("sh", "sleep"):
            os.symlink(shutil.which(name), self.file("bin/" + name))
        self.environment.update(PATH=self.file("bin"),
                                DBUS_SYSTEM_BUS_ADDRESS="unix:path=/nonexistent/system",
                                DBUS_SESSION_BUS_ADDRESS="unix:path=/nonexistent/session")
        super().start()


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


@tap.case("a few crashes in a row cost nobody who waits his answer")
def few_crashes():
    with DaemonWithRpc(UNIX) as daemon:
        daemon.connect()
        daemon.write("crash", "3\n")
        waiting = [Client(daemon.file("http")) for _ in range(20)]
        for client in waiting:
            client.send("pid")
        pids = {client.receive() for client in waiting}
        tap.check(len(pids) == 1 and None not in pids, pids)
        tap.same(daemon.read("crash"), "3\n" + 3 * "crash\n")


def refusal(where):
    """What somebody gets who only listens."""
    client = Client(where)
    try:
        return client.receive_text()
    finally:
        client.close()


def check_refusal(text):
    head, _, body = text.partition("\r\n\r\n")
    first, *headers = head.split("\r\n")
    tap.same(first, "HTTP/1.1 503 busvisor-rpc-host cannot be started")
    tap.same(body, "busvisor-rpc-host cannot be started; the main log of busvisord tells why. "
             "It will be tried again.\n")
    for header in ("Connection: close", "Content-Length: %d" % len(body)):
        tap.check(header in headers, headers)
    tap.check(any(h.startswith("Server: busvisor/") for h in headers), headers)


def is_served(daemon):
    return not refusal_or_answer(daemon).startswith("HTTP/1.1 503 ")


def refusal_or_answer(daemon):
    client = Client(daemon.file("http"))
    try:
        client.send("pid")
        return client.file.readline().decode()
    except ConnectionError:  # it was refused before it could be sent
        return "HTTP/1.1 503 "
    finally:
        client.close()


@tap.case("one that does not come up is tried again with a growing delay, and who waits is told so")
def crash_loop():
    with DaemonWithRpc(UNIX) as daemon:
        daemon.connect()
        daemon.write("crash", "")
        waiting = [Client(daemon.file("http")) for _ in range(20)]
        for client in waiting:
            check_refusal(client.receive_text())
        tap.check(len(daemon.read("crash").splitlines()) >= 4, "too few tries")
        daemon.wait_log(r"ERRO rpc-host has failed 4 times in a row: while it is not tried again who "
                        "connects to an HTTP socket is answered with 503")
        os.rename(daemon.file("crash"), daemon.file("crashed"))
        processes.wait_for(lambda: is_served(daemon), "an answer at last")
        tap.check(len(daemon.read("crashed").splitlines()) < 12, "too many tries")


@tap.case("more than can be told so at a time wait for that, without an end for the daemon")
def many_refused():
    with DaemonWithRpc(UNIX) as daemon:
        connection = daemon.connect()
        os.rename(daemon.file("build/" + RPC_HOST), daemon.file("moved"))
        check_refusal(refusal(daemon.file("http")))
        before = processes.cpu_ticks(daemon.process.pid)
        waiting = [Client(daemon.file("http")) for _ in range(300)]
        tap.same(connection.get(ROOT, MANAGER, "State"), "RUNNING")
        descriptors = len(os.listdir("/proc/%d/fd" % daemon.process.pid))
        tap.check(descriptors < 200, "%d descriptors" % descriptors)
        for client in waiting:
            check_refusal(client.receive_text())
            client.close()
        tap.check(processes.cpu_ticks(daemon.process.pid) - before < 100, "the daemon was busy")


@tap.case("where its program is missing that is said once, clients are told, and all else goes on")
def missing():
    with DaemonWithRpc(UNIX) as daemon:
        connection = daemon.connect()
        os.rename(daemon.file("build/" + RPC_HOST), daemon.file("moved"))
        client = Client(daemon.file("http"))
        client.send("pid")
        daemon.wait_log(r"ERRO cannot start rpc-host \(/.*/busvisor-rpc-host\): couldn't exec "
                        "busvisor-rpc-host: ENOENT; it will be tried again")
        ticks = processes.cpu_ticks(daemon.process.pid)
        check_refusal(client.receive_text())
        client.close()
        check_refusal(refusal(daemon.file("http")))
        tap.same(connection.get(ROOT, MANAGER, "State"), "RUNNING")
        os.rename(daemon.file("moved"), daemon.file("build/" + RPC_HOST))
        processes.wait_for(lambda: is_served(daemon), "the program that has come")
        tap.same(daemon.read("main.log").count("cannot start rpc-host"), 1)
        tap.check(processes.cpu_ticks(daemon.process.pid) - ticks < 100, "the daemon was busy")


@tap.case("a restart of everything, and the end, come also while clients are refused")
def refused_restart():
    with DaemonWithRpc(UNIX) as daemon:
        connection = daemon.connect()
        os.rename(daemon.file("build/" + RPC_HOST), daemon.file("moved"))
        check_refusal(refusal(daemon.file("http")))
        daemon.configure(UNIX.replace("/http", "/other"))
        connection.call(ROOT, MANAGER, "Reload")
        daemon.wait_log("supervisord started with pid", 2)
        check_refusal(refusal(daemon.file("other")))
        daemon.process.terminate()
        tap.same(daemon.wait_end(), 0)


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


@tap.case("it may do what the owner may, but is not the listener-host")
def rights():
    with DaemonWithRpc(UNIX + """
[eventlistener:mail]
command=/bin/cat
events=TICK_3600
[program:web]
command=/bin/sleep 1000
""") as daemon:
        daemon.connect()
        client = Client(daemon.file("http"))
        tap.same(client.ask("call %s %s ReopenLogs" % (ROOT, MANAGER)), [])
        answer = client.ask("call %s %s FetchRetries tu [0,1]" % (bus.pool_path("mail"), bus.POOL))
        tap.check("only for the listener-host" in answer["text"], answer)
        answer = client.ask('call %s %s AttachListenerHost s [""]' % (ROOT, MANAGER))
        tap.check("cannot be the listener-host" in answer["text"], answer)


@tap.case("it is told when the users of programs change, and others are not")
def users_change():
    needs_root()
    with DaemonWithRpc("[program:one]\ncommand=/bin/sleep 1000\n") as daemon:
        connection = daemon.connect()
        daemon.write("supervisord.conf", daemon.sections + """
[program:two]
command=/bin/sleep 1000
user=nobody
""")
        connection.call(ROOT, MANAGER, "AddGroup", "s", ("two",))
        connection.sync()
        tap.same([s for s in connection.signals if s.member == "HttpServersChanged"], [])
        connection.call(bus.process_path("two"), bus.PROCESS, "Stop", "t", (0,))
        connection.call(ROOT, MANAGER, "AttachRpcHost", "s", ("",))
        connection.call(ROOT, MANAGER, "RemoveGroup", "s", ("two",))
        connection.wait_signal(lambda s: s.member == "HttpServersChanged", "the signal")
        servers = connection.call(ROOT, MANAGER, "AttachRpcHost", "s", ("",))[2]
        tap.same(servers, [("", "", "", [0])])


@tap.case("on the bus of a system it may do so by its token, and nobody else by none")
def rights_on_system_bus():
    needs_root()
    with SystemDaemonWithRpc(UNIX) as daemon:
        daemon.connect()
        tap.same(ask(daemon.file("http"), "call %s %s ReopenLogs" % (ROOT, MANAGER)), [])
        stranger = daemon.connect_as(STRANGER)
        tap.same(stranger.call_error(ROOT, MANAGER, "AttachRpcHost", "s", ("",)),
                 "org.freedesktop.DBus.Error.AccessDenied")


@tap.case("who asks for the end gets an answer, and who comes while all is stopped too")
def shutdown():
    with DaemonWithRpc(UNIX + """
[program:slow]
command=/bin/sh %(here)s/slow
directory=%(here)s
stopwaitsecs=100
autostart=false
[eventlistener:mail]
command=/bin/cat
events=TICK_3600
""") as daemon:
        daemon.write("slow", SLOW)
        daemon.connect().call(bus.process_path("slow"), bus.PROCESS, "Start", "t", (1,))
        daemon.wait_file("ready")
        daemon.wait_helper("busvisor-listener-host")
        pid = ask(daemon.file("http"), "pid")
        ask(daemon.file("http"), "exit 0")
        processes.wait_for(lambda: not processes.is_alive(pid), "its end")
        daemon.process.terminate()
        daemon.wait_file("asked")
        client = Client(daemon.file("http"))
        shut_down = "call %s %s Shutdown" % (ROOT, MANAGER)
        tap.same(client.ask(shut_down)["error"], bus.ERROR + "ShuttingDown")
        daemon.write("go", "")
        tap.same(client.receive(), None)
        daemon.wait_end()
        ends = [m.group(1) for m in daemon.wait_log(r"(\S+) \(pid \d+\) has ended", 3)]
        tap.same(ends, ["rpc-host", "listener-host", "rpc-host"])


@tap.case("who ends the daemon hears of it")
def answer_to_shutdown():
    with DaemonWithRpc(UNIX) as daemon:
        daemon.connect()
        tap.same(ask(daemon.file("http"), "call %s %s Shutdown" % (ROOT, MANAGER)), [])
        daemon.wait_end()


@tap.case("without a bus it is started all the same, and anew when there is one")
def no_bus():
    with WithoutBus(UNIX, arguments=["--bus", "auto"]) as daemon:
        daemon.wait_file("http")
        facts = ask(daemon.file("http"), "facts")
        tap.same(facts["attached"], None)
        tap.check("BUSVISOR_BUS_ADDRESS" not in facts["environment"], "it was told of a bus")
        os.symlink(shutil.which("dbus-daemon"), daemon.file("bin/dbus-daemon"))
        daemon.connect()
        processes.wait_for(lambda: ask(daemon.file("http"), "facts")["attached"], "the bus")


def can_attach(connection):
    try:
        return connection.call(ROOT, MANAGER, "AttachRpcHost", "s", ("",))
    except bus.BusError:
        return None


tap.run()
