"""Listeners that do what nobody expects. Each has an outcome of its own, and none of them is a
matter of others: another pool gets all of its events meanwhile, and the host stays small."""

import os
import re

import processes
import tap
from busvisor import HERE, PYTHON, Daemon, Folder
from bus import EVENTS, POOL, ROOT, pool_path
from listening import HOST

EVENTS_IN_ALL = 6
# One is more than a pipe takes.
LARGE = 100000
# With all its sources of memory; a sanitizer needs some too.
HOST_MAX_KIB = 250 * 1024

WAYS = {
    "blind": "",
    "endless": "stdout_logfile=NONE",
    "endless-busy": "stdout_logfile=NONE",
    "mute": "",
    "deaf": "",
    "once": "autorestart=true\nstartsecs=0\nstart_interval=0",
    "once-slow": "autorestart=true\nstartsecs=1\nstart_interval=0",
    "twice": "",
    "silent": "",
    "large": "",
    "long": "",
    "endless-result": "stdout_logfile=NONE\nevent_timeout=2\nmax_attempts=2",
    "bytes": "",
    "good": "",
}


def section(way, more):
    return """
[eventlistener:%s]
command=%s -IS %s/odd.py %%(here)s/got-%s %s
events=REMOTE_COMMUNICATION
stdout_logfile_maxbytes=1MB
stdout_logfile_backups=0
%s
""" % (way, PYTHON, HERE, way, way.replace("-slow", ""), more)


def got(daemon, way):
    return daemon.read("got-" + way).split()


def wait_got(daemon, way, wanted):
    processes.wait_for(lambda: got(daemon, way) == wanted,
                       lambda: "%s: %s, has %s" % (way, wanted, got(daemon, way)))


def peak_kib(pid):
    with open("/proc/%d/status" % pid, encoding="ascii") as status:
        return int(re.search(r"VmHWM:\s+(\d+) kB", status.read()).group(1))


def send(connection, number):
    """Numbered ones, all large: what is not read does not fit into a pipe."""
    data = ("%d " % number).encode() + b"." * LARGE
    connection.call(ROOT, EVENTS, "SendRemoteCommunication", "say", ("t", data))


def wait_status(connection, way, **wanted):
    def status():
        values = connection.get_all(pool_path(way), POOL)
        return {name: values[name] for name in wanted}
    processes.wait_for(lambda: status() == wanted,
                       lambda: "%s: %s, has %s" % (way, wanted, status()))


def said(daemon, way, what):
    return daemon.wait_log(r"(?:WARN|DEBG|ERRO) listener-host: %s: %s" % (way, what))


def check_outcomes(daemon, connection, numbers):
    wait_got(daemon, "good", numbers)
    for way in ("twice", "bytes", "once", "once-slow"):
        wait_got(daemon, way, numbers)
    # What is no answer refuses the event, which comes again at once.
    for way in ("large", "long"):
        wait_got(daemon, way, numbers[:1] + numbers)
    # It gets as much as its pipe takes.
    said(daemon, "blind", "answers without reading its events")
    tap.same(got(daemon, "blind"), [])
    wait_status(connection, "blind", Queued=len(numbers) - 1, InHand=0, Delivered=1)
    # An event that somebody had when he could not answer any more waits for his next run.
    for way in ("mute", "endless-busy", "deaf"):
        tap.same(got(daemon, way), numbers[:1], way)
    said(daemon, "mute", "has closed its stdout, and gets no event until it is restarted")
    said(daemon, "deaf", "has closed its stdin, and gets no event until it is restarted")
    wait_status(connection, "mute", Queued=len(numbers), Delivered=0)
    wait_status(connection, "deaf", Queued=len(numbers) - 1, Delivered=1)
    said(daemon, "endless", "skipping what it says out of turn: 'x+...'")
    said(daemon, "endless-busy", "bad result line: 'x+...'")
    for way in ("endless", "endless-busy", "endless-result"):
        said(daemon, way, "says on and on what is no part of the protocol, and is read slowly")
    wait_status(connection, "silent", Queued=len(numbers), Delivered=0)
    tap.same(got(daemon, "silent"), [])


def check_endless_result(daemon):
    """Busy with an answer that does not end, it is restarted until the event is given up."""
    daemon.wait_log("pool endless-result: listener endless-result has not answered event", 2)
    daemon.wait_log(r"ERRO listener-host: pool endless-result gives up event \d+ \S+ after 2 attempts, "
                    "the last by endless-result: no answer within 2 s")


@tap.case("odd listeners harm nobody")
def odd():
    with Daemon("".join(section(*way) for way in WAYS.items())) as daemon:
        connection = daemon.connect()
        host = daemon.wait_helper(HOST)
        numbers = [str(n) for n in range(EVENTS_IN_ALL)]
        for number in numbers:
            send(connection, int(number))
        check_outcomes(daemon, connection, numbers)
        check_endless_result(daemon)
        tap.same(daemon.helper(HOST), host, "the host")
        tap.check(peak_kib(host) < HOST_MAX_KIB, "the host needs %d KiB" % peak_kib(host))
        # After a restart they begin anew.
        daemon.ctl("restart", "mute", "deaf", "endless-busy")
        for way, again in (("mute", ["0", "0"]), ("endless-busy", ["0", "0"]),
                           ("deaf", ["0", "1"])):
            wait_got(daemon, way, again)


@tap.case("a log that takes nothing holds up events for a moment only")
def stuck_log():
    more = "stdout_logfile=%(here)s/fifo"
    sections = section("chatty", more).replace("stdout_logfile_maxbytes=1MB\n", "")
    with Folder() as folder:
        fifo = folder.file("fifo")
        os.mkfifo(fifo)
        reader = os.open(fifo, os.O_RDWR | os.O_NONBLOCK)
        with Daemon(sections.replace("%(here)s/fifo", fifo)) as daemon:
            connection = daemon.connect()
            numbers = [str(n) for n in range(EVENTS_IN_ALL)]
            for number in numbers:
                send(connection, int(number))
            wait_got(daemon, "chatty", numbers)
            said(daemon, "chatty", "its stdout log takes nothing; it is done without until it does")
        os.close(reader)


tap.run()
