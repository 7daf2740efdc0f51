"""Listening: a pool with one recorder, and what it got."""

import processes
from busvisor import HERE, PYTHON

HOST = "busvisor-listener-host"


def pool(name="watch", mode="", events="PROCESS_STATE_EXITED", more=""):
    """A pool whose recorder writes into the file "events", of other pools than watch into
    "events-NAME"."""
    return """
[eventlistener:%s]
command=%s %s/recorder.py %%(here)s/%s %s
events=%s
buffer_size=10
%s
""" % (name, PYTHON, HERE, events_file(name), mode, events, more)


def sections(mode="", events="PROCESS_STATE_EXITED", more=""):
    """A pool with one recorder, a program that ends when it is told to, and one that stays."""
    return pool("watch", mode, events, more) + """
[program:job]
command=/bin/sh -c 'exit 3'
autostart=false
autorestart=false
startsecs=0

[program:stays]
command=/bin/sleep 1000
startsecs=0
"""


def events_file(name):
    return "events" if name == "watch" else "events-" + name


def events(daemon, name="watch"):
    """What the recorder of the pool got so far."""
    return daemon.json_lines(events_file(name))


def wait_events(daemon, count, name="watch"):
    def enough():
        got = events(daemon, name)
        return got if len(got) >= count else None
    return processes.wait_for(enough, lambda: "%d events, have %s" % (count, events(daemon, name)))


def run_job(connection, count=1):
    """Runs the job, that is one PROCESS_STATE_EXITED each; their changes."""
    for _ in range(count):
        known = len(connection.changes("job"))
        connection.start("job")
        connection.wait_signal(lambda s: s.member == "ProcessStateChanged" and
                               s.body[5:7] == ("job", "EXITED") and
                               len(connection.changes("job")) >= known + 3, "the end of the job")
    return [c for c in connection.changes("job") if c.state == "EXITED"]


def serials(recorded):
    return [int(e["headers"]["serial"]) for e in recorded]
