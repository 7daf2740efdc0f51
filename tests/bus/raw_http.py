"""Connections to busvisor-rpc-host, byte by byte, and one that is started by hand."""

import fcntl
import os
import signal
import socket
import xmlrpc.client

import busvisor
import processes
import tap


class Client:
    """A connection, and what comes over it."""

    def __init__(self, daemon, name="socket", wait=True):
        """name: of a UNIX socket in the folder of the daemon, or the number of a port."""
        self.rest = b""
        if isinstance(name, int):
            self.socket = socket.create_connection(("127.0.0.1", name), processes.WAIT_LIMIT)
            return
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(processes.WAIT_LIMIT)
        path = daemon.file(name)
        processes.wait_for(lambda: os.path.exists(path), "the socket")
        if wait and isinstance(daemon, busvisor.Daemon):
            daemon.wait_log(" on the bus as ")
        # It is bound a moment before it listens.
        processes.wait_for(lambda: self.socket.connect_ex(path) == 0, "somebody who listens")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data if isinstance(data, bytes) else data.encode())

    def more(self):
        """False when the other end has closed."""
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            return False
        self.rest += data
        return bool(data)

    def head(self):
        """Status and headers of the next answer; (0, {}) when the connection ends instead."""
        while b"\r\n\r\n" not in self.rest:
            if not self.more():
                return 0, {}
        head, self.rest = self.rest.split(b"\r\n\r\n", 1)
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = dict((k.lower(), v) for k, v in (line.split(": ", 1) for line in lines))
        return int(first.split()[1]), headers

    def answer(self):
        """Status, headers and body of the next answer."""
        status, headers = self.head()
        if status == 100:
            return status, headers, b""
        length = int(headers.get("content-length", 0))
        while len(self.rest) < length and self.more():
            pass
        body, self.rest = self.rest[:length], self.rest[length:]
        return status, headers, body

    def ask(self, data):
        self.send(data)
        return self.answer()

    def is_closed(self):
        while self.more():
            pass
        return not self.rest


def call(method="supervisor.getState", *params, headers="", version="1.1", path="/RPC2"):
    body = xmlrpc.client.dumps(params, method).encode()
    head = "POST %s HTTP/%s\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n%s\r\n" % (
        path, version, len(body), headers)
    return head.encode() + body


def get(path, headers="", version="1.1", method="GET"):
    return "%s %s HTTP/%s\r\nHost: x\r\n%s\r\n" % (method, path, version, headers)


def state_of(answer):
    status, _, body = answer
    tap.same(status, 200, "status")
    return xmlrpc.client.loads(body)[0][0]["statename"]


class HostByHand:
    """busvisor-rpc-host, while the `with` block lasts, with listening sockets of these names in the
    folder; those that are None are TCP, ports[] says where. Without a daemon it gets a token but no
    bus; with one it is that daemon's, on its bus."""

    def __init__(self, folder, names, fdnames, arguments=(), daemon=None):
        self.log = folder.file("rpc-host.log")
        sockets = [self._listen(folder, name) for name in names]
        self.ports = [s.getsockname()[1] if s.family == socket.AF_INET else None for s in sockets]
        read_end, write_end = os.pipe()
        os.close(write_end)
        own = ["--address=" + daemon.address] if daemon else ["--token-fd=%d" % (3 + len(names))]
        self.pid = self._start(sockets + [read_end], len(names), fdnames, own + list(arguments))
        os.close(read_end)
        for listening in sockets:
            listening.close()

    @staticmethod
    def _listen(folder, name):
        if name is None:
            listening = socket.socket()
            listening.bind(("127.0.0.1", 0))
        else:
            listening = socket.socket(socket.AF_UNIX)
            listening.bind(folder.file(name))
        listening.listen(10)
        return listening

    def _start(self, descriptors, count, fdnames, arguments):
        environment = dict(busvisor.clean_environment(), LISTEN_FDS=str(count),
                           LISTEN_FDNAMES=fdnames)
        pid = os.fork()
        if pid == 0:
            log = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            os.dup2(log, 2)
            # None of them is where another one is to be.
            given = [fcntl.fcntl(fd, fcntl.F_DUPFD, 100) for fd in descriptors]
            for number, fd in enumerate(given, 3):
                os.dup2(fd, number)
                os.close(fd)
            environment["LISTEN_PID"] = str(os.getpid())
            program = busvisor.program("busvisor-rpc-host")
            os.execve(program, [program] + arguments, environment)
        return pid

    def wait_log(self, text):
        def is_there():
            with open(self.log, encoding="utf-8") as log:
                return text in log.read()
        processes.wait_for(is_there, "%r in the log of the rpc-host" % text)

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        os.kill(self.pid, signal.SIGTERM)
        status = os.waitpid(self.pid, 0)[1]
        if kind is None:
            tap.same(status, 0, "exit status")
