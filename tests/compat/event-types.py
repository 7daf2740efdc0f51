"""Each of Supervisor's 27 event types under both: a listener for each type, and for each ancestor,
gets the same headers and payloads, to the byte.

What is by chance is masked: process ids, serials and times. States of the listeners themselves
are left to events.py.
"""

import os
import pwd
import re
import shutil
import signal
import stat
import sys

from both import Busvisor, Supervisor, need_supervisor

import processes
import tap
from busvisor import HERE, PYTHON, program, source

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "matrix"))

from seen import writer  # noqa: E402

ANCESTORS = ("EVENT", "PROCESS_STATE", "PROCESS_COMMUNICATION", "PROCESS_LOG",
             "SUPERVISOR_STATE_CHANGE", "TICK", "PROCESS_GROUP")
BEGIN, END = "<!--XSUPERVISOR:BEGIN-->", "<!--XSUPERVISOR:END-->"

# The data of events: what a program writes, and how it arrives.
DATA = (("plain, a:b c\\n", "plain, a:b c\n"),
        ("\\303\\244\\342\\202\\254\\360\\237\\230\\200\\n", "\u00e4\u20ac\U0001f600\n"),
        ("cut \\342\\202", "Undecodable: b'cut \\xe2\\x82'"),
        ("\\254 here\\n", "Undecodable: b'\\xac here\\n'"),
        ("it's \\377\\t\\r\\\\\\n", "Undecodable: b\"it's \\xff\\t\\r\\\\\\n\""),
        ("it's \\\"\\200\\\"", "Undecodable: b'it\\'s \"\\x80\"'"),
        ("\\355\\240\\200 \\001\\177", "Undecodable: b'\\xed\\xa0\\x80 \\x01\\x7f'"),
        ("\\001\\177\\033[0m\\n", "\x01\x7f\x1b[0m\n"))
REMOTE = (("deploy", "now"), ("", ""), ("empty", ""), ("two\nlines", "a:b c\n\n"),
          ("\u00e4\u20ac", "\U0001f600"))


def quoted(argument):
    """For the command of a section, in which a percent sign stands for something else."""
    return argument.replace("'", "'\"'\"'").replace("%", "%%")


def log_portions(fd):
    return [quoted("%d:%s" % (fd, raw)) for raw, _ in DATA]


def comm_portions(fd):
    pieces = ["%d:%s%s%s" % (fd, BEGIN, raw, END) for raw, _ in DATA + (("", ""),)]
    return [quoted(p) for p in pieces + ["%d:the end, longer than a tag\\n" % fd]]


def pools(names):
    return "".join("""
[eventlistener:%s]
command=%s %s/recorder.py %%(here)s/events-%s
events=%s
buffer_size=10000
startsecs=0
stdout_logfile=NONE
stderr_logfile=NONE
""" % (name, PYTHON, HERE, name, name) for name in names)


PROGRAMS = """
[program:ends]
command=/bin/true
startsecs=0
autorestart=false

[program:fails]
command=/bin/false
startsecs=0
autorestart=false

# Supervisor may notice an end a second or two late.
[program:quick]
command=/bin/true
startsecs=10
startretries=1

[program:asked]
command=/bin/sleep 1000
startsecs=0

[program:removed]
command=/bin/sleep 1000
autostart=false

[program:logs]
command=%s
startsecs=0
autorestart=false
stdout_events_enabled=true
stderr_events_enabled=true

[program:talks]
command=%s
startsecs=0
autorestart=false
stdout_capture_maxbytes=1000
stderr_capture_maxbytes=1000

# Gives the listeners time to hear of the end.
[program:last]
command=/bin/sh -c 'trap "until test -e go; do sleep 0.05; done; exit" TERM; while :; do
  sleep 0.05; done'
directory=%%(here)s
startsecs=0
""" % (writer(*log_portions(1), *log_portions(2)), writer(*comm_portions(1), *comm_portions(2)))

GROUPS = ["asked", "ends", "fails", "last", "logs", "quick", "removed", "talks"]


def of(name, text):
    return "processname:%s groupname:%s %s" % (name, name, text)


def logs(channel):
    return [of("logs", "pid:N channel:%s\n%s" % (channel, said)) for _, said in DATA]


def messages():
    return [of("talks", "pid:N\n" + said) for _, said in DATA + (("", ""),)]


WITH_STARTS = ("ends", "fails", "asked", "logs", "talks")

# The payloads of each type that is not abstract, as they arrive. Elsewhere is shown what cannot be
# waited for, or takes a daemon of its own.
ELSEWHERE = object()
TYPES = {
    "PROCESS_STATE_STARTING": [of(n, "from_state:STOPPED tries:0") for n in WITH_STARTS] +
                              [of("quick", "from_state:STOPPED tries:0"),
                               of("quick", "from_state:BACKOFF tries:1")],
    "PROCESS_STATE_RUNNING": [of(n, "from_state:STARTING pid:N") for n in WITH_STARTS],
    "PROCESS_STATE_BACKOFF": [of("quick", "from_state:STARTING tries:1"),
                              of("quick", "from_state:STARTING tries:2")],
    "PROCESS_STATE_STOPPING": [of("asked", "from_state:RUNNING pid:N")],
    "PROCESS_STATE_STOPPED": [of("asked", "from_state:STOPPING pid:N")],
    "PROCESS_STATE_EXITED": [of(n, "from_state:RUNNING expected:1 pid:N")
                             for n in ("ends", "logs", "talks")] +
                            [of("fails", "from_state:RUNNING expected:0 pid:N")],
    "PROCESS_STATE_FATAL": [of("quick", "from_state:BACKOFF")],
    "PROCESS_STATE_UNKNOWN": ELSEWHERE,
    "PROCESS_COMMUNICATION_STDOUT": messages(),
    "PROCESS_COMMUNICATION_STDERR": messages(),
    "PROCESS_LOG_STDOUT": logs("stdout"),
    "PROCESS_LOG_STDERR": logs("stderr"),
    "REMOTE_COMMUNICATION": ["type:%s\n%s" % pair for pair in REMOTE],
    "SUPERVISOR_STATE_CHANGE_RUNNING": [""],
    "SUPERVISOR_STATE_CHANGE_STOPPING": [""],
    "TICK_5": ["when:N"],
    "TICK_60": ELSEWHERE,
    "TICK_3600": ELSEWHERE,
    "PROCESS_GROUP_ADDED": ["groupname:%s\n" % n for n in GROUPS + ["removed"]],
    "PROCESS_GROUP_REMOVED": ["groupname:removed\n"],
}
POOLS = ANCESTORS + tuple(TYPES)


def covered(pool):
    """The types that are told to who subscribes to this one."""
    return [t for t in TYPES if pool == "EVENT" or t == pool or t.startswith(pool + "_")]


def masked(payload):
    head, line_end, data = payload.partition("\n")
    return re.sub(r"\b(pid|when):[1-9]\d*", r"\1:N", head) + line_end + data


def is_ours(event):
    """Not about a listener, nor about the program that only takes its time, nor by chance."""
    name = event["headers"]["eventname"]
    subject = re.match(r"(?:processname|groupname):(\w+)[ \n]", event["payload"])
    if not subject:
        return TYPES[name] is not ELSEWHERE
    return subject.group(1) not in POOLS and (
        name.startswith("PROCESS_GROUP") or subject.group(1) != "last")


def told(run, pool):
    """By event type, the masked payloads in the order in which the pool got them."""
    found = {}
    for event in run.events(pool):
        if is_ours(event):
            found.setdefault(event["headers"]["eventname"], []).append(masked(event["payload"]))
    if "TICK_5" in found:
        found["TICK_5"] = sorted(set(found["TICK_5"]))
    return found


def expected(pool, lacking=()):
    return {t: TYPES[t] for t in covered(pool) if TYPES[t] is not ELSEWHERE and t not in lacking}


def in_any_order(lists):
    return {t: sorted(payloads) for t, payloads in lists.items()}


def wait_told(runs, lacking):
    for run in runs:
        for pool in POOLS:
            wanted = in_any_order(expected(pool, lacking))
            processes.wait_for(lambda: in_any_order(told(run, pool)) == wanted,
                               lambda: "%s of %s\nto be %s\nhas   %s" % (
                                   pool, type(run).__name__, wanted, in_any_order(told(run, pool))))


def is_up(run):
    return run.read("main.log").count("success: ") >= len(POOLS) and (
        isinstance(run, Supervisor) or os.path.exists(run.file("run/same/bus/socket")))


def make_events(run):
    for each in REMOTE:
        run.send_remote(*each)
    for request in (("stop", "asked"), ("remove", "removed"), ("add", "removed")):
        result = run.control(*request)
        tap.same(result.returncode, 0, "%s: %s" % (request, result.stdout))


_runs = {}


def run_both():
    """Both at the same time, as both mostly wait."""
    sections = pools(POOLS) + PROGRAMS
    try:
        with Supervisor(sections) as theirs, Busvisor(sections) as ours:
            for run in (theirs, ours):
                processes.wait_for(lambda: is_up(run), "%s is up" % type(run).__name__)
                make_events(run)
            wait_told((theirs, ours), lacking=("SUPERVISOR_STATE_CHANGE_STOPPING",))
            for run in (theirs, ours):
                os.kill(run.pid, signal.SIGTERM)
            wait_told((theirs, ours), lacking=())
            for run in (theirs, ours):
                _runs[type(run)] = {p: list(run.events(p)) for p in POOLS}
            ours.write("go", "")
            tap.same(ours.end(), 0, "exit status")  # of Supervisor it would take a minute
    finally:
        processes.end_all_below(os.getpid())


@tap.case("no type of Supervisor's is missing here")
def complete():
    need_supervisor()
    from supervisor.events import EventTypes
    theirs = [n for n in vars(EventTypes) if n.isupper()]
    tap.same(sorted(POOLS), sorted(theirs))
    tap.same(len(POOLS), 27)
    tap.check(all(TYPES[t] is ELSEWHERE or TYPES[t] for t in TYPES), "a type without payloads")
    tap.same([t for t in TYPES if TYPES[t] is ELSEWHERE],
             ["PROCESS_STATE_UNKNOWN", "TICK_60", "TICK_3600"])


@tap.case("a listener for each type and for each ancestor gets what it subscribed to, under both")
def to_the_end():
    need_supervisor()
    run_both()


def of_both():
    need_supervisor()
    tap.check(len(_runs) == 2, "there was no complete run")
    return _runs[Supervisor], _runs[Busvisor]


def masked_line(event):
    """The header; its len only where nothing in the payload is by chance."""
    line = re.sub(r" (serial|poolserial):\d+", r" \1:N", event["line"])
    by_chance = masked(event["payload"]) != event["payload"]
    return re.sub(r" len:\d+$", " len:N", line, flags=re.MULTILINE) if by_chance else line


def header_case(pool):
    @tap.case("the same headers for " + pool)
    def same_headers():
        theirs, ours = ([masked_line(e) for e in run[pool] if is_ours(e)] for run in of_both())
        ticks = " eventname:TICK_5 "
        tap.same(sorted(l for l in ours if ticks not in l),
                 sorted(l for l in theirs if ticks not in l))
        tap.same({l for l in ours if ticks in l}, {l for l in theirs if ticks in l})
        for run in of_both():
            tap.same([int(e["headers"]["poolserial"]) for e in run[pool]],
                     list(range(len(run[pool]))), "poolserials")


for each in POOLS:
    header_case(each)


@tap.case("each process goes through the same events in the same order")
def same_order():
    def stories(run):
        found = {}
        for event in filter(is_ours, run["EVENT"]):
            subject = event["payload"].split(" ")[0] if " " in event["payload"] else ""
            if not event["headers"]["eventname"].startswith("TICK"):
                found.setdefault(subject, []).append(
                    (event["headers"]["eventname"], masked(event["payload"])))
        return found
    theirs, ours = (stories(run) for run in of_both())
    tap.same(sorted(ours), sorted(theirs))
    for subject, story in theirs.items():
        # Of two channels nobody knows which is read first.
        by_channel = "STDERR" in str(story)
        tap.same(sorted(ours[subject]) if by_channel else ours[subject],
                 sorted(story) if by_channel else story, subject)


# What cannot be waited for: at these times, these ticks. tests/unit/test-tick goes through the same
# file, and test-payload knows the text.

@tap.case("ticks of all periods: Supervisor's own code makes those that our unit test expects")
def ticks():
    need_supervisor()
    from supervisor import events
    from supervisor.supervisord import Supervisor as Daemon
    theirs, seen = Daemon(None), []
    events.subscribe(events.TickEvent, lambda event: seen.append("%s %s" % (
        events.getEventNameByType(type(event)), event.payload())))
    theirs.ticks = {}
    with open(source("tests/compat/ticks"), encoding="ascii") as stream:
        for line in stream:
            now, _, wanted = line.rstrip("\n").partition(":")
            seen.clear()
            theirs.tick(float(now) + 0.5)
            tap.same("".join(" " + s for s in seen), wanted, now)


# A process that its daemon may not signal becomes UNKNOWN: a daemon of one user, a program that
# becomes another one.

NOBODY = pwd.getpwnam("nobody")
OTHER = pwd.getpwnam("daemon")
FOREIGN = pools(["PROCESS_STATE_UNKNOWN"]) + "".join("""
[program:%s]
command=%%(here)s/foreign %%(here)s/seen-%s owner
startsecs=0
autorestart=false
""" % (name, name) for name in ("stopped", "signalled"))


def hand_over(run):
    """The folder to the one user, a program that becomes the other."""
    foreign = run.file("foreign")
    shutil.copy(program("tests/compat/matrix/probe"), foreign)
    os.chown(foreign, OTHER.pw_uid, OTHER.pw_gid)
    os.chmod(foreign, 0o755 | stat.S_ISUID)
    for path in (run.path, run.file("run"), run.file("supervisord.conf")):
        os.chown(path, NOBODY.pw_uid, NOBODY.pw_gid)
    os.chmod(run.path, 0o777)


def become_nobody():
    os.setgroups([])
    os.setgid(NOBODY.pw_gid)
    os.setuid(NOBODY.pw_uid)


def unknown(run):
    processes.wait_for(lambda: run.read("seen-stopped") and run.read("seen-signalled"),
                       "the programs of " + type(run).__name__)
    for request in (("stop", "stopped"), ("signal", "HUP", "signalled")):
        run.control(*request)
    events = processes.wait_for(
        lambda: len(run.events("PROCESS_STATE_UNKNOWN")) >= 2 and run.events(
            "PROCESS_STATE_UNKNOWN"), "UNKNOWN under " + type(run).__name__)
    return [(masked_line(e), e["payload"]) for e in events]


@tap.case("PROCESS_STATE_UNKNOWN, of what the daemon may not signal")
def foreign_program():
    need_supervisor()
    if os.getuid() != 0:
        raise tap.Skip("it takes root to be two users")
    settings = {"prepare": hand_over, "inherit": become_nobody}
    try:
        with Supervisor(FOREIGN, **settings) as theirs, Busvisor(FOREIGN, **settings) as ours:
            found = [unknown(theirs), unknown(ours)]
    finally:
        processes.end_all_below(os.getpid())
    tap.same([p for _, p in found[0]], [of("stopped", "from_state:STOPPING"),
                                        of("signalled", "from_state:RUNNING")])
    tap.same(found[1], found[0])


tap.run()
