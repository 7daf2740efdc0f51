"""Slips in the listener protocol: what a listener that makes one gets delivered, and what the log
says about it, under Supervisor, with protocol=strict, which is the same, and by default."""

import collections
import json
import os
import re

from both import Busvisor, Supervisor, need_supervisor

import processes
import tap
from busvisor import PYTHON

HERE = os.path.dirname(os.path.abspath(__file__))

UNKNOWN = ("has entered the UNKNOWN state and will no longer receive events, this usually "
           "indicates the process violated the eventlistener protocol")
REJECTED = "event was rejected"


def bad(line):
    return "bad result line: '%s'" % line


def out_of_turn(said):
    """How the line begins: what was said next may stand there too."""
    return "skipping what it says out of turn: '" + said


def skipped(line):
    return bad(line) + "; skipping what it says up to its next READY"


# Deliveries are the events 1, 2, 3; lines are of the main log at WARN.
Slip = collections.namedtuple("Slip", "name steps strict strict_lines tolerant tolerant_lines")
ALL = "123"
READY = "READY\n"
EV = None

SLIPS = [Slip(*row) for row in (
    ("none", [], ALL, [], ALL, []),
    ("lower-case", ["ready\n"], "", [UNKNOWN], ALL, [out_of_turn("ready\\n")]),
    ("crlf", ["READY\r\n"], "", [UNKNOWN], ALL, [out_of_turn("READY\\r\\n")]),
    ("newline-first", ["\nREADY\n", EV, "RESULT 2\nOK"], "", [UNKNOWN], ALL,
     [out_of_turn("\\nREADY\\n")]),
    ("result-first", ["RESULT 2\nOK"], "", [UNKNOWN], ALL, [out_of_turn("RESULT 2\\nOK")]),
    ("a-byte-first", ["x\nREADY\n", EV, "RESULT 2\nOK"], "", [UNKNOWN], ALL,
     [out_of_turn("x\\nREADY\\n")]),
    ("twice", ["READY\nREADY\n", EV, "RESULT 2\nOK"], "", [UNKNOWN], ALL,
     [out_of_turn("READY\\n")]),
    ("newline-behind", ["READY\n\n", EV, "RESULT 2\nOK"], "", [UNKNOWN], ALL,
     [out_of_turn("\\n")]),
    ("not-ready", ["READ", False], "", [], "", []),
    ("no-number", [READY, EV, "RESULT x\nOK"], "1", [bad("RESULT x"), UNKNOWN], "1123",
     [skipped("RESULT x")]),
    ("no-space", [READY, EV, "RESULT\n2\nOK"], "1", [bad("RESULT"), UNKNOWN], "1123",
     [skipped("RESULT")]),
    ("no-result-line", [READY, EV, "OK\n"], "1", [bad("OK"), UNKNOWN], "1123", [skipped("OK")]),
    ("ready-for-result", [READY, EV, READY, EV, "RESULT 2\nOK"], "1", [bad("READY"), UNKNOWN], "1123",
     [skipped("READY")]),
    ("other-word", [READY, EV, "ANSWER 2\nOK"], ALL, [], "1123", [skipped("ANSWER 2")]),
    ("no-text", [READY, EV, "RESULT caf\xe9\nOK"], "1",
     [bad("Undecodable: b'RESULT caf\\xe9'"), UNKNOWN], "1123", [skipped("RESULT caf\\xe9")]),
    ("python-number", [READY, EV, "RESULT \t+0_2 \r\nOK"], ALL, [], ALL, []),
    ("newline-after-ok", [READY, EV, "RESULT 2\nOK\nREADY\n", EV, "RESULT 2\nOK"], "1", [UNKNOWN],
     ALL, [out_of_turn("\\nREADY\\n")]),
    ("newline-within", [READY, EV, "RESULT 3\nOK\n"], "1123", [REJECTED], "1123", [REJECTED]),
    ("small-letters", [READY, EV, "RESULT 2\nok"], "1123", [REJECTED], "1123", [REJECTED]),
    ("fail", [READY, EV, "RESULT 4\nFAILREADY\n", EV, "RESULT 2\nOK"], "1123", [REJECTED], "1123",
     [REJECTED]),
    ("nothing", [READY, EV, "RESULT 0\nREADY\n", EV, "RESULT 2\nOK"], "1123", [REJECTED], "1123",
     [REJECTED]),
    ("nothing-behind", [READY, EV, "RESULT 0\n", False], "1", [], "1", [REJECTED]),
    ("answers-twice", [READY, EV, "RESULT 2\nOKRESULT 2\nOK"], "1", [UNKNOWN], ALL,
     [out_of_turn("RESULT 2\\nOK")]),
    ("too-long", [READY, EV, "RESULT 70000\n", 70000], "1123", [REJECTED], "1123",
     [REJECTED]),
    ("in-bytes", list("READY\n") + [EV] + list("RESULT 2\nOK"), ALL, [], ALL, []),
)]


# Supervisor gives rejected events to all pools whose processes have the same priority.
def section(index, slip, protocol):
    return """
[eventlistener:%s]
command=%s -IS %s/slip.py %%(here)s/got-%s '%s'
events=REMOTE_COMMUNICATION
buffer_size=100
priority=%d
startsecs=0
protocol=%s
""" % (slip.name, PYTHON, HERE, slip.name, json.dumps(slip.steps).replace("%", "%%"), index + 1,
        protocol)


def sections(protocol):
    return "".join(section(i, slip, protocol) for i, slip in enumerate(SLIPS))


def got(run, slip):
    return run.read("got-" + slip.name).replace("\n", "")


def lines(run, slip):
    return re.findall(r"^\S+ \S+ WARN (?:listener-host: )?%s: (.*)$" % slip.name,
                      run.read("main.log"), re.MULTILINE)


def expected(kind, slip):
    if kind == "tolerant":
        return slip.tolerant, slip.tolerant_lines
    return slip.strict, slip.strict_lines


def seen(run, slip):
    return got(run, slip), lines(run, slip)


def is_as_expected(run_kind, slip):
    deliveries, told = _seen[run_kind][slip.name]
    wanted, wanted_lines = expected(run_kind, slip)
    return (deliveries == wanted and len(told) == len(wanted_lines) and
            all(line.startswith(begin) for line, begin in zip(told, wanted_lines)))


def wait_all(run, kind):
    def lacking():
        return [(s.name, seen(run, s), expected(kind, s)) for s in SLIPS
                if len(got(run, s)) < len(expected(kind, s)[0]) or
                len(lines(run, s)) < len(expected(kind, s)[1])]
    processes.wait_for(lambda: not lacking(), lambda: "%s: %s" % (kind, lacking()))


def wait_running(run):
    pids = "spawned: '(%s)'" % "|".join(s.name for s in SLIPS)
    processes.wait_for(lambda: len(re.findall(pids, run.read("main.log"))) == len(SLIPS),
                       "all listeners")


_seen = {}


def run_all():
    runs = {"supervisor": Supervisor(sections("strict")), "strict": Busvisor(sections("strict")),
            "tolerant": Busvisor(sections("tolerant"))}
    try:
        with runs["supervisor"] as _, runs["strict"] as _, runs["tolerant"] as _:
            for run in runs.values():
                wait_running(run)
                for event in ALL:
                    run.send_remote("t", event)
            for kind, run in runs.items():
                wait_all(run, kind)
            for kind, run in runs.items():
                run.end()
                _seen[kind] = {slip.name: seen(run, slip) for slip in SLIPS}
    finally:
        left = processes.end_all_below(os.getpid())
    tap.same(left, [], "processes left behind")


@tap.case("every slip under both, and by default")
def the_runs():
    need_supervisor()
    run_all()


def slip_case(slip):
    @tap.case("slip: " + slip.name)
    def same():
        need_supervisor()
        tap.check(_seen, "there was no complete run")
        tap.same(_seen["strict"][slip.name], _seen["supervisor"][slip.name], "protocol=strict")
        for kind in _seen:
            tap.check(is_as_expected(kind, slip), "%s: %r\nexpected %r" % (
                kind, _seen[kind][slip.name], expected(kind, slip)))


for each in SLIPS:
    slip_case(each)

tap.run()
