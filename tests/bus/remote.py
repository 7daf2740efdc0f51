"""SendRemoteCommunication: events that somebody raises over the bus."""

import signal

import processes
import tap
from busvisor import HERE, PYTHON, Daemon
from bus import EVENTS, ROOT, BusError

SECTIONS = """
[eventlistener:watch]
command=%s %s/recorder.py %%(here)s/events childutils
events=REMOTE_COMMUNICATION

[program:slow]
command=/bin/sh -c 'trap "until test -e go; do sleep 0.05; done; exit" TERM; touch ready;
  while :; do sleep 0.05; done'
directory=%%(here)s
startsecs=0
""" % (PYTHON, HERE)

MOST = 960 * 1024


def send(connection, kind, data):
    """The serial of the event."""
    return connection.call(ROOT, EVENTS, "SendRemoteCommunication", "say", (kind, data))[0]


def events(daemon):
    return daemon.json_lines("events")


def wait_events(daemon, count):
    """(serial, payload) of the first events of the recorder."""
    processes.wait_for(lambda: len(events(daemon)) >= count, "%d events" % count)
    return [(int(e["headers"]["serial"]), e["payload"]) for e in events(daemon)]


def signals(connection):
    return [s.body for s in connection.signals if s.member == "RemoteCommunication"]


@tap.case("a listener gets type and data as they are")
def payloads():
    sent = (("deploy", b"now"), ("", b""), ("two\nlines: \u00e9", b"a:b c\n\xc3\xa9\n"),
            ("binary", b"\xff\0it's"), ("cut", "caf\u00e9".encode()[:-1]), ("zero", b"a\0b"))
    said = ("deploy\nnow", "\n", "two\nlines: \u00e9\na:b c\n\u00e9\n",
            "binary\nUndecodable: b\"\\xff\\x00it's\"", "cut\nUndecodable: b'caf\\xc3'",
            "zero\na\0b")
    with Daemon(SECTIONS) as daemon:
        connection = daemon.connect()
        serials = [send(connection, *each) for each in sent]
        tap.same(serials, sorted(set(serials)))
        tap.same(wait_events(daemon, len(sent)),
                 [(serial, "type:" + text) for serial, text in zip(serials, said)])
        tap.same({e["headers"]["eventname"] for e in events(daemon)}, {"REMOTE_COMMUNICATION"})


@tap.case("subscribers get the signal, and nobody else")
def subscribers():
    with Daemon(SECTIONS) as daemon:
        one, other = daemon.connect(), daemon.connect()
        one.call(ROOT, EVENTS, "Subscribe", "as", (["REMOTE_COMMUNICATION"],))
        serial = send(other, "deploy", b"now\xff")
        one.sync()
        other.sync()
        tap.same([(b[0], b[4], bytes(b[5])) for b in signals(one)], [(serial, "deploy", b"now\xff")])
        tap.same(signals(other), [])
        tap.same(signals(one)[0][6]["asked_by"][1], other.unique_name)
        (member, body), = other.events_since(serial - 1, ["REMOTE_COMMUNICATION"])
        tap.same((member, body[0], body[4], bytes(body[5])),
                 ("RemoteCommunication", serial, "deploy", b"now\xff"))


@tap.case("as much as fits into an event, and no more")
def size():
    with Daemon(SECTIONS) as daemon:
        connection = daemon.connect()
        for kind, more in (("", 1), ("type", -3)):
            try:
                send(connection, kind, b"x" * (MOST + more))
                raise AssertionError("it was taken")
            except BusError as error:
                tap.same(error.name, "org.freedesktop.DBus.Error.LimitsExceeded")
                tap.check("983041 bytes" in error.text and "983040" in error.text, error.text)
        serial = send(connection, "type", b"x" * (MOST - 4))
        later = send(connection, "later", b"")
        tap.same(wait_events(daemon, 2), [(serial, "type:type\n" + "x" * (MOST - 4)),
                                          (later, "type:later\n")])


@tap.case("also while the daemon is shutting down")
def shutting_down():
    with Daemon(SECTIONS) as daemon:
        connection = daemon.connect()
        daemon.wait_file("ready")
        daemon.wait_log(r"^\S+ \S+ INFO success: watch ")
        daemon.process.send_signal(signal.SIGTERM)
        connection.wait_state("STOPPING", "slow")
        serial = send(connection, "last", b"words")
        daemon.write("go", "")
        daemon.wait_end()
        tap.same(wait_events(daemon, 1), [(serial, "type:last\nwords")])


tap.run()
