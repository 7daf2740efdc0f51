"""Somebody hostile on the HTTP socket: refused and bounded, others are answered, and the daemon does
not notice."""

import base64
import os
import socket
import xmlrpc.client

import processes
import tap
from busvisor import Daemon
from endurance import MIB, memory
from processes import is_sanitized
from withrpc import free_port

SECTIONS = """
[unix_http_server]
file=%(here)s/open

[inet_http_server]
port=127.0.0.1:{port}
username=user
password=secret

[program:stays]
command=/bin/sleep 1000
startsecs=0

[program:waits]
command=/bin/sleep 1000
process_name=waits_%(process_num)d
numprocs={waiting}
startsecs=3600
autostart=false
"""
HOST = "busvisor-rpc-host"
GROWTH = 256 * MIB  # bodies, answers and streams, each with a bound
CPU_TICKS = 100     # a second; what the attacks would cost a daemon that took part is many of those
HALF_OPEN = 1000
N_WAITING = 150


class Attacked(Daemon):
    """A daemon that is looked at before and after; ask() is a well-behaved client."""

    def __init__(self):
        self.port = free_port()
        super().__init__(SECTIONS.replace("{port}", str(self.port))
                         .replace("{waiting}", str(N_WAITING)))

    def __enter__(self):
        super().__enter__()
        processes.wait_for(lambda: os.path.exists(self.file("open")), "the socket")
        self.connect().close()
        tap.same(self.ask(), "RUNNING")
        self.host = self.wait_helper(HOST)
        self.sanitized = is_sanitized(self.process.pid)
        self.before = {pid: memory(pid) for pid in (self.process.pid, self.host)}
        self.ticks = processes.cpu_ticks(self.process.pid)
        return self

    def __exit__(self, kind, error, trace):
        try:
            if kind is None:
                self.look()
        finally:
            super().__exit__(kind, error, trace)

    def look(self):
        tap.same(self.ask(), "RUNNING")
        tap.same(self.helper(HOST), self.host, "the host")
        if self.sanitized:
            return
        for pid, bound in ((self.process.pid, 16 * MIB), (self.host, GROWTH)):
            growth = memory(pid) - self.before[pid]
            tap.diagnostics("%s has grown by %d KiB" % (processes.name(pid), growth))
            tap.check(growth < bound, "%s has grown by %d KiB" % (processes.name(pid), growth))
        used = processes.cpu_ticks(self.process.pid) - self.ticks
        tap.diagnostics("busvisord has taken %d ticks" % used)
        tap.check(used < CPU_TICKS, "busvisord has taken %d ticks" % used)

    def open(self):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(processes.WAIT_LIMIT)
        connection.connect(self.file("open"))
        return connection

    def ask(self, body=None):
        """The state of the daemon, or what the body of a request gets: status and body."""
        with self.open() as connection:
            send(connection, request(body or xml("supervisor.getState")))
            status, answer = receive(connection)
        return (status, answer) if body else xmlrpc.client.loads(answer)[0][0]["statename"]


def xml(method, *params):
    return xmlrpc.client.dumps(params, method).encode()


def request(body, headers=b""):
    return b"POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\n%sContent-Length: %d\r\n\r\n" % (
        headers, len(body)) + body


def receive(connection, data=b""):
    """Status and body of one answer; 0 when the connection ends instead."""
    try:
        while b"\r\n\r\n" not in data:
            more = connection.recv(65536)
            if not more:
                return 0, b""
            data += more
        head, body = data.split(b"\r\n\r\n", 1)
        length = int((head.lower().split(b"content-length:") + [b"0"])[1].split(b"\r\n")[0])
        while len(body) < length:
            more = connection.recv(65536)
            if not more:
                break
            body += more
    except (ConnectionResetError, BrokenPipeError):
        return 0, b""
    return int(head.split()[1]), body


def send(connection, data):
    """As much of it as the other end takes."""
    try:
        connection.sendall(data)
    except (ConnectionResetError, BrokenPipeError):
        pass


def refused(answer):
    status, body = answer
    return status == 0 or status >= 400 or b"<fault>" in body


@tap.case("connections by the thousand that say nothing, or half of something")
def half_open():
    with Attacked() as daemon:
        head = b"POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\n"
        body = head + b"Content-Length: 99\r\n\r\n<"
        beginnings = (b"", body, head, body, b"P", body)
        connections = []
        try:
            for number in range(HALF_OPEN):
                connection = daemon.open()
                connections.append(connection)
                send(connection, beginnings[number % len(beginnings)])
            # Those that wait too long make room.
            tap.same(daemon.ask(), "RUNNING")
        finally:
            for connection in connections:
                connection.close()


@tap.case("senders so slow that they never come to an end")
def slow():
    with Attacked() as daemon:
        connections = [daemon.open() for _ in range(100)]
        whole = request(xml("supervisor.getState"))
        for byte in range(20):
            for connection in connections:
                send(connection, whole[byte:byte + 1])
            tap.same(daemon.ask(), "RUNNING")
        for connection in connections:
            connection.close()


@tap.case("bodies beyond the limit, announced or not, and many at a time")
def bodies():
    with Attacked() as daemon:
        for length in (b"9999999999999999999999", b"-1", b"1000000000", b"1, 2", b"0x10"):
            with daemon.open() as connection:
                send(connection, b"POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\n"
                     b"Content-Length: " + length + b"\r\n\r\n" + b"x" * 1000)
                tap.check(refused(receive(connection)), "a length of %r" % length)
        tap.check(refused(daemon.ask(b" " * (64 << 20))), "64 MiB")
        with daemon.open() as connection:
            send(connection, b"POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\n"
                 b"Transfer-Encoding: chunked\r\n\r\n" +
                 (b"100000\r\n" + b"y" * (1 << 20) + b"\r\n") * 32 + b"0\r\n\r\n")
            tap.check(refused(receive(connection)), "32 MiB in chunks")
        held = [daemon.open() for _ in range(100)]
        for connection in held:
            connection.settimeout(0.2)
            try:
                send(connection, request(b" " * (2 << 20))[:-1])
            except TimeoutError:
                pass
        tap.same(daemon.ask(), "RUNNING")
        for connection in held:
            connection.close()


NAMES = ["supervisor.supervisord.options.execve", "supervisor.supervisord.options.warnings.linecache.os.system",
         "supervisor.__class__", "system.namespaces", "system.__init__.__globals__", "supervisor",
         "supervisor.", ".supervisor.getState", "supervisor..getState", "supervisor.getState.x",
         "supervisor.getState()", "supervisor._update", "", "a" * 100000, "supervisor.getState\0",
         "../../etc/passwd", "supervisor.getState\n"]


@tap.case("names of methods that lead to attributes, and other odd ones")
def names():
    with Attacked() as daemon:
        for name in NAMES:
            text = name.replace("\0", "&#0;")
            body = "<methodCall><methodName>%s</methodName></methodCall>" % text
            tap.check(refused(daemon.ask(body.encode())) or name.strip() == "supervisor.getState",
                      "%r was answered" % name[:100])
        nested = [{"methodName": "supervisor.supervisord.options.execve", "params": ["/bin/sh", [], {}]}]
        _, body = daemon.ask(xml("system.multicall", nested))
        tap.check(b"faultCode" in body, "in a multicall: %r" % body[:500])


@tap.case("names of processes that are too long for any path")
def long_names():
    methods = (("getProcessInfo",), ("startProcess",), ("stopProcess", False), ("signalProcess", "0"),
               ("startProcessGroup",), ("signalProcessGroup", "0"), ("sendProcessStdin", "x"),
               ("readProcessStdoutLog", 0, 0), ("clearProcessLogs",), ("addProcessGroup",))
    with Attacked() as daemon:
        for name in ("!" * 10000, "!" * 10001, "!" * 70000, "x" * (1 << 20), "waits:" + "x" * 70000,
                     "x" * 70000 + ":x", "x" * 70000 + ":*"):
            for method, *rest in methods:
                status, body = daemon.ask(xml("supervisor." + method, name, *rest))
                tap.same(status, 200, method)
                tap.check(b"BAD_NAME" in body, "%s: %r" % (method, body[:500]))
        with daemon.open() as connection:
            send(connection, b"GET /logtail/" + b"x" * 12000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")
            tap.same(receive(connection)[0], 404)


ENTITY_CALL = b"""<methodCall><methodName>supervisor.addProcessGroup</methodName>
<params><param><value><string>%s</string></value></param></params></methodCall>"""
BILLION = b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol0 "lol">%s]>' % b"".join(
    b'<!ENTITY lol%d "%s">' % (i, b"&lol%d;" % (i - 1) * 10) for i in range(1, 10)) + \
    ENTITY_CALL % b"&lol9;"
EXTERNAL = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + \
    ENTITY_CALL % b"&x;"


@tap.case("entities, depth without an end, and what is no XML")
def documents():
    deep = b"<methodCall><methodName>a</methodName><params><param>" + \
        b"<value><array><data>" * 20000
    call = b"<methodCall><methodName>supervisor.getState</methodName><params>%s</params></methodCall>"
    with Attacked() as daemon:
        for what, body in {
                "billion": BILLION, "external": EXTERNAL, "deep": deep,
                "wide": call % (b"<param><value><int>1</int></value></param>" * 50000),
                "attributes": b"<methodCall " + b" ".join(b'a%d="b"' % i for i in range(50000)) + b">",
                "no UTF-8": call % b"<param><value>\xff\xfe</value></param>",
                "number": call % b"<param><value><int>9999999999999999999999</int></value></param>",
                "base64": call % (b"<param><value><base64>" + b"!" * 100000 + b"</base64></value></param>"),
                "empty": b" ", "zeros": bytes(1000), "open": b"<" * 100000, "other": b"{}"}.items():
            answer = daemon.ask(body)
            tap.check(refused(answer), "%s: %d %r" % (what, answer[0], answer[1][:200]))
            tap.check(b"root:" not in answer[1], what)
        calls = [{"methodName": "system.multicall", "params": [[]]}] * 1000
        daemon.ask(xml("system.multicall", calls))


@tap.case("giant headers, and requests without answers being read")
def floods():
    with Attacked() as daemon:
        for head in (b"GET /" + b"a" * 1000000 + b" HTTP/1.1\r\n\r\n",
                     b"GET / HTTP/1.1\r\nX: " + b"a" * 1000000 + b"\r\n\r\n",
                     b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 100000 + b"\r\n",
                     b"GET / HTTP/1.1\r\n" + b"X" * 1000000, b"\r\n" * 100000, b"\xff" * 100000):
            with daemon.open() as connection:
                send(connection, head)
                connection.shutdown(socket.SHUT_WR)
                tap.check(refused(receive(connection)), "%r" % head[:20])
        connections = [daemon.open() for _ in range(20)]
        data = request(xml("supervisor.getAllProcessInfo")) * 200
        for connection in connections:
            connection.settimeout(0.2)
            try:
                send(connection, data)
            except TimeoutError:
                pass  # it is read no further than its answers are
        tap.same(daemon.ask(), "RUNNING")
        for connection in connections:
            connection.close()


@tap.case("clients that follow a log and read nothing of it")
def tails():
    with Attacked() as daemon:
        connections = []
        for _ in range(200):
            connection = daemon.open()
            send(connection, b"GET /mainlogtail HTTP/1.1\r\nHost: x\r\n\r\n")
            connections.append(connection)
        with open(daemon.file("main.log"), "ab") as log:
            for _ in range(16):
                log.write(b"x" * (1 << 20))
        tap.same(daemon.ask(), "RUNNING")
        for connection in connections:
            connection.close()


def started(daemon):
    return daemon.read("main.log").count("spawned: 'waits")


@tap.case("many calls that hold large results while they wait for others")
def results():
    read = {"methodName": "supervisor.readLog", "params": [0, 0]}
    with Attacked() as daemon:
        with open(daemon.file("main.log"), "ab") as log:
            log.write(b"x" * (8 << 20))
        connections = [daemon.open() for _ in range(40)]
        for number, connection in enumerate(connections):
            start = {"methodName": "supervisor.startProcess", "params": ["waits:waits_%d" % number]}
            send(connection, request(xml("system.multicall", [read, read, read, start])))
        processes.wait_for(lambda: started(daemon), "one of them")
        tap.same(daemon.ask(), "RUNNING")
        daemon.look()
        for connection in connections:
            connection.close()


@tap.case("many large calls that wait while nobody waits for them any more")
def abandoned():
    large = {"methodName": "supervisor.getProcessInfo", "params": ["x" * (2000 << 10)]}
    with Attacked() as daemon:
        for number in range(2 * N_WAITING):  # the daemon is asked for so many at a time only
            start = {"methodName": "supervisor.startProcess", "params": ["waits:waits_%d" % number]}
            with daemon.open() as connection:
                send(connection, request(xml("system.multicall", [start, large])))
                if number == 0:  # of those that go at once some may never have been read to the end
                    processes.wait_for(lambda: started(daemon), "the first of them")
        tap.same(daemon.ask(), "RUNNING")


@tap.case("wrong passwords by the thousand")
def passwords():
    with Attacked() as daemon:
        def ask(text):
            with socket.create_connection(("127.0.0.1", daemon.port), processes.WAIT_LIMIT) as guess:
                head = b"Authorization: Basic " + base64.b64encode(text) + b"\r\n"
                guess.sendall(request(xml("supervisor.getState"), head))
                return receive(guess)[0]
        for number in range(2000):
            tap.same(ask(b"user:%d" % number), 401)
        for odd in (b"", b":", b"user", b"user:", b"user:secret\0", b"user:secretsecret", b"x" * 5000,
                    b"\xff\xfe:secret", b"USER:secret"):
            tap.same(ask(odd), 401, "%r" % odd[:20])
        tap.same(ask(b"user:secret"), 200)


tap.run()
