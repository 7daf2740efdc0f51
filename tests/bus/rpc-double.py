"""A stand-in for busvisor-rpc-host: tells its clients what it knows, and ends when it is told to.

One line is a request, and one line of JSON the answer to it:

    facts               what it was started with, and what the daemon has answered to it
    attach TOKEN        what the daemon answers to another attachment of a new connection
    call PATH INTERFACE MEMBER [SIGNATURE JSON]
                        its answer to that call, or the error
    pid                 its process id
    end SIGNAL          none; it gets that signal
    exit STATUS         none; it ends, by itself

Where the working folder has a file "crash" it ends at once, and adds a line to that file; where that
begins with a number, no more often than that."""

import json
import os
import select
import signal
import socket
import sys

import bus

FIRST = 3


def read_token():
    number = next(int(a.split("=")[1]) for a in sys.argv if a.startswith("--token-fd="))
    with os.fdopen(number, "rb") as pipe:
        return pipe.read().decode()


def descriptors():
    found = {}
    for number in os.listdir("/proc/self/fd"):
        try:
            found[int(number)] = os.readlink("/proc/self/fd/" + number)
        except OSError:
            pass
    return {n: t.split(":")[0] for n, t in found.items() if not t.startswith("/proc/")}


def crashes():
    """Whether it is to crash now; that has been noted then."""
    if not os.path.exists("crash"):
        return False
    with open("crash", "r+", encoding="utf-8") as file:
        most, *before = file.read().splitlines() or [""]
        if most.isdigit() and len(before) == int(most):
            return False
        file.write("crash\n")
    return True


class Double:
    def __init__(self):
        if crashes():
            sys.exit(1)
        self.facts = {"arguments": sys.argv[1:], "environment": dict(os.environ),
                      "descriptors": descriptors(), "pid": os.getpid(),
                      "session": os.getsid(0), "attached": None}
        self.token = read_token()
        self.bus = None
        address = os.environ.get("BUSVISOR_BUS_ADDRESS")
        if address:
            self.bus = bus.Bus(address)
            self.facts["attached"] = self.attach(self.bus, self.token)
        count = int(os.environ["LISTEN_FDS"])
        self.listening = [socket.socket(fileno=FIRST + i) for i in range(count)]
        self.clients = {}
        self.is_busy = self.is_ending = False
        signal.signal(signal.SIGTERM, self.end)

    @staticmethod
    def attach(connection, token):
        return Double.answer(lambda: connection.call(bus.ROOT, bus.MANAGER, "AttachRpcHost", "s",
                                                     (token,)))

    @staticmethod
    def answer(call):
        try:
            return call()
        except bus.BusError as error:
            return {"error": error.name, "text": error.text}

    def request(self, words):
        if words[0] == "facts":
            return self.facts
        if words[0] == "pid":
            return os.getpid()
        if words[0] == "attach":
            connection = bus.Bus(os.environ["BUSVISOR_BUS_ADDRESS"])
            token = self.token if words[1:] == ["own"] else "".join(words[1:])
            return self.attach(connection, token)
        if words[0] == "call":
            body = tuple(json.loads("".join(words[5:]) or "[]"))
            return self.answer(lambda: self.bus.call(*words[1:5], *([body] if body else [])))
        if words[0] == "end":
            os.kill(os.getpid(), getattr(signal, words[1]))
        if words[0] == "exit":
            os._exit(int(words[1]))
        return None

    def serve(self, client):
        data = client.recv(4096)
        if not data:
            self.clients.pop(client.fileno()).close()
            return
        self.is_busy = True
        for line in data.decode().splitlines():
            client.sendall(json.dumps(self.request(line.split())).encode() + b"\n")
        self.is_busy = False
        if self.is_ending:
            sys.exit(0)

    def end(self, _signal, _frame):
        """What it has in hand is finished."""
        self.is_ending = True
        if not self.is_busy:
            sys.exit(0)

    def accept(self, listening):
        try:
            client, _ = listening.accept()
        except BlockingIOError:
            return
        client.setblocking(True)
        self.clients[client.fileno()] = client

    def run(self):
        while True:
            ready = select.select(self.listening + list(self.clients.values()), [], [])[0]
            for one in ready:
                if one in self.listening:
                    self.accept(one)
                else:
                    self.serve(one)


Double().run()
