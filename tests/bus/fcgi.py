"""Sockets of fcgi-programs: made, shared, kept, and what is in their way."""

import os
import re
import signal
import socket
import stat

import processes
import tap
from busvisor import HERE, PYTHON, Daemon
from bus import MANAGER, PROCESS, ROOT, process_path
from withrpc import free_port

RESPONDER = "%s %s/responder.py" % (PYTHON, HERE)
SOCKET = "unix://%(here)s/socket"


def program(name="web", url=SOCKET, more="", section="fcgi-program"):
    return "\n[%s:%s]\ncommand=%s\nsocket=%s\nstartsecs=0\n%s\n" % (section, name, RESPONDER, url,
                                                                   more)


TWO = program(more="numprocs=2\nprocess_name=web%(process_num)d\n")


def ask(address, word):
    """What a program answers; waits in the socket's queue until there is one."""
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    with socket.socket(family) as client:
        client.settimeout(processes.WAIT_LIMIT)
        client.connect(address)
        client.sendall(word.encode())
        return client.recv(1000).decode()


def refuses(address):
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(address)
        except (ConnectionRefusedError, FileNotFoundError):
            return True
    return False


def lines(daemon):
    """What the main log tells of sockets, without their URLs."""
    return re.findall(r" INFO (Creating|Closing) socket ", daemon.read("main.log"))


def running(daemon, *names):
    connection = daemon.connect()
    for group, process in names:
        processes.wait_for(lambda: connection.state(group, process) == "RUNNING", process)
    return connection


@tap.case("all processes of a group accept on one socket, which is their stdin")
def shared():
    with Daemon(TWO) as daemon:
        connection = running(daemon, ("web", "web0"), ("web", "web1"))
        path = daemon.file("socket")
        pids = {connection.pid("web", name) for name in ("web0", "web1")}
        answered = set()

        def both():
            answered.add(int(ask(path, "who")))
            return answered == pids
        processes.wait_for(both, lambda: "answers of %s, not only %s" % (pids, answered))
        tap.same(ask(path, "mode"), "1 True ['socket', 'other', 'other'] " + path)
        tap.same(stat.S_IMODE(os.stat(path).st_mode), 0o700)
        tap.same(lines(daemon)[0], "Creating")


@tap.case("a TCP socket")
def tcp():
    port = free_port()
    with Daemon(program(url="tcp://LocalHost:%d" % port, more="socket_backlog=5\n")) as daemon:
        connection = running(daemon, ("web", "web"))
        tap.same(int(ask(("127.0.0.1", port), "who")), connection.pid("web"))
        daemon.wait_log(r"INFO Creating socket tcp://localhost:%d$" % port)


@tap.case("it outlives a process that ends, one that is restarted, and everything that is")
def kept():
    with Daemon(program(more="autorestart=true\nstart_interval=0\n")) as daemon:
        connection = running(daemon, ("web", "web"))
        path = daemon.file("socket")
        inode, said = os.stat(path).st_ino, lines(daemon)
        first = int(ask(path, "who"))
        ask(path, "end 0")
        second = int(ask(path, "who"))
        tap.check(second != first, "the same process answers")
        connection.call(process_path("web"), PROCESS, "Restart", "t", (0,))
        third = int(ask(path, "who"))
        tap.check(third != second, "the same process answers")
        daemon.process.send_signal(signal.SIGHUP)
        daemon.wait_log("supervisord started with pid", 2)
        processes.wait_for(lambda: int(ask(path, "who")) not in (second, third), "a new process")
        tap.same(os.stat(path).st_ino, inode, "the socket")
        tap.same(connection.state("web"), "RUNNING")
        tap.same(lines(daemon), said)
        tap.same(said[-1], "Creating")


@tap.case("busvisorctl restart of all that share it leaves it open")
def restarted():
    with Daemon(TWO) as daemon:
        connection = running(daemon, ("web", "web0"), ("web", "web1"))
        path = daemon.file("socket")
        inode, said = os.stat(path).st_ino, lines(daemon)
        pids = {connection.pid("web", name) for name in ("web0", "web1")}
        for names in (["web:*"], ["all"], ["web:web?"]):
            result = daemon.ctl("restart", *names)
            tap.same((result.returncode, result.stdout),
                     (0, "".join("web:%s: %s\n" % (name, word) for word in ("stopped", "started")
                                 for name in ("web0", "web1"))))
        tap.check(not pids & {connection.pid("web", name) for name in ("web0", "web1")},
                  "the same processes")
        tap.same((os.stat(path).st_ino, lines(daemon)), (inode, said))


@tap.case("it is closed when the last process has been stopped")
def closed():
    with Daemon(TWO) as daemon:
        running(daemon, ("web", "web0"), ("web", "web1"))
        path = daemon.file("socket")
        tap.same(daemon.ctl("stop", "web:web0").returncode, 0)
        tap.check(not refuses(path), "closed while a process runs")
        tap.same(daemon.ctl("stop", "web:web1").returncode, 0)
        processes.wait_for(lambda: refuses(path), "the end of the socket")
        tap.same(daemon.ctl("start", "web:web1").returncode, 0)
        tap.check(int(ask(path, "who")) > 0, "no answer")


@tap.case("a change of its mode is seen by an update")
def changed():
    with Daemon(program()) as daemon:
        connection = running(daemon, ("web", "web"))
        path = daemon.file("socket")
        daemon.configure(program(more="socket_mode=0660\n"))
        token, steps = connection.call(ROOT, MANAGER, "PlanReload")
        tap.same([s[0:3] for s in steps], [("process-restart", "web", "web")])
        tap.same(daemon.ctl("update").returncode, 0)
        processes.wait_for(lambda: stat.S_IMODE(os.stat(path).st_mode) == 0o660, "the mode")
        tap.check(int(ask(path, "who")) > 0, "no answer")


@tap.case("another address is used after an update, and the old one is closed")
def moved():
    with Daemon(program()) as daemon:
        running(daemon, ("web", "web"))
        daemon.configure(program(url="unix://%(here)s/other"))
        tap.same(daemon.ctl("update").returncode, 0)
        processes.wait_for(lambda: refuses(daemon.file("socket")), "the end of the old one")
        processes.wait_for(lambda: os.path.exists(daemon.file("other")), "the new one")
        tap.check(int(ask(daemon.file("other"), "who")) > 0, "no answer")


@tap.case("a member of a group keeps its socket")
def member():
    with Daemon(program() + "[group:site]\nprograms=web\n") as daemon:
        connection = running(daemon, ("site", "web"))
        tap.same(int(ask(daemon.file("socket"), "who")), connection.pid("site", "web"))


@tap.case("a stale socket is replaced")
def stale():
    with Daemon(program(more="autostart=false\n")) as daemon:
        daemon.connect()
        path = daemon.file("socket")
        processes.wait_for(lambda: os.path.exists(path) and refuses(path), "the stale socket")
        tap.same(daemon.ctl("start", "web").returncode, 0)
        tap.check(int(ask(path, "who")) > 0, "no answer")
        daemon.wait_log("INFO Unlinking stale socket %s$" % path)


@tap.case("a socket that is in use is a spawn error that says so, and the daemon goes on")
def in_use():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        url = "tcp://127.0.0.1:%d" % taken.getsockname()[1]
        with Daemon(program(url=url, more="startretries=0\n") + program("other")) as daemon:
            connection = daemon.connect()
            processes.wait_for(lambda: connection.state("web") == "FATAL", "FATAL")
            text = "Could not create FastCGI socket %s: Address already in use" % url
            tap.same(connection.get(process_path("web"), PROCESS, "SpawnError"), text)
            daemon.wait_log("ERRO " + text)
            daemon.wait_log("INFO spawnerr: " + text)
            processes.wait_for(lambda: connection.state("other") == "RUNNING", "the other program")


tap.run()
