"""Daemons beside whose program lies another busvisor-rpc-host, and clients of their HTTP sockets."""

import json
import os
import shutil
import socket

import processes
from busvisor import HERE, PYTHON, Daemon, program

RPC_HOST = "busvisor-rpc-host"
DOUBLE = os.path.join(HERE, "rpc-double.py")


class DaemonWithRpc(Daemon):
    """The stand-in of the tests' is its busvisor-rpc-host."""

    def start(self):
        self.make_programs()
        super().start()

    def make_programs(self):
        """The daemon looks beside the file that it is, so that must not be a link."""
        os.makedirs(self.file("build"), exist_ok=True)
        self.busvisord = self.file("build/busvisord")
        if os.path.exists(self.busvisord):
            return
        shutil.copy2(program("busvisord"), self.busvisord)
        os.symlink(program("busvisor-listener-host"), self.file("build/busvisor-listener-host"))
        self.write("build/" + RPC_HOST, '#!/bin/sh\nexec "%s" -B "%s" "$@"\n' % (PYTHON, DOUBLE), 0o755)

    def rpc_host(self):
        """The process id of what runs in the place of busvisor-rpc-host, None when it does not."""
        for pid in processes.children(self.process.pid):
            if any(DOUBLE == word for word in processes.command_line(pid)):
                return pid
        return None

    @property
    def private_socket(self):
        return self.file("run/test/rpc/socket")


class Client:
    """A connection to an HTTP socket: a path, or a port."""

    def __init__(self, where):
        if isinstance(where, int):
            self.socket = socket.create_connection(("127.0.0.1", where), processes.WAIT_LIMIT)
        else:
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(processes.WAIT_LIMIT)
            # It is bound a moment before it listens.
            processes.wait_for(lambda: self.socket.connect_ex(where) == 0, "somebody who listens")
        self.file = self.socket.makefile("rb")

    def send(self, request):
        self.socket.sendall(request.encode() + b"\n")

    def receive(self):
        """The answer; None when the connection was closed without one."""
        try:
            line = self.file.readline()
        except ConnectionError:
            return None
        return json.loads(line) if line else None

    def receive_text(self):
        """All that comes until the connection is closed."""
        return self.file.read().decode()

    def ask(self, request):
        self.send(request)
        return self.receive()

    def close(self):
        self.file.close()
        self.socket.close()


def ask(where, request):
    client = Client(where)
    try:
        return client.ask(request)
    finally:
        client.close()


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
