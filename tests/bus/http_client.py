"""HTTP: plain requests to busvisor-rpc-host over its UNIX socket or TCP, with whatever headers."""

import http.client
import json
import socket

import processes


class UnixConnection(http.client.HTTPConnection):
    """To a UNIX socket."""

    def __init__(self, path):
        super().__init__("localhost", timeout=processes.WAIT_LIMIT)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def connect(place):
    """The path of a socket, or the number of a port of this machine."""
    if isinstance(place, int):
        return http.client.HTTPConnection("127.0.0.1", place, timeout=processes.WAIT_LIMIT)
    return UnixConnection(place)


def ask(place, method, path, headers=(), body=None):
    """The answer, read to its end: the response, and its body as text."""
    connection = connect(place)
    try:
        response = begin(connection, method, path, headers, body)
        return response, response.read().decode()
    finally:
        connection.close()


def begin(connection, method, path, headers=(), body=None):
    """Only the headers that are given; a Host unless one is among them."""
    headers = dict(headers)
    connection.putrequest(method, path, skip_host="Host" in headers, skip_accept_encoding=True)
    for name, value in headers.items():
        if value is not None:
            connection.putheader(name, value)
    data = body.encode() if body is not None else None
    if data is not None:
        connection.putheader("Content-Length", str(len(data)))
    connection.endheaders(data)
    return connection.getresponse()


class EventStream:
    """/events, while the `with` block lasts, and what its events so far come to."""

    def __init__(self, place, headers=()):
        self.last = None
        self.states, self.pools = {}, {}  # state by "group:name", pool by name
        self.connection = connect(place)
        self.response = begin(self.connection, "GET", "/events", headers)

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.connection.close()

    def next(self):
        """Name and data of the next event."""
        data = None
        while True:
            line = self.response.readline().decode()
            if not line:
                raise AssertionError("the event stream has ended")
            field, _, value = line.rstrip("\n").partition(": ")
            if field == "event":
                self.last = value
            elif field == "data":
                data = json.loads(value)
            elif not line.strip() and data:
                self._take(data)
                return self.last, data

    def _take(self, data):
        if self.last == "snapshot":
            self.states, self.pools = {}, {}
        for process in data.get("processes", ()):
            self.states["%s:%s" % (process["group"], process["name"])] = process["state"]
        for pool in data.get("pools", ()):
            self.pools[pool["name"]] = pool

    def wait(self, condition):
        """Reads until the condition, which looks at what is known then, is true."""
        while not condition():
            self.next()

    def wait_state(self, process, state):
        self.wait(lambda: self.states.get(process) == state)
