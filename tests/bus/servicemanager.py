"""Servicemanager: the receiving end of NOTIFY_SOCKET, in place of systemd."""

import socket

import processes
from busvisor import Daemon, Folder


class Manager(Folder):
    """Until the end of the `with` block."""

    def __init__(self, abstract=False):
        self.abstract = abstract
        self.received = []

    def __enter__(self):
        super().__enter__()
        self.name = ("@" if self.abstract else "") + self.file("notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.name.replace("@", "\0"))
        self.socket.settimeout(processes.WAIT_LIMIT)
        return self

    def __exit__(self, kind, error, trace):
        self.socket.close()
        super().__exit__(kind, error, trace)

    def daemon(self, sections, **more):
        daemon = Daemon(sections)
        daemon.environment.update(more, NOTIFY_SOCKET=self.name)
        return daemon

    def receive(self):
        """The next message, as a map."""
        text = self.socket.recv(4096).decode()
        message = dict(line.split("=", 1) for line in text.splitlines())
        self.received.append(message)
        return message

    def wait(self, **wanted):
        """Receives until a message has these values; that message."""
        while True:
            message = self.receive()
            if wanted.items() <= message.items():
                return message

    def rest(self):
        """All that is there already."""
        self.socket.setblocking(False)
        try:
            while True:
                self.receive()
        except BlockingIOError:
            return self.received
