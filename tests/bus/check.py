"""busvisor-listener-host --check: listeners that keep to the protocol pass, and each slip of others
is told with the byte at which it is."""

import json
import os
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor

import processes
import tap
from bus import PROCESS, process_path
from busvisor import (HERE, PYTHON, SANITIZER, Daemon, Folder, clean_environment, program,
                      source)

ALL = 47  # events, one at least of each type
OFFENDER = [PYTHON, os.path.join(HERE, "offender.py")]
RECORDER = [PYTHON, os.path.join(HERE, "recorder.py")]

# For listeners that do not answer; it has to be enough for their start.
SHORT = "--timeout=2"


def environment(more=None):
    kept = {k: v for k, v in clean_environment().items() if k != "PYTHONUNBUFFERED"}
    return dict(kept, **(more or {}))


def host(*arguments, stdin=None, env=None):
    """The listener-host to its end."""
    result = subprocess.run([program("busvisor-listener-host"), *arguments], text=True, input=stdin,
                            stdin=None if stdin else subprocess.DEVNULL, capture_output=True,
                            env=environment(env), timeout=processes.WAIT_LIMIT, check=False)
    tap.check(not SANITIZER.search(result.stderr), result.stderr)
    return result


def check(*arguments, options=("--check",), env=None):
    """Its report, and how it ended, which has to agree."""
    result = host(*options, "--json", "--", *arguments, env=env)
    report = json.loads(result.stdout)
    tap.same(report["exit_status"], result.returncode, "exit status")
    told = [f for f in report["findings"] if not f["remark"]]
    tap.same(len(told), report["slips"], "number of slips")
    return report


def check_each(*runs, options=("--check",)):
    """The reports of several commands; most of the time a check waits, so they go side by side."""
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda command: check(*command, options=options), runs))


def findings(report):
    """kind, byte, number of the event or None, whether it was in hand."""
    return [(f["kind"], f["offset"], f.get("event"), f.get("in_hand")) for f in report["findings"]]


def counts(report):
    return tuple(report[k] for k in ("events", "accepted", "refused", "not_answered", "slips",
                                     "remarks"))


def script(folder, text, name="listener.py"):
    """The command of a Python listener."""
    return [PYTHON, folder.write(name, text)]


# Those that conform.

BY_BYTES = """
import sys
source, sink = sys.stdin.buffer, sys.stdout.buffer
while True:
    sink.write(b"READY\\n")
    sink.flush()
    line = source.readline()
    if not line:
        break
    source.read(int(dict(t.split(b":") for t in line.split())[b"len"]))
    sink.write(b"RESULT 2\\nOK")
    sink.flush()
"""

BY_PRINT = """
import sys
from supervisor import childutils
while True:
    print("READY"%s)
    line = sys.stdin.readline()
    if not line:
        break
    sys.stdin.read(int(childutils.get_headers(line)["len"]))
    print("RESULT 2\\nOK", end=""%s)
"""


@tap.case("listeners that keep to the protocol pass, whatever they are made of")
def good_listeners():
    with Folder() as folder:
        recorder = RECORDER + [folder.file("events")]
        listeners = ((OFFENDER + ["good"], 0), (recorder, 0), (recorder + ["childutils"], 1),
                     (recorder + ["bytes"], 0),
                     (script(folder, BY_PRINT % (", flush=True", ", flush=True")), 0),
                     ([source("data/examples/mylistener.sh")], 0),
                     ([source("data/examples/mylistener.py")], 1))
        reports = check_each(*[command for command, _ in listeners])
        for (command, remarks), report in zip(listeners, reports):
            tap.same(counts(report), (ALL, ALL, 0, 0, 0, remarks), command)
            tap.same((report["exit_status"], report["length"]), (0, "characters"), command)
            # childutils does not expect its stdin to end.
            tap.same([f["kind"] for f in report["findings"]], ["ended-badly"] * remarks)


@tap.case("the events come as from busvisord, with their payloads to the byte")
def as_from_daemon():
    with Folder() as folder:
        check(*RECORDER, folder.file("events"))
        recorded = [json.loads(line) for line in folder.read("events").splitlines()]
    tap.same(len(recorded), ALL)
    for number, event in enumerate(recorded):
        tap.same(event["line"], "ver:3.0 server:check serial:%d pool:check poolserial:%d "
                 "eventname:%s len:%d\n" % (number + 1, number, event["headers"]["eventname"],
                                            len(event["payload"])))
    types = {e["headers"]["eventname"] for e in recorded}
    tap.same(len(types), 20)  # those that are not abstract
    payloads = [e["payload"] for e in recorded]
    for payload in ("", "groupname:web\n", "type:\n",
                    "processname:web groupname:web from_state:STOPPED tries:0",
                    "processname:web groupname:web pid:4711 channel:stdout\n\u00e4\u00f6\u00fc"
                    "\u00df\u00c4\u00d6\u00dc\u00e9"):
        tap.check(payload in payloads, payload)
    tap.check(max(map(len, payloads)) > 900000, "none is large")


@tap.case("tokens that nobody knows, on request")
def extras():
    with Folder() as folder:
        report = check(*RECORDER, folder.file("events"), options=("--check", "--extras"))
        tap.same(counts(report), (ALL, ALL, 0, 0, 0, 0))
        last = [json.loads(line) for line in folder.read("events").splitlines()][-1]
        tap.same([t.split(":")[0] for t in last["line"].split()][7:],
                 ["realtime", "monotonic", "check"])
        report = check(*script(folder, BY_PRINT.replace("get_headers(line)", """get_headers(
            line if len(line.split()) == 7 else 1/0)""") % (", flush=True", "")),
                       options=("--check", "--extras"))
        tap.same(findings(report)[0][0], "ended-before-result")


# Slips.

TICKS = ("--check", "--events=TICK")  # three of them


def each(kind, first, distance, in_hand, events=(1, 2, 3)):
    return [(kind, first + distance * i, n or None, in_hand if n else None)
            for i, n in enumerate(events)]


ANSWER = len("READY\nRESULT 2\nOK")

SLIPS = {
    # What READY is preceded by, or should be: also before the first event.
    "hello": each("noise-before-ready", 0, 6 + ANSWER, False, (0, 1, 2, 3)),
    "ready-twice": each("second-ready", 6, 6 + ANSWER, False, (0, 1, 2, 3)),
    "chatty": each("noise-while-ready", 6, 8 + ANSWER, False, (0, 1, 2, 3)),
    "early-result": each("result-without-event", 6, 11 + ANSWER, False, (0, 1, 2, 3)),
    # What follows the answer.
    "newline": each("newline-after-result", 17, 1 + ANSWER, False),
    "two": each("second-result", 17, 11 + ANSWER, False),
    "long": each("noise-before-ready", 17, 3 + ANSWER, False),
    # The answer.
    "print": each("noise-before-result", 6, 8 + ANSWER, True),
    "flood": each("noise-before-result", 6, 5001 + 6, True),
    "seven": each("noise-before-result", 6, 17, True),
    "lower": each("noise-before-result", 6, ANSWER, True),
    "no-newline": each("result-length", 6, 14, True),
    "no-number": each("result-length", 6, 19, True),
    "negative": each("result-length", 6, 18, True),
    "other": each("result-body", 15, 20, True),
    "with-newline": each("result-body", 15, 18, True),
    "empty": each("result-body", 15, 15, True),
    "huge": each("result-too-long", 6, 6 + 13 + 70000, True),
    "once-ready": [("ready-before-result", 6, 1, True)],
    # Remarks.
    "crlf": [("result-form", 6, 1, True)],
    "colon": [("result-form", 6, 1, True)],
    "exit-after": [("ended-after-result", 17, 1, False)],
}
REMARKS = ("crlf", "colon", "exit-after")
REFUSED = ("other", "with-newline", "empty", "huge")
LOST = ("print", "flood", "seven", "lower", "no-newline", "no-number", "negative")


@tap.case("each slip in what is said, with its byte and its event")
def slips():
    reports = check_each(*[OFFENDER + [mode] for mode in SLIPS], options=TICKS)
    for (mode, expected), report in zip(SLIPS.items(), reports):
        tap.same(findings(report), expected, mode)
        slip_count = 0 if mode in REMARKS else len(expected)
        remark_count = 3 if mode in REMARKS else 0
        refused, lost = 3 * (mode in REFUSED), 3 * (mode in LOST) or int(mode == "once-ready")
        tap.same(counts(report), (3, 3 - refused - lost, refused, lost, slip_count, remark_count),
                 mode)
        tap.same(report["exit_status"], 1 if slip_count else 0, mode)


@tap.case("an answer before all of the event was read")
def unread():
    modes = ("unread", "half")
    for mode, report in zip(modes, check_each(*[OFFENDER + [m] for m in modes], options=TICKS)):
        # What such a listener does with the rest is by chance.
        tap.same(findings(report)[0], ("payload-unread", 6, 1, True), mode)
        tap.same(report["exit_status"], 1, mode)
        tap.check(" bytes were left" in report["findings"][0]["more"], report)


@tap.case("FAIL is an answer, and is counted")
def refusals():
    report = check(*OFFENDER, "fail")
    tap.same((counts(report), report["exit_status"]), ((ALL, 0, ALL, 0, 0, 0), 0))


@tap.case("one that hangs or closes a pipe")
def hangs():
    modes = {"nothing": "no-result", "short": "incomplete-result", "close-stdout": "closed-stdout"}
    reports = check_each(*[OFFENDER + [mode] for mode in modes],
                         options=("--check", "--events=TICK_5", SHORT))
    for kind, report in zip(modes.values(), reports):
        tap.same(findings(report), [(kind, 16 if kind == "incomplete-result" else 6, 1, True)])
        tap.same(counts(report), (1, 0, 0, 1, 1, 0), kind)
    report = check(*OFFENDER, "close-stdin", options=TICKS + (SHORT,))
    tap.same(findings(report)[0], ("closed-stdin", 23, 2, True))


@tap.case("one that dies is started again, but not for ever")
def dies():
    for mode in ("exit", "once-exit"):
        report = check(*OFFENDER, mode)
        tap.same(findings(report), each("ended-before-result", 6, 0, True), mode)
        tap.same([f["start"] for f in report["findings"]], [1, 2, 3], mode)
        tap.same(report["findings"][0]["more"], "exited with status 3", mode)
        tap.same(counts(report), (3, 0, 0, 3, 3, 0), mode)
        tap.same((report["exit_status"], report["stopped"]), (1, "too many failures"), mode)


@tap.case("one that never says READY has not been checked")
def never_ready():
    listeners = ((OFFENDER + ["mute"], "no-ready"), (["/bin/true"], "ended-before-ready"),
                 (OFFENDER + ["ready-lower"], "ready-form"),
                 (OFFENDER + ["ready-crlf"], "ready-form"),
                 (OFFENDER + ["ready-no-newline"], "incomplete-ready"),
                 (["yes"], "noise-before-ready"))
    reports = check_each(*[command for command, _ in listeners], options=("--check", SHORT))
    for (command, kind), report in zip(listeners, reports):
        tap.same(findings(report), [(kind, 0, None, None)], command)
        tap.same((report["exit_status"], report["stopped"]), (3, "it was never ready"), command)
    result = host("--check", "--", "/no/such/listener")
    tap.same(result.returncode, 3)
    tap.check("cannot run /no/such/listener: No such file" in result.stderr, result.stderr)


@tap.case("output that is not flushed is known by its coming at the end")
def not_flushed():
    flush = ", flush=True"
    # With the next READY it comes out, which is soon enough.
    soon = BY_PRINT % (flush, "")
    late = "line = None\n" + soon.replace("flush=True", "flush=line is None")
    with Folder() as folder:
        commands = [script(folder, text, name) for name, text in (
            ("never.py", BY_PRINT % ("", "")), ("soon.py", soon), ("late.py", late))]
        never, soon, late = check_each(*commands, options=("--check", "--events=TICK_5", SHORT))
    tap.same((findings(never), never["exit_status"]), ([("not-flushed", 0, None, None)], 3))
    tap.same(never["findings"][0]["found"], "READY\\n")
    tap.same(soon["slips"], 0)
    tap.same(findings(late), [("not-flushed", 6, 1, True)])
    tap.same(late["findings"][0]["found"], "RESULT 2\\nOKREADY\\n")


@tap.case("who takes len for bytes, or characters for bytes, or translates line ends")
def lengths():
    with Folder() as folder:
        by_bytes = script(folder, BY_BYTES, "bytes.py")
        translating = BY_PRINT.replace("sys.stdin", "stdin") % (", flush=True", ", flush=True")
        translating = script(folder, "stdin = open(0)\n" + translating, "translating.py")
        reports = check_each(by_bytes, OFFENDER + ["bytes"], translating)
        # The first with characters of two bytes, and no other: from then on it gets what it reads.
        for report in reports[:2]:
            tap.same(findings(report), [("length-in-bytes", 4 * ANSWER + 6, 5, True)])
            tap.same((report["length"], report["exit_status"]), ("bytes", 1))
        tap.same([f["kind"] for f in reports[2]["findings"]], ["translates-line-ends"])
        tap.same(reports[2]["findings"][0]["about"], "\\r\\n")
        report, other = check_each(by_bytes, OFFENDER + ["good"], options=(
            "--check", "--payload-length=bytes", SHORT))
        tap.same((counts(report), report["length"]), ((ALL, ALL, 0, 0, 0, 0), "bytes"))
        tap.same(findings(other), [("length-in-characters", 4 * ANSWER + 6, 5, True)])
        tap.same((other["length"], other["accepted"]), ("characters", ALL))


@tap.case("a listener has to end with its stdin")
def end_of_stdin():
    report = check(*OFFENDER, "linger", options=TICKS)
    tap.same((findings(report), report["exit_status"]), ([], 0))
    report = check(*OFFENDER, "stay", options=TICKS + (SHORT,))
    tap.same(findings(report), [("stays-at-end", 3 * ANSWER + 6, 3, False)])
    tap.check(not processes.descendants(os.getpid()), "it was left behind")


@tap.case("--strict stops where Supervisor would")
def strict():
    report = check(*OFFENDER, "newline", options=("--check", "--strict"))
    tap.same((findings(report), counts(report)),
             ([("newline-after-result", 17, 1, False)], (1, 1, 0, 0, 1, 0)))
    tap.same((report["supervisor_stops_after"], report["exit_status"]), (1, 1))
    tap.same(report["stopped"], "Supervisor would not serve it any more")
    # What it refuses for ever, and what it takes, is no end.
    report = check(*OFFENDER, "with-newline", options=TICKS + ("--strict",))
    tap.same(counts(report), (3, 0, 3, 0, 3, 0))
    tap.check("supervisor_stops_after" not in report, report)
    report = check(*OFFENDER, "lower", options=TICKS + ("--strict",))
    tap.same({f["supervisor"] for f in report["findings"]}, {"takes it as it is"})
    # Without it, all events are given, and where Supervisor would have stopped is told.
    report = check(*OFFENDER, "once-print")
    tap.same((report["events"], report["supervisor_stops_after"]), (ALL, 1))


@tap.case("what people read")
def text():
    result = host("--check", "--events=TICK_5,tick_60", "-v", "--", *OFFENDER, "once-newline")
    tap.same(result.returncode, 1)
    lines = result.stdout.splitlines()
    tap.check(lines[0].startswith("event 1, TICK_5: accepted, "), lines)
    tap.same(lines[1:6], [
        "byte 17: newline-after-result: a newline behind a result, whose length does not count it",
        "    where       after event 1, TICK_5",
        "    found       \"\\n\"",
        "    right       \"RESULT 2\\nOK\" and at once \"READY\\n\"",
        "    Supervisor  UNKNOWN: it gets no event any more until it is started again"])
    tap.check(lines[6].startswith("event 2, TICK_60: accepted, "), lines)
    tap.same(lines[7], "2 events, 2 accepted, 0 refused, 1 slip")
    tap.same(lines[-1], "Supervisor would have stopped serving it after 1 of these events.")
    result = host("--check", "--", *OFFENDER, "good")
    tap.same(result.stdout.splitlines()[0], "%d events, %d accepted, 0 refused, 0 slips" % (ALL, ALL))


@tap.case("results that are lines to be printed")
def relayed():
    relay = [PYTHON, os.path.join(HERE, "relay.py")]
    options = ("--check", "--events=PROCESS_LOG", "--result-handler=supervisor_stdout:event_handler")
    report = check(*relay, options=options)
    tap.same((report["slips"], report["accepted"]), (0, report["events"]))
    report = check(*relay, "ok", options=options)
    tap.same([f["kind"] for f in report["findings"]], ["result-lines"] * report["events"])
    tap.same(report["findings"][0]["more"], "it has no first line")


# Recorded events.

RECORDED = """
{"serial":7,"realtime":1700000000000000,"monotonic":1,"type":"PROCESS_STATE_EXITED",\
"group":"web","process":"web_0","from_state":"RUNNING","pid":12,"expected":false,"exit_code":3}

{"serial":9,"type":"TICK_5","when":1700000000}
{"serial":12,"type":"PROCESS_LOG_STDOUT","group":"g","process":"p","pid":1,"data":"h\\u00e9\\n"}
"""


def recorded_by(folder):
    return [(e["headers"]["serial"], e["headers"]["eventname"], e["payload"])
            for e in map(json.loads, folder.read("events").splitlines())]


@tap.case("--replay gives recorded events, from a file or from stdin")
def replay():
    with Folder() as folder:
        recording = folder.write("recording", RECORDED)
        report = check(*RECORDER, folder.file("events"), options=("--replay", recording))
        tap.same((counts(report), report["exit_status"]), ((3, 3, 0, 0, 0, 0), 0))
        expected = [("7", "PROCESS_STATE_EXITED",
                     "processname:web_0 groupname:web from_state:RUNNING expected:0 pid:12"),
                    ("9", "TICK_5", "when:1700000000"),
                    ("12", "PROCESS_LOG_STDOUT",
                     "processname:p groupname:g pid:1 channel:stdout\nh\u00e9\n")]
        tap.same(recorded_by(folder), expected)
        os.unlink(folder.file("events"))
        result = host("--replay", "-", "--events", "TICK, PROCESS_STATE", "--", *RECORDER,
                      folder.file("events"), stdin=RECORDED)
        tap.same((result.returncode, recorded_by(folder)), (0, expected[:2]))
        report = check(*OFFENDER, "newline", options=("--replay", recording))
        tap.same(findings(report), each("newline-after-result", 17, 1 + ANSWER, False))
        tap.same([f["serial"] for f in report["findings"]], [7, 9, 12])


@tap.case("what busvisorctl prints can be given again")
def replay_of_daemon():
    sections = """
[program:job]
command=/bin/sh -c 'exit 3'
startsecs=0
autorestart=false
autostart=false
"""
    with Daemon(sections) as daemon:
        connection = daemon.connect()
        with open(daemon.file("recording"), "wb") as output:
            monitor = subprocess.Popen(
                [program("busvisorctl"), "--address=" + daemon.address, "monitor", "--json"],
                stdout=output, stdin=subprocess.DEVNULL, env=clean_environment())
        def run_job():
            connection.call(process_path("job"), PROCESS, "Start", "t", (1,))
            return "PROCESS_STATE_EXITED" in daemon.read("recording")
        processes.wait_for(run_job, "an event of the job")
        monitor.send_signal(signal.SIGINT)
        monitor.wait()
        report = check(*RECORDER, daemon.file("events"), options=(
            "--replay", daemon.file("recording"), "--events=PROCESS_STATE_EXITED"))
        tap.same((report["exit_status"], report["slips"]), (0, 0))
        tap.check("processname:job groupname:job from_state:RUNNING expected:0 pid:" in
                  recorded_by(daemon)[0][2], recorded_by(daemon))


# The rest.

@tap.case("what cannot be understood is a mistake in the call")
def usage():
    with Folder() as folder:
        wrong = folder.write("wrong", '{"type":"TICK_5","when":5}\nTICK_60\n')
        for arguments, complaint in (
                (["--check"], "its command comes last"),
                (["--check", "--events=TICK_6", "--", "x"], "TICK_5?"),
                (["--check", "--timeout=0", "--", "x"], "--timeout"),
                (["--check", "--timeout=nan", "--", "x"], "--timeout"),
                (["--check", "--payload-length=octets", "--", "x"], "characters or bytes"),
                (["--check", "--result-handler=a:b", "--", "x"], "supervisor_stdout"),
                (["--check", "--no-such", "--", "x"], "--no-such"),
                (["--strict"], "--check"), (["--events=TICK"], "--check"), (["x"], "--check"),
                (["--replay=" + folder.file("none"), "--", "x"], "none: No such file"),
                (["--replay=" + wrong, "--", *OFFENDER, "good"], "wrong:2: ")):
            result = host(*arguments)
            tap.same(result.returncode, 2, arguments)
            tap.check(complaint.lower() in result.stderr.lower(), result.stderr)


@tap.case("a listener finds what it would find under busvisord")
def surroundings():
    look = """
import json, os, signal, sys
with open(sys.argv[1], "w") as out:
    json.dump({"variables": {k: v for k, v in os.environ.items() if k.startswith("SUPERVISOR_")},
               "leads": os.getpgid(0) == os.getpid(), "blocked": len(signal.pthread_sigmask(0, [])),
               "open": sorted(int(f) for f in os.listdir("/proc/self/fd"))[:4],
               "ignored": [s.name for s in (signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)
                           if signal.getsignal(s) != signal.SIG_DFL]}, out)
"""
    with Folder() as folder:
        url = "unix:///run/supervisor.sock"
        listener = script(folder, look + BY_PRINT % (", flush=True", ""))
        report = check(*listener, folder.file("seen"), env={"SUPERVISOR_SERVER_URL": url})
        tap.same(report["slips"], 0)
        seen = json.loads(folder.read("seen"))
        tap.same(seen["variables"], {
            "SUPERVISOR_ENABLED": "1", "SUPERVISOR_PROCESS_NAME": "check",
            "SUPERVISOR_GROUP_NAME": "check", "SUPERVISOR_SERVER_URL": url})
        tap.same((seen["leads"], seen["blocked"], seen["ignored"]), (True, 0, []))
        tap.same(len(seen["open"]), 4)  # with the file and the folder that it looks at
        result = host("--check", "--", "sh", "-c", "echo hello >&2; exit 1")
        tap.same(result.stderr, "hello\n")


@tap.case("an interrupt ends the check, and the listener with all that it has started")
def interrupt():
    with Folder() as folder:
        command = "touch %s; sleep 1000 & sleep 1000" % folder.file("up")
        for number in (signal.SIGINT, signal.SIGTERM):
            process = subprocess.Popen(
                [program("busvisor-listener-host"), "--check", "--", "sh", "-c", command],
                env=environment(), stdout=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL)
            processes.wait_for(lambda: os.path.exists(folder.file("up")), "the listener")
            os.unlink(folder.file("up"))
            process.send_signal(number)
            output = process.communicate(timeout=processes.WAIT_LIMIT)[0]
            tap.same(process.returncode, 3)
            tap.check("interrupted" in output, output)

            def nothing_left():
                processes.reap()
                return not processes.descendants(os.getpid())
            processes.wait_for(nothing_left, "the end of the listener")


tap.run()
