"""Bus: a connection of a test to the daemon's bus.

Everything arrives over one connection, so the order of signals and replies is the order in which
the daemon sent them; tests rely on that instead of on time.
"""

import collections
import time

from jeepney import DBusAddress, HeaderFields, MatchRule, MessageType, new_method_call
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection

import processes

NAME = "org.busvisor1"
ROOT = "/org/busvisor1"
MANAGER = "org.busvisor1.Manager"
EVENTS = "org.busvisor1.Events"
GROUP = "org.busvisor1.Group"
PROCESS = "org.busvisor1.Process"
POOL = "org.busvisor1.ListenerPool"
PROPERTIES = "org.freedesktop.DBus.Properties"
OBJECT_MANAGER = "org.freedesktop.DBus.ObjectManager"
INTROSPECTABLE = "org.freedesktop.DBus.Introspectable"
ERROR = "org.busvisor1.Error."

NO_WAIT = 1

Signal = collections.namedtuple("Signal", "path interface member body")
StateChange = collections.namedtuple(
    "StateChange", "serial previous realtime monotonic group process state from_state pid tries "
    "expected extras")


class BusError(Exception):
    """An error reply."""

    def __init__(self, name, text):
        super().__init__("%s: %s" % (name, text))
        self.name = name
        self.text = text


def encode(name):
    """A part of an object path, as sd_bus_path_encode makes it."""
    def one(index, byte):
        char = chr(byte)
        plain = char.isascii() and (char.isalpha() or (char.isdigit() and index > 0))
        return char if plain else "_%02x" % byte
    return "".join(one(*pair) for pair in enumerate(name.encode())) or "_"


def process_path(group, process=None):
    return "%s/process/%s/%s" % (ROOT, encode(group), encode(process or group))


def group_path(group):
    return "%s/group/%s" % (ROOT, encode(group))


def pool_path(pool):
    return "%s/pool/%s" % (ROOT, encode(pool))


def plain(value):
    """A variant without its type, all the way down a dictionary."""
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], str):
        return value[1]
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return value


class Bus:
    """Collects every signal of the daemon from the moment it is made."""

    def __init__(self, address, name=NAME):
        self.name = name
        self.signals = []
        self._replies = {}
        self._connection = open_dbus_connection(address, enable_fds=True,
                                                auth_timeout=processes.WAIT_LIMIT)
        self.call_bus("AddMatch", "s", (MatchRule(type="signal", sender=name).serialise(),))

    def close(self):
        self._connection.close()

    @property
    def unique_name(self):
        return self._connection.unique_name

    # Calls

    def call_bus(self, member, signature=None, body=()):
        """A method of the message bus itself."""
        return self.wait_reply(self._send(message_bus, member, signature, body))

    def has_owner(self):
        return self.call_bus("NameHasOwner", "s", (self.name,))[0]

    def become_monitor(self):
        """From now on it gets everything on the bus, and can call nobody any more."""
        address = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus",
                              "org.freedesktop.DBus.Monitoring")
        self.wait_reply(self._send(address, "BecomeMonitor", "asu", ([], 0)))

    def _send(self, address, member, signature, body):
        serial = next(self._connection.outgoing_serial)
        self._replies[serial] = None
        self._connection.send(new_method_call(address, member, signature, body), serial=serial)
        return serial

    def send(self, path, interface, member, signature=None, body=()):
        """Calls without waiting; answers what wait_reply() takes."""
        return self._send(DBusAddress(path, self.name, interface), member, signature, body)

    def wait_reply(self, serial):
        self._receive_until(lambda: self._replies[serial], "a reply")
        message = self._replies.pop(serial)
        if message.header.message_type is MessageType.error:
            text = message.body[0] if message.body else ""
            raise BusError(message.header.fields[HeaderFields.error_name], text)
        return message.body

    def has_reply(self, serial):
        """Whether the reply has been received already; receives nothing by itself."""
        return self._replies[serial] is not None

    def call(self, path, interface, member, signature=None, body=()):
        return self.wait_reply(self.send(path, interface, member, signature, body))

    def call_error(self, path, interface, member, signature=None, body=()):
        """The name of the error that the call must answer."""
        try:
            reply = self.call(path, interface, member, signature, body)
        except BusError as error:
            return error.name
        raise AssertionError("%s.%s answered %r instead of an error" % (path, member, reply))

    def get(self, path, interface, member):
        return self.call(path, PROPERTIES, "Get", "ss", (interface, member))[0][1]

    def get_all(self, path, interface):
        return plain(self.call(path, PROPERTIES, "GetAll", "s", (interface,))[0])

    def state(self, group, process=None):
        return self.get(process_path(group, process), PROCESS, "State")

    def pid(self, group, process=None):
        return self.get(process_path(group, process), PROCESS, "Pid")

    def events_since(self, after=0, types=()):
        """State changes and other events from the log, all pages: (member, arguments)."""
        found = []
        while True:
            page = self.call(ROOT, EVENTS, "EventsSince", "tasu", (after, list(types), 0))[3]
            if not page:
                return found
            found += [(member, value[1]) for member, value in page]
            after = found[-1][1][0]

    def start(self, group, process=None):
        """Asks for a start, and does not wait for it."""
        self.call(process_path(group, process), PROCESS, "Start", "t", (NO_WAIT,))

    # Receiving

    def _take(self, message):
        fields = message.header.fields
        if message.header.message_type is MessageType.signal:
            self.signals.append(Signal(fields.get(HeaderFields.path),
                                       fields.get(HeaderFields.interface),
                                       fields.get(HeaderFields.member), message.body))
        elif fields.get(HeaderFields.reply_serial) in self._replies:
            self._replies[fields[HeaderFields.reply_serial]] = message

    def _receive_until(self, condition, what, limit=processes.WAIT_LIMIT):
        deadline = time.monotonic() + limit
        while True:
            value = condition()
            if value:
                return value
            try:
                self._take(self._connection.receive(timeout=max(0, deadline - time.monotonic())))
            except TimeoutError:
                raise AssertionError("waited in vain for " + what) from None

    def sync(self):
        """Receives everything that the daemon sent so far: its answer comes behind it."""
        self.call(ROOT, "org.freedesktop.DBus.Peer", "Ping")

    def wait_signal(self, condition, what):
        """The first signal that fulfils condition, received already or not."""
        def found():
            return next((s for s in self.signals if condition(s)), None)
        return self._receive_until(found, what)

    def changes(self, group=None, process=None):
        """The state changes received so far, of all or of one process."""
        every = [StateChange(*s.body) for s in self.signals if s.member == "ProcessStateChanged"]
        wanted = process or group
        return [c for c in every
                if not group or (c.group, c.process) == (group, wanted)]

    def wait_changes(self, states, group, process=None):
        """Receives until the process has gone through exactly these states, in this order."""
        def found():
            seen = self.changes(group, process)
            names = [c.state for c in seen]
            if names != list(states)[:len(names)]:
                raise AssertionError("states of %s: %s, expected %s" % (group, names, states))
            return seen if len(seen) == len(states) else None
        return self._receive_until(found, "%s of %s" % (states, group))

    def wait_state(self, state, group, process=None):
        """Receives until the last known change of the process is to this state."""
        def found():
            seen = self.changes(group, process)
            return seen[-1] if seen and seen[-1].state == state else None
        return self._receive_until(found, "%s of %s" % (state, group))
