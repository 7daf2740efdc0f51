"""Intruder: a connection to a message bus that says any bytes, and reads only when told to.

The bus is spoken to by hand, since a library refuses to send what is wrong."""

import os
import select
import socket
import struct

from jeepney import DBusAddress, new_method_call
from jeepney.bus_messages import message_bus

import bus
import processes

HEADER = 16  # bytes, up to the end of the length of the fields
METHOD_CALL, ERROR = 1, 3
PATH, INTERFACE, MEMBER, DESTINATION, SIGNATURE, UNIX_FDS = 1, 2, 3, 6, 8, 9


def message(path, interface, member, signature=None, body=(), name=bus.NAME):
    """A proper call of the daemon, as bytes with the serial 1."""
    call = new_method_call(DBusAddress(path, name, interface), member, signature, body)
    return bytearray(call.serialise(serial=1))


def bus_message(member, signature=None, body=()):
    """The same of the message bus itself."""
    return bytearray(new_method_call(message_bus, member, signature, body).serialise(serial=1))


def _padded(data, size):
    return data + bytes(-len(data) % size)


def _field(code, kind, value):
    if kind == "g":
        text = bytes([len(value)]) + value + b"\0"
    elif kind == "u":
        text = struct.pack("<I", value)
    else:
        text = struct.pack("<I", len(value)) + value + b"\0"
    # The value of a "u", "s" or "o" is at a multiple of four already.
    return bytes([code, 1]) + kind.encode() + b"\0" + text


def raw(path, interface, member, signature=b"", body=b"", more=()):
    """A call of the daemon with any bytes, right or wrong; more: further fields."""
    fields = [(PATH, "o", path), (DESTINATION, "s", bus.NAME.encode()), (MEMBER, "s", member)]
    fields += [(INTERFACE, "s", interface)] if interface else []
    fields += [(SIGNATURE, "g", signature)] if signature else []
    data = b""
    for field in fields + list(more):
        data = _padded(data, 8) + _field(*field)
    head = struct.pack("<BBBBIII", ord("l"), METHOD_CALL, 0, 1, len(body), 1, len(data))
    return bytearray(_padded(head + data, 8) + body)


def string(text):
    """The body of a message with one string."""
    return struct.pack("<I", len(text)) + text + b"\0"


class Intruder:
    def __init__(self, address, greet=True):
        path = address.partition("unix:path=")[2].partition(",")[0]
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(processes.WAIT_LIMIT)
        self.socket.connect(path)
        self.serial = 1
        self.replies = 0
        self.errors = {}
        self.last_serial = 0  # of a reply: the sender's messages are numbered, whoever gets them
        self._rest = b""
        if greet:
            self.greet()

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.close()

    def close(self):
        self.socket.close()

    def greet(self):
        """Until the bus knows it by a name."""
        uid = str(os.geteuid()).encode().hex().encode()
        self.socket.sendall(b"\0AUTH EXTERNAL " + uid + b"\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n")
        lines = b""
        while lines.count(b"\r\n") < 2:
            lines += self._receive()
        self.send(bus_message("Hello"))
        self.wait_replies(1)

    # Saying

    def send(self, data, times=1):
        """The same message so often, each with a serial of its own."""
        batch = bytearray()
        for _ in range(times):
            self.serial += 1
            struct.pack_into("<I", data, 8, self.serial)
            batch += data
            if len(batch) > 65536:
                self.socket.sendall(batch)
                batch.clear()
        self.socket.sendall(batch)

    def send_descriptors(self, data, descriptors):
        self.serial += 1
        struct.pack_into("<I", data, 8, self.serial)
        socket.send_fds(self.socket, [data], descriptors)

    # Hearing

    def _receive(self):
        data = self.socket.recv(1 << 20)
        if not data:
            raise ConnectionResetError("the bus closed the connection")
        return data

    def read(self):
        """Takes what comes next, and counts replies and, by their names, errors."""
        self._rest += self._receive()
        while len(self._rest) >= HEADER:
            body, serial, fields = struct.unpack_from("<III", self._rest, 4)
            size = HEADER + fields + -fields % 8 + body
            if len(self._rest) < size:
                return
            self._note(self._rest[1], serial, bytes(self._rest[HEADER:HEADER + fields]))
            self._rest = self._rest[size:]

    def _note(self, kind, serial, fields):
        if kind in (2, ERROR):
            self.replies += 1
            self.last_serial = serial
        if kind == ERROR:
            name = fields[fields.index(b"\x04\x01s\0") + 8:].split(b"\0")[0].decode()
            self.errors[name] = self.errors.get(name, 0) + 1

    def wait_replies(self, count):
        """Until so many have come, since the beginning."""
        while self.replies < count:
            self.read()

    def is_thrown_out(self):
        """Waits until the bus has closed the connection; False where it goes on answering."""
        try:
            self.send(bus_message("GetId"))
            before = self.replies
            while self.replies == before:
                self.read()
        except (ConnectionResetError, BrokenPipeError):
            return True
        return False

    def has_input(self):
        return bool(select.select([self.socket], [], [], 0)[0])
