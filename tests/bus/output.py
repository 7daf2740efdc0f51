"""What programs print reaches listeners, subscribers and log files in the form that was asked for."""

import json
import os
import re
import signal
import subprocess

import processes
import tap
from busvisor import HERE, PYTHON, Daemon, clean_environment
from busvisor import program as built
from bus import EVENTS, PROCESS, ROOT, process_path

BEGIN, END = "<!--XSUPERVISOR:BEGIN-->", "<!--XSUPERVISOR:END-->"


def program(name, command, more=""):
    return """
[program:%s]
command=%s
autostart=false
autorestart=false
startsecs=0
%s
""" % (name, command, more)


def listener(events, mode=""):
    return """
[eventlistener:watch]
command=%s %s/recorder.py %%(here)s/events %s
events=%s
""" % (PYTHON, HERE, mode, events)


def shell(script):
    return "/bin/sh -c '%s'" % script


def run(connection, name):
    """To its end; its pid."""
    connection.start(name)
    connection.wait_state("EXITED", name)
    return [c.pid for c in connection.changes(name) if c.state == "RUNNING"][-1]


def events(daemon):
    return daemon.json_lines("events")


def wait_events(daemon, count):
    return processes.wait_for(lambda: len(events(daemon)) >= count and events(daemon),
                              lambda: "%d events, have %s" % (count, events(daemon)))


def told(daemon, count):
    """The first events of the recorder: names without PROCESS_, and payloads."""
    return [(e["headers"]["eventname"].replace("PROCESS_", "", 1), e["payload"])
            for e in wait_events(daemon, count)]


# Listeners

@tap.case("a listener gets PROCESS_LOG events of both channels")
def log_events():
    more = "stdout_events_enabled=true\nstderr_events_enabled=true\n"
    script = "echo out; sleep 0.1; echo err >&2; sleep 0.1; echo more"
    with Daemon(listener("PROCESS_LOG", "childutils") +
                program("talker", shell(script), more)) as daemon:
        connection = daemon.connect()
        pid = run(connection, "talker")
        head = "processname:talker groupname:talker pid:%d channel:" % pid
        tap.same(told(daemon, 3), [("LOG_STDOUT", head + "stdout\nout\n"),
                                   ("LOG_STDERR", head + "stderr\nerr\n"),
                                   ("LOG_STDOUT", head + "stdout\nmore\n")])


@tap.case("a listener of states and output gets them in the order of their serials")
def mixed():
    script = "echo one; exec sleep 0.1"
    with Daemon(listener("PROCESS_STATE,PROCESS_LOG_STDOUT") +
                program("talker", shell(script), "stdout_events_enabled=true\n")) as daemon:
        connection = daemon.connect()
        for _ in range(3):
            run(connection, "talker")

        def of_talker():
            found = [e for e in events(daemon) if "processname:talker " in e["payload"]]
            return found if len(found) >= 12 else None
        got = processes.wait_for(of_talker, "twelve events")
        names = ["STATE_STARTING", "STATE_RUNNING", "LOG_STDOUT", "STATE_EXITED"]
        tap.same([e["headers"]["eventname"] for e in got], ["PROCESS_" + n for n in names * 3])
        serials = [int(e["headers"]["serial"]) for e in got]
        tap.same(serials, sorted(set(serials)))


@tap.case("one event for each line")
def by_line():
    more = "stdout_events_enabled=true\nstdout_events_by_line=true\n"
    script = 'printf "one\\ntwo\\nthr"; sleep 0.1; printf "ee\\nlast"'
    with Daemon(listener("PROCESS_LOG") + program("talker", shell(script), more)) as daemon:
        run(daemon.connect(), "talker")
        tap.same([p.split("\n", 1)[1] for _, p in told(daemon, 4)],
                 ["one\n", "two\n", "three\n", "last"])


@tap.case("what a program says to the listeners is not in its log")
def communication():
    more = "stdout_capture_maxbytes=1MB\nstdout_logfile=%(here)s/out\n"
    script = 'printf "before %s"; sleep 0.1; printf "%s%s after"' % (
        BEGIN[:10], BEGIN[10:] + "hello", END)
    with Daemon(listener("PROCESS_COMMUNICATION") +
                program("talker", shell(script), more)) as daemon:
        pid = run(daemon.connect(), "talker")
        tap.same(told(daemon, 1), [("COMMUNICATION_STDOUT",
                                    "processname:talker groupname:talker pid:%d\nhello" % pid)])
        tap.same(daemon.read("out"), "before  after")


@tap.case("a communication of a megabyte")
def large_communication():
    more = "stdout_capture_maxbytes=1MB\nstdout_logfile=NONE\n"
    script = 'printf "%s"; head -c 900000 /dev/zero | tr "\\0" x; printf "%s"' % (BEGIN, END)
    with Daemon(listener("PROCESS_COMMUNICATION") +
                program("talker", shell(script), more)) as daemon:
        run(daemon.connect(), "talker")
        tap.same(told(daemon, 1)[0][1].split("\n", 1)[1] == "x" * 900000, True)


@tap.case("output that is no text")
def undecodable():
    script = 'printf "caf\\351"; sleep 0.1; printf "zero\\000byte"; sleep 0.1; ' \
        'printf "caf\\303\\251"'
    with Daemon(listener("PROCESS_LOG", "bytes") +
                program("talker", shell(script), "stdout_events_enabled=true\n")) as daemon:
        run(daemon.connect(), "talker")
        tap.same([p.split("\n", 1)[1] for _, p in told(daemon, 3)],
                 ["Undecodable: b'caf\\xe9'", "zero\0byte", "caf\u00e9"])


@tap.case("events of output survive the listener-host")
def host_killed():
    with Daemon(listener("PROCESS_LOG") +
                program("talker", "/bin/echo hello", "stdout_events_enabled=true\n")) as daemon:
        connection = daemon.connect()
        run(connection, "talker")
        wait_events(daemon, 1)
        for _ in range(2):
            host = daemon.wait_helper("busvisor-listener-host")
            os.kill(host, signal.SIGKILL)
            run(connection, "talker")
            daemon.wait_helper("busvisor-listener-host", other_than=host)
            run(connection, "talker")

        def serials():
            found = {int(e["headers"]["serial"]) for e in events(daemon)}
            return found if len(found) >= 5 else None
        tap.same(len(processes.wait_for(serials, "five events")), 5)


@tap.case("a listener's stderr makes events, its stdout never")
def of_listeners():
    with Daemon(listener("PROCESS_LOG") + """
[eventlistener:other]
command=/bin/sh -c 'echo READY; echo oops >&2; exec cat'
events=TICK_3600
stdout_events_enabled=true
stderr_events_enabled=true
""") as daemon:
        daemon.connect()
        tap.same([(n, p.split("\n", 1)[1]) for n, p in told(daemon, 1)], [("LOG_STDERR", "oops\n")])


@tap.case("what a listener says is in its log, which is rotated like others")
def log_of_listener():
    with Daemon("strip_ansi=true\n" + listener("PROCESS_STATE_EXITED", "plain") +
                "stdout_logfile=%(here)s/said\nstdout_logfile_maxbytes=36\n"
                "stdout_logfile_backups=1\nstdout_events_enabled=true\n" +
                program("talker", "/bin/true")) as daemon:
        connection = daemon.connect()

        def said(text):
            return lambda: daemon.read("said.1") + daemon.read("said") == text
        processes.wait_for(said("READY\n"), "READY in the log")
        for count in range(1, 5):
            run(connection, "talker")
            wait_events(daemon, count)
            if count == 2:
                processes.wait_for(lambda: "said.1" in os.listdir(daemon.path), "the rotation")
                tap.same((daemon.read("said.1"), daemon.read("said")),
                         ("READY\n" + "RESULT 2\nOKREADY\n" * 2, ""))
        processes.wait_for(said("READY\n" + "RESULT 2\nOKREADY\n" * 4), "all in the log")


# Subscribers

@tap.case("subscribers get the signals, others do not")
def signals():
    more = "stdout_events_enabled=true\nstdout_capture_maxbytes=100\n"
    with Daemon(program("talker", shell('printf "a%shi%s"' % (BEGIN, END)), more)) as daemon:
        connection, other = daemon.connect(), daemon.connect()
        connection.call(ROOT, EVENTS, "Subscribe", "as", (["PROCESS_LOG", "PROCESS_COMMUNICATION"],))
        pid = run(connection, "talker")
        other.wait_state("EXITED", "talker")
        wanted = ("ProcessLog", "ProcessCommunication")
        tap.same([(s.member,) + s.body[4:9] for s in connection.signals if s.member in wanted],
                 [("ProcessLog", "talker", "talker", pid, "stdout", b"a"),
                  ("ProcessLog", "talker", "talker", pid, "stdout", b"hi"),
                  ("ProcessCommunication", "talker", "talker", pid, "stdout", b"hi")])
        tap.same([s.member for s in other.signals if s.member in wanted], [])


@tap.case("who has read everything is told once that there is more")
def pending():
    with Daemon(program("talker", "/bin/echo hello", "stdout_events_enabled=true\n")) as daemon:
        connection = daemon.connect()

        def page(after):
            return connection.call(ROOT, EVENTS, "EventsSince", "tasu",
                                   (after, ["PROCESS_LOG"], 0))[3]

        def told_pending():
            return [s.body[0] for s in connection.signals if s.member == "EventsPending"]
        tap.same(page(0), [])
        for _ in range(3):
            run(connection, "talker")
        tap.same(len(told_pending()), 1)
        found = page(told_pending()[0] - 1)
        tap.same([value[1][8] for _, value in found], [b"hello\n"] * 3)
        run(connection, "talker")
        tap.same(len(told_pending()), 1, "told again though not all was read")
        last = page(found[-1][1][1][0])[-1][1][1][0]
        tap.same(page(last), [])
        run(connection, "talker")
        tap.same(len(told_pending()), 2)


@tap.case("busvisorctl monitor shows output")
def monitor():
    with Daemon(program("talker", "/bin/echo hello", "stdout_events_enabled=true\n")) as daemon:
        connection = daemon.connect()
        with open(daemon.file("shown"), "wb") as out:
            shown = subprocess.Popen(
                [built("busvisorctl"), "--address=" + daemon.address, "monitor", "PROCESS_LOG"],
                stdout=out, stderr=out, stdin=subprocess.DEVNULL, env=clean_environment())

        def has_shown():
            run(connection, "talker")
            return "\n" in daemon.read("shown")
        processes.wait_for(has_shown, lambda: "a line, have " + daemon.read("shown"))
        shown.terminate()
        shown.wait()
        tap.check(re.search(r'PROCESS_LOG_STDOUT +talker +pid \d+, "hello', daemon.read("shown")),
                  daemon.read("shown"))


# Log files

@tap.case("strip_ansi across reads")
def strip_ansi():
    script = 'printf "\\033[31mred\\033["; sleep 0.1; printf "0m\\n"'
    with Daemon("strip_ansi=true\n" + program(
            "talker", shell(script), "stdout_logfile=%(here)s/out\n")) as daemon:
        run(daemon.connect(), "talker")
        tap.same(daemon.read("out"), "red\n")


@tap.case("prefixes")
def prefixes():
    more = "stdout_logfile=%(here)s/out\nstdout_logfile_prefix=timestamp,name\n"
    with Daemon(program("talker", shell('printf "one\\ntwo"'), more)) as daemon:
        run(daemon.connect(), "talker")
        stamp = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} "
        tap.check(re.fullmatch("%stalker one\n%stalker two\n" % (stamp, stamp), daemon.read("out")),
                  daemon.read("out"))


@tap.case("JSON lines of both channels in one file, whatever the program prints")
def json_lines():
    more = "".join("%s_logfile=%%(here)s/out\n%s_logfile_format=json\n" % (c, c)
                   for c in ("stdout", "stderr"))
    script = 'for i in $(seq 200); do echo "out \\\\ $i"; printf "err \\042 \\377 $i\\n" >&2; done'
    with Daemon(program("talker", shell(script), more)) as daemon:
        pid = run(daemon.connect(), "talker")
        records = [json.loads(line) for line in daemon.read("out").splitlines()]
        for channel, text in (("stdout", "out \\ %d"), ("stderr", "err \" \ufffd %d")):
            found = [r for r in records if r["channel"] == channel]
            tap.same([r["message"] for r in found], [text % i for i in range(1, 201)])
            tap.same({(r["group"], r["process"], r["pid"]) for r in found},
                     {("talker", "talker", pid)})
        tap.check(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", records[0]["time"]),
                  records[0]["time"])


@tap.case("one file of both channels is rotated once, and no line is lost or torn")
def rotated_together():
    more = "".join("%s_logfile=%%(here)s/out\n%s_logfile_maxbytes=1000\n%s_logfile_backups=500\n"
                   "%s_logfile_prefix=name\n" % (c, c, c, c) for c in ("stdout", "stderr"))
    script = "for i in $(seq 500); do echo out $i; echo err $i >&2; done"
    with Daemon(program("talker", shell(script), more)) as daemon:
        run(daemon.connect(), "talker")
        names = [n for n in os.listdir(daemon.path) if re.fullmatch(r"out(\.\d+)?", n)]
        ordered = sorted(names, key=lambda n: -int(n[4:] or 0))
        lines = "".join(daemon.read(n) for n in ordered).splitlines()
        for word in ("out", "err"):
            tap.same([l for l in lines if l.startswith("talker %s " % word)],
                     ["talker %s %d" % (word, i) for i in range(1, 501)])
        tap.same(len(lines), 1000)
        tap.check(len(names) > 1, "was not rotated: %s" % names)


@tap.case("what a program has started writes on when it has ended")
def grandchildren():
    script = "{ while ! test -e go; do sleep 0.05; done; echo late; } & echo early"
    with Daemon(program("talker", shell(script), "stdout_logfile=%(here)s/out\n"
                        "directory=%(here)s\n")) as daemon:
        run(daemon.connect(), "talker")
        tap.same(daemon.read("out"), "early\n")
        daemon.write("go", "")
        processes.wait_for(lambda: daemon.read("out") == "early\nlate\n", "the last line")


@tap.case("lost output is counted")
def lost():
    with Daemon(program("talker", "/bin/echo hello", "stdout_logfile=/dev/full\n")) as daemon:
        connection = daemon.connect()
        for count in (1, 2):
            run(connection, "talker")
            tap.same(connection.get(process_path("talker"), PROCESS, "LostBytes"), count * 6)
        daemon.wait_log(r"ERRO cannot write to /dev/full: No space left on device")


@tap.case("a stalled reader behind a log makes only its writer wait, and gets all of it")
def stalled():
    with Daemon(program("talker", "/usr/bin/seq 100000", "stdout_logfile=%(here)s/fifo\n"
                        "stdout_logfile_maxbytes=0\n") + program("other", "/bin/true")) as daemon:
        os.mkfifo(daemon.file("fifo"))
        reader = os.open(daemon.file("fifo"), os.O_RDONLY | os.O_NONBLOCK)
        connection = daemon.connect()
        connection.start("talker")
        run(connection, "other")
        tap.same(connection.state("talker"), "RUNNING")
        got = b""

        def read():
            nonlocal got
            try:
                got += os.read(reader, 65536)
            except BlockingIOError:
                pass
            return got.endswith(b"\n100000\n")
        processes.wait_for(read, "the last line")
        os.close(reader)
        connection.wait_state("EXITED", "talker")
        tap.same(got.count(b"\n"), 100000)


tap.run()
