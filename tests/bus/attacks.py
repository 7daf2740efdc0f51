"""Attacks: what somebody hostile can do to the daemon by way of its bus.

Each is a function that answers a generator: it yields where the attack is in full swing, so that
the caller can look how others fare, and cleans up when it goes on. connect() makes an Intruder."""

import itertools
import os
import struct

from bus import EVENTS, INTROSPECTABLE, MANAGER, OBJECT_MANAGER, PROCESS, PROPERTIES, ROOT, \
    process_path
from intruder import DESTINATION, UNIX_FDS, Intruder, bus_message, message, raw, string

CALLS = 10000
CONNECTIONS = 1000
MIB = 1 << 20

# What the daemon has to have for all of this.
SECTIONS = """
[program:stays]
command=/bin/sleep 1000
startsecs=0

[program:slow]
command=/bin/sleep 1000
autostart=false
startsecs=1000

[program:stubborn]
command=/bin/sh -c 'trap "" TERM; touch %(here)s/armed; until test -e %(here)s/end; do sleep 0.1; done'
startsecs=0
stopwaitsecs=1000

[program:chatty]
command=/bin/sh -c 'while :; do seq 200; sleep 0.05; done'
startsecs=0
stdout_events_enabled=true
stdout_logfile=NONE

[program:reader]
command=/bin/cat
startsecs=0
stdout_logfile=NONE
"""


def malformed_paths(connect):
    """Paths and names of all sorts: what the bus lets through is answered."""
    odd = [b"/", b"/org", b"/org/busvisor1/process", b"/org/busvisor1/process/_",
           b"/org/busvisor1/process/_zz/_", b"/org/busvisor1/process/_0/_00",
           b"/org/busvisor1/process/stays/stays/stays", b"/org/busvisor1/process/_ff_fe/_80",
           b"/org/busvisor1/pool/_2e_2e/_2e", b"/org/busvisor1/group/" + b"_2f" * 5000,
           b"/a" * 5000, b"/" + b"a" * 60000]
    with connect() as intruder:
        for path, interface in itertools.product(odd, (PROCESS, MANAGER, "a.b." + "c" * 240)):
            for member in ("Start", "GetAll", "a" * 255):
                intruder.send(raw(path, interface.encode(), member.encode()))
        sent = len(odd) * 3 * 3
        for path in odd:
            intruder.send(raw(path, INTROSPECTABLE.encode(), b"Introspect"))
            intruder.send(raw(path, None, b"Get", b"ss", string(b"").ljust(8, b"\0") + string(b"")))
        yield
        intruder.wait_replies(sent + 2 * len(odd) + 1)
    # sd-bus takes no path as long as that, and says nothing to it.
    with connect() as intruder:
        intruder.send(raw(b"/" + b"a" * 70000, None, b"Start"))
        intruder.send(message(ROOT, MANAGER, "GetProcess", "s", ("stays",)))
        yield
        intruder.wait_replies(2)


WRONG_BYTES = {
    "path": raw(b"//a", MANAGER.encode(), b"ListProcesses"),
    "path end": raw(b"/a/", MANAGER.encode(), b"ListProcesses"),
    "path sign": raw(b"/a-b", MANAGER.encode(), b"ListProcesses"),
    "interface": raw(b"/", b"no_dot", b"ListProcesses"),
    "member": raw(b"/", MANAGER.encode(), b"List.Processes"),
    "empty member": raw(b"/", MANAGER.encode(), b""),
    "long member": raw(b"/", MANAGER.encode(), b"a" * 256),
    "UTF-8": raw(ROOT.encode(), MANAGER.encode(), b"GetProcess", b"s", string(b"\xff\xfe")),
    "cut UTF-8": raw(ROOT.encode(), MANAGER.encode(), b"GetProcess", b"s", string(b"a\xe2\x82")),
    "zero": raw(ROOT.encode(), MANAGER.encode(), b"GetProcess", b"s", string(b"sta\0ys")),
    "signature": raw(ROOT.encode(), MANAGER.encode(), b"Start", b"a", bytes(8)),
    "deep signature": raw(ROOT.encode(), MANAGER.encode(), b"Start", b"a" * 100 + b"s", bytes(8)),
    "length of a string": raw(ROOT.encode(), MANAGER.encode(), b"GetProcess", b"s",
                              struct.pack("<I", 1 << 31) + b"stays\0"),
    "length of an array": raw(ROOT.encode(), MANAGER.encode(), b"Start", b"ast",
                              struct.pack("<I", 1 << 30) + bytes(60)),
    "behind the end": raw(ROOT.encode(), MANAGER.encode(), b"ListProcesses", b"", b"more"),
    "too short": raw(ROOT.encode(), MANAGER.encode(), b"Start", b"ast", bytes(4)),
    "fields twice": raw(ROOT.encode(), MANAGER.encode(), b"ListProcesses",
                        more=[(DESTINATION, "u", 7)]),
    "no descriptors": raw(ROOT.encode(), MANAGER.encode(), b"ListProcesses",
                          more=[(UNIX_FDS, "u", 7)]),
    "64 MiB": struct.pack("<BBBBIII", ord("l"), 1, 0, 1, 64 * MIB, 9, 64),
    "kind": bytearray(b"l\x09\x00\x01") + bytes(12),
    "version": bytearray(b"l\x01\x00\x09") + bytes(12),
    "byte order": bytearray(b"X\x01\x00\x01") + bytes(12),
    "no message": bytearray(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
}


def wrong_bytes(connect):
    """What is no D-Bus: the bus throws it out, or passes on nothing of it."""
    for data in WRONG_BYTES.values():
        with connect() as intruder:
            intruder.send(bytearray(data))
            yield


def wrong_signatures(connect):
    """Every method that has arguments, with others."""
    members = [(MANAGER, m) for m in ("Start", "Stop", "Restart", "Signal", "GetProcess", "ReadLog",
                                      "ApplyReload", "AddGroup", "AttachListenerHost", "TailLog")]
    members += [(EVENTS, m) for m in ("Subscribe", "EventsSince", "FindSerial",
                                      "SendRemoteCommunication")]
    members += [(PROPERTIES, m) for m in ("Get", "Set", "GetAll")]
    bodies = [("", ()), ("s", ("x",)), ("u", (7,)), ("as", ([],)), ("a{sv}", ({},)),
              ("v", (("v", ("v", ("s", "deep"))),)), ("(((((s)))))", (((((("x",),),),),),)),
              ("asas", (["a"] * 1000, [])), ("aaaaaaaas", ([],)), ("tttttttt", (1,) * 8),
              ("o", ("/",)), ("g", ("a{sv}",)), ("ay", (bytes(70000),)), ("d", (1e300,))]
    with connect() as intruder:
        count = 1
        for (interface, member), (signature, body) in itertools.product(members, bodies):
            intruder.send(message(ROOT, interface, member, signature or None, body))
            count += 1
        yield
        intruder.wait_replies(count)


def pending_jobs(connect):
    """Thousands of calls that wait: for a start, for an end, for both, for the same and for all."""
    for process, member in (("slow", "Start"), ("stubborn", "Stop"), ("stubborn", "Restart")):
        with connect() as intruder:
            intruder.send(message(process_path(process), PROCESS, member, "t", (0,)), CALLS)
            intruder.send(message(process_path(process), PROCESS, member, "t", (1,)), CALLS)
            yield
            intruder.wait_replies(CALLS)  # of those that do not wait
    with connect() as intruder:
        intruder.send(message(ROOT, MANAGER, "Restart", "ast", (["stubborn", "slow"], 0)), CALLS)
        yield


def guarded_calls(connect):
    """Thousands of calls that need a right, and would do little."""
    with connect() as intruder:
        intruder.send(message(ROOT, MANAGER, "Start", "ast", (["stays"], 0)), CALLS)
        intruder.send(message(ROOT, EVENTS, "Subscribe", "as", (["PROCESS_LOG"],)), CALLS)
        intruder.send(message(ROOT, MANAGER, "PlanReload"), CALLS // 100)
        yield
        intruder.wait_replies(2 * CALLS + CALLS // 100 + 1)


def event_pages(connect):
    """Thousands of calls for the whole log of events."""
    with connect() as intruder:
        call = message(ROOT, EVENTS, "EventsSince", "tasu", (0, ["PROCESS_STATE"], 0))
        intruder.send(call, CALLS)
        yield


def many_connections(connect):
    """As many connections as the bus has room for, each with a question."""
    intruders = []
    try:
        for _ in range(CONNECTIONS):
            intruders.append(connect())
            intruders[-1].send(message(ROOT, MANAGER, "ListProcesses"))
    except OSError:
        pass  # that is all that it lets in
    try:
        yield len(intruders)
    finally:
        for intruder in intruders:
            intruder.close()


# The bus adds who it is from to what it passes on.
LARGEST = 16 * MIB - 256  # of the private bus


def array(data):
    """The body of a message with one array of what needs no padding by eight."""
    return struct.pack("<I", len(data)) + data


def large_messages(connect):
    """64 MiB in four strings, arrays of strings and of bytes, as large as the bus lets through."""
    text = b"x" * LARGEST
    # Without the padding behind the last one.
    names = array(((struct.pack("<I", 8) + b"abcdefgh\0\0\0\0") * (LARGEST // 16))[:-3])
    for path, interface, member, signature, body in (
            (ROOT, MANAGER, "GetProcess", "s", string(text)),
            (ROOT, PROPERTIES, "GetAll", "s", string(text)),
            (ROOT, MANAGER, "Start", "ast", names + bytes(15)),
            (ROOT, MANAGER, "Start", "ast", array(string(text[:-16])) + bytes(15)),
            (ROOT, EVENTS, "Subscribe", "as", names),
            (ROOT, EVENTS, "SendRemoteCommunication", "say",
             string(text[:LARGEST // 2]) + bytes(3) + array(text[:LARGEST // 2 - 16])),
            (process_path("reader"), PROCESS, "WriteStdin", "ay", array(text))):
        with connect() as intruder:
            intruder.send(raw(path.encode(), interface.encode(), member.encode(),
                              signature.encode(), body), 4)
            yield
            intruder.wait_replies(5)


def large_answers(connect):
    """The answer repeats the question, and would be larger than what the bus takes."""
    for room in range(72, 256, 8):
        data = raw(b"/", None, b"GetAll", b"s", string(b"x" * (LARGEST + 256 - room - 5)))
        with connect() as intruder:
            try:
                intruder.send(data)
                intruder.wait_replies(2)
            except (ConnectionResetError, BrokenPipeError):
                continue  # too large for the bus already
            yield


def never_reads(connect):
    """Subscribers of everything, who ask for more and take nothing."""
    intruders = [connect() for _ in range(20)]
    for intruder in intruders:
        intruder.send(bus_message("AddMatch", "s", ("type='signal'",)))
        intruder.send(message(ROOT, EVENTS, "Subscribe", "as", (["EVENT"],)))
        intruder.send(message(ROOT, MANAGER, "ListProcesses"), CALLS // 50)
        intruder.send(message(ROOT, OBJECT_MANAGER, "GetManagedObjects"), CALLS // 100)
    yield
    for intruder in intruders:
        intruder.close()


def name_stealing(connect):
    """The name of the daemon, in all ways that there are to ask for it."""
    with connect() as intruder:
        for flags in range(8):
            intruder.send(bus_message("RequestName", "su", ("org.busvisor1", flags)))
        intruder.send(bus_message("ReleaseName", "s", ("org.busvisor1",)))
        intruder.send(bus_message("RequestName", "su", ("org.freedesktop.DBus", 7)))
        yield
        intruder.wait_replies(11)


def subscriptions(connect):
    """Comes and goes, all the time."""
    with connect() as intruder:
        come = message(ROOT, EVENTS, "Subscribe", "as", (["PROCESS_LOG"],))
        go = message(ROOT, EVENTS, "Unsubscribe")
        for _ in range(CALLS // 10):
            intruder.send(come)
            intruder.send(go)
        yield
        intruder.wait_replies(2 * (CALLS // 10) + 1)
    for _ in range(300):
        with connect() as intruder:
            intruder.send(come)
    yield


def match_rules(connect):
    """As many rules as the bus keeps for one, and more."""
    with connect() as intruder:
        for number in range(CALLS):
            intruder.send(bus_message("AddMatch", "s", (
                "type='signal',sender='org.busvisor1',arg0='%d'" % number,)))
        yield
        intruder.wait_replies(CALLS + 1)


def introspection(connect):
    """All objects over and over, and nobody who reads of them."""
    with connect() as intruder:
        for path in ("/", ROOT, ROOT + "/process", process_path("stays")):
            intruder.send(message(path, INTROSPECTABLE, "Introspect"), CALLS // 10)
        intruder.send(message(ROOT, OBJECT_MANAGER, "GetManagedObjects"), CALLS // 10)
        yield


def half_open(connect):
    """Connections that never say who they are."""
    intruders = []
    try:
        for _ in range(CONNECTIONS // 2):
            intruders.append(connect(greet=False))
            intruders[-1].socket.sendall(b"\0AUTH EXTERNAL ")
    except OSError:
        pass
    yield len(intruders)
    for intruder in intruders:
        intruder.close()


def descriptors(connect):
    """Messages with as many descriptors as one may have, which nobody asked for."""
    null = os.open("/dev/null", os.O_RDONLY)
    try:
        for count in (1, 16, 253):
            with connect() as intruder:
                data = raw(ROOT.encode(), MANAGER.encode(), b"Start", b"ah",
                           struct.pack("<I", 4 * count) + struct.pack("<%dI" % count, *range(count)),
                           more=[(UNIX_FDS, "u", count)])
                try:
                    for _ in range(CALLS // count // 4):
                        intruder.send_descriptors(data, [null] * count)
                except (ConnectionResetError, BrokenPipeError):
                    pass  # more than this bus lets through
                yield
    finally:
        os.close(null)


def unread_replies(connect):
    """Each call is answered, and no answer is read."""
    with connect() as intruder:
        intruder.send(message(ROOT, MANAGER, "ListProcesses"), CALLS)
        intruder.send(message(process_path("stays"), PROPERTIES, "GetAll", "s", (PROCESS,)), CALLS)
        yield


ALL = [malformed_paths, wrong_bytes, wrong_signatures, pending_jobs, guarded_calls, event_pages,
       many_connections, large_messages, large_answers, never_reads, name_stealing, subscriptions,
       match_rules, introspection, half_open, descriptors, unread_replies]


def connector(address):
    return lambda **options: Intruder(address, **options)
