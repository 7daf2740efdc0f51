"""Callers: what ask over and over, and cost little themselves: one of a bus, one of HTTP."""

import collections
import socket
import subprocess
import time

import measure

Answers = collections.namedtuple("Answers", "rate half most slowest")  # per second, and us

INFO = b"<?xml version='1.0'?><methodCall><methodName>supervisor.getAllProcessInfo</methodName>" \
    b"<params></params></methodCall>"
REQUEST = b"POST /RPC2 HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\n" \
    b"Content-Length: %d\r\n\r\n%s" % (len(INFO), INFO)


def ask_bus(address, target, seconds, depth=1, begin=lambda: None):
    """target: name, path, interface, member, and perhaps a string; begin() is called where it is
    connected, and goes on to measure."""
    command = [measure.own_program("bus-caller"), address, str(seconds), str(depth), *target]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as caller:
        caller.stdout.readline()
        begin()
        answers = caller.stdout.read().split()
    if caller.returncode:
        raise subprocess.CalledProcessError(caller.returncode, command)
    return Answers(*map(float, answers))


class Http:
    """A connection that is kept, over a UNIX socket."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.data = b""

    def _receive(self):
        more = self.socket.recv(1 << 20)
        if not more:
            raise ConnectionResetError("the server closed the connection")
        return more

    def ask(self, request=REQUEST):
        """The body of the answer."""
        self.socket.sendall(request)
        while b"\r\n\r\n" not in self.data:
            self.data += self._receive()
        head, _, body = self.data.partition(b"\r\n\r\n")
        if not head.split(b"\r\n")[0].endswith(b"200 OK"):
            raise RuntimeError(head.decode("latin-1"))
        size = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        parts, length = [body], len(body)
        while length < size:
            parts.append(self._receive())
            length += len(parts[-1])
        whole = b"".join(parts)
        self.data = whole[size:]
        return whole[:size]

    def close(self):
        self.socket.close()


def ask_http(path, seconds, processes):
    """getAllProcessInfo over and over: per second."""
    http = Http(path)
    if http.ask().count(b"<name>pid</name>") != processes:
        raise RuntimeError("not as many processes as there are")
    begin, count = time.monotonic(), 0
    while time.monotonic() - begin < seconds:
        http.ask()
        count += 1
    rate = count / (time.monotonic() - begin)
    http.close()
    return rate
