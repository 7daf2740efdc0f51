"""result_handler=supervisor_stdout:event_handler: what listeners answer comes out of busvisord's
stdout, and who reads that may take his time."""

import os
import re
import select

import processes
import tap
from busvisor import HERE, PYTHON, Daemon, Folder, run_busvisord
from bus import PROCESS, process_path

HANDLER = "supervisor_stdout:event_handler"


def relay(mode="", more=""):
    return """
[eventlistener:relay]
command=%s %s/relay.py %s
events=PROCESS_LOG
buffer_size=10
result_handler=%s
%s
""" % (PYTHON, HERE, mode, HANDLER, more)


def talker(script, name="talk"):
    return """
[program:%s]
command=/bin/sh -c '%s; exec sleep 1000'
autostart=false
startsecs=0
stdout_events_enabled=true
stderr_events_enabled=true
stdout_logfile=NONE
stderr_logfile=NONE
""" % (name, script)


class Quiet(Daemon):
    """Says nothing itself on its stdout, which is a pipe that the test reads when it likes."""

    def __init__(self, sections):
        super().__init__(sections, ["--bus", "private", "-s"])
        self.said = b""

    def start(self):
        self.reader, writer = os.pipe()
        self.open_stdout(writer)
        os.close(writer)

    def open_stdout(self, writer):
        # The base opens the file "stdout" of the folder.
        os.symlink("/proc/%d/fd/%d" % (os.getpid(), writer), self.file("stdout"))
        super().start()

    def __exit__(self, kind, error, trace):
        super().__exit__(kind, error, trace)
        os.close(self.reader)

    def read_all(self):
        """What has been said so far."""
        while select.select([self.reader], [], [], 0)[0]:
            data = os.read(self.reader, 65536)
            if not data:
                break
            self.said += data
        return self.said

    def wait_said(self, done, what):
        return processes.wait_for(lambda: done(self.read_all()) and self.said, lambda: "%s; said %r" % (
            what, self.said[-1000:]))


def start(connection, name="talk"):
    connection.call(process_path(name), PROCESS, "Start", "t", (0,))


def by_label(said):
    """The lines, without their labels and the empty ones that end each portion."""
    return [line.partition(b" | ")[2] for line in said.splitlines()
            if not line.endswith(b" | ")]


@tap.case("lines with the name of the process and its channel")
def lines():
    with Quiet(relay() + talker("echo one; echo; printf two; sleep 0.2; echo err >&2")) as daemon:
        start(daemon.connect())
        said = daemon.wait_said(lambda said: b"err\n" in said and b"two" in said, "all lines")
        told = [l for l in said.splitlines(True) if l.startswith(b"talk stdout | ")]
        # How much is one portion is by chance; each that ends a line is followed by an empty one.
        tap.same([l for l in told if l != b"talk stdout | \n"],
                 [b"talk stdout | one\n", b"talk stdout | two\n"])
        tap.check(said.endswith(b"talk stderr | err\ntalk stderr | \n") or
                  b"talk stderr | err\ntalk stderr | \n" in said, said)


@tap.case("while nobody reads stdout nothing else waits, and nothing is lost")
def blocked():
    count = 40000  # more than a pipe holds
    other = """
[eventlistener:watch]
command=%s %s/recorder.py %%(here)s/events
events=PROCESS_STATE_EXITED

[program:job]
command=/bin/true
autostart=false
autorestart=false
startsecs=0
""" % (PYTHON, HERE)
    with Quiet(relay() + talker("seq 1 %d" % count) + other) as daemon:
        connection = daemon.connect()
        start(connection)
        processes.wait_for(lambda: select.select([daemon.reader], [], [], 0)[0], "the first lines")
        # Its listener, and the host, still serve others.
        for n in range(1, 4):
            connection.call(process_path("job"), PROCESS, "Start", "t", (1,))
            processes.wait_for(lambda: daemon.read("events").count("\n") >= n, "events of others")
            processes.wait_for(lambda: connection.state("job") == "EXITED", "the end of the job")
        said = daemon.wait_said(lambda said: b"| %d\n" % count in said, "all lines")
        told = by_label(said)
        # A number may be cut where a portion ends.
        tap.check(b"".join(told) == b"".join(b"%d" % n for n in range(1, count + 1)),
                  "the text is another one")


@tap.case("busvisord ends in time though nobody reads its stdout")
def blocked_end():
    with Quiet(relay() + talker("seq 1 40000")) as daemon:
        start(daemon.connect())
        processes.wait_for(lambda: select.select([daemon.reader], [], [], 0)[0], "the first lines")


@tap.case("an answer of another form is an error, and comes again")
def other_forms():
    pools = relay("ok") + relay("latin").replace(":relay]", ":other]")
    with Quiet(pools + talker("echo hello")) as daemon:
        start(daemon.connect())
        for name, why in (("relay", "it has no first line"), ("other", "it is not UTF-8")):
            daemon.wait_log("WARN .*%s: event caused an error: %s" % (name, why), 2)
        tap.same(daemon.read_all(), b"")


@tap.case("a stdout that is gone is an error, and holds up nobody")
def broken():
    with Quiet(relay() + talker("echo hello")) as daemon:
        connection = daemon.connect()
        reader, daemon.reader = daemon.reader, os.open(os.devnull, os.O_RDONLY)
        os.close(reader)
        start(connection)
        daemon.wait_log("WARN .*relay: event caused an error: stdout: Broken pipe")


@tap.case("portions of many bytes, of one line and of many")
def large():
    with Quiet(relay() + talker("printf %%0100000d 7; echo; seq 100000 120000")) as daemon:
        start(daemon.connect())
        said = daemon.wait_said(lambda said: b"| 120000\n" in said, "all lines")
        expected = b"7".zfill(100000) + b"".join(b"%d" % n for n in range(100000, 120001))
        tap.check(b"".join(by_label(said)) == expected, "the text is another one")


@tap.case("any other result_handler is refused, with file, line and advice")
def refused():
    with Folder() as folder:
        for check in (["--check"], ["-n"]):
            conf = folder.write("bad.conf", "[supervisord]\nlogfile=%(here)s/log\n" +
                                relay().replace(HANDLER, "my.module:judge"))
            result = run_busvisord(folder, "-c", conf, *check)
            tap.same(result.returncode, 2, result.stderr)
            tap.check(re.search(r"bad\.conf:8: \[eventlistener:relay\] result_handler: "
                                r"'my\.module:judge' is Python code.*supervisor\.dispatchers:"
                                r"default_handler.*supervisor_stdout:event_handler.*answer OK or "
                                r"FAIL.*busvisor-migrating\(7\)", result.stderr), result.stderr)


tap.run()
