"""TICKs that nobody has had time for."""

import os
import signal

import processes
import tap
from busvisor import Daemon
from bus import EVENTS, ROOT
from listening import HOST, events, pool, wait_events

KINDS = "TICK_5,REMOTE_COMMUNICATION"
HOLD = "hold %(here)s/go"
BUSY = ("watch", "small", "classic")
POOLS = (pool("watch", HOLD, KINDS) +
         # It has no room for them.
         pool("small", HOLD, KINDS).replace("buffer_size=10", "buffer_size=1") +
         pool("classic", HOLD, KINDS, "overflow=discard") +
         pool("idle", events="TICK_5"))


def ticks(connection):
    """The serials of all so far."""
    page = connection.call(ROOT, EVENTS, "EventsSince", "tasu", (0, ["TICK_5"], 0))[3]
    return [value[1][0] for _, value in page]


def names_and_serials(recorded):
    return [(e["headers"]["eventname"], int(e["headers"]["serial"])) for e in recorded]


def halted_host(daemon, connection):
    """The ticks that came while it was halted. The first was on its way to it already."""
    host = daemon.wait_helper(HOST)
    known = len(ticks(connection))
    os.kill(host, signal.SIGSTOP)
    processes.wait_for(lambda: len(ticks(connection)) >= known + 3, "ticks")
    seen = ticks(connection)[known:]
    os.kill(host, signal.SIGCONT)
    return [("TICK_5", serial) for serial in seen]


@tap.case("who was busy, the host or a listener, comes upon the newest TICK, not upon all of them")
def stale():
    with Daemon(POOLS) as daemon:
        connection = daemon.connect()
        connection.call(ROOT, EVENTS, "SendRemoteCommunication", "say", ("t", b"1"))
        for name in BUSY:
            wait_events(daemon, 1, name)
        daemon.wait_log("idle: ACKNOWLEDGED -> READY")
        before = len(events(daemon, "idle"))
        seen = halted_host(daemon, connection)
        tap.same(names_and_serials(wait_events(daemon, before + 2, "idle"))[before:][:2],
                 [seen[0], seen[-1]])
        daemon.wait_log("DEBG pool idle: older TICKs left out: %d" % (len(seen) - 2))
        daemon.write("go", "")
        for name in ("watch", "small"):
            tap.same(names_and_serials(wait_events(daemon, 2, name))[1:2], [seen[-1]])
            daemon.wait_log("DEBG listener-host: pool %s: older TICK_5 left out: " % name)
        got = names_and_serials(wait_events(daemon, 1 + len(seen), "classic"))
        tap.check([t for t in got if t in seen] == seen, "overflow=discard: %s" % got)


tap.run()
