"""Logs over the bus: bytes, descriptors, clearing and reopening, and who may."""

import contextlib
import fcntl
import os
import stat
import subprocess

from jeepney import MessageType, new_method_return

import processes
import tap
from busvisor import Daemon, Folder, clean_environment, program
from bus import ERROR, EVENTS, MANAGER, PROCESS, ROOT, Bus, BusError, process_path

MAX_BYTES = 512 * 1024

# Writes what it is told by files that appear, so that nothing depends on time.
PROGRAMS = r"""
[program:writer]
command=/bin/sh -c 'printf "0123456789"; printf "err\377" >&2; exec sleep 1000'
startsecs=0
stdout_logfile=%(here)s/out
stderr_logfile=%(here)s/err

[program:idle]
command=/bin/sleep 1000
autostart=false
stdout_logfile=%(here)s/idle-out
stderr_logfile=NONE

[program:quiet]
command=/bin/sleep 1000
startsecs=0
stdout_logfile=/dev/stdout
stdout_logfile_maxbytes=0
stderr_logfile=%(here)s/pipe
"""


def running(daemon):
    connection = daemon.connect()
    processes.wait_for(lambda: daemon.read("out") == "0123456789" and daemon.read("err"), "output")
    return connection


def write(daemon, name, data):
    with open(daemon.file(name), "wb") as stream:
        stream.write(data)


def append(daemon, name, data):
    with open(daemon.file(name), "ab") as stream:
        stream.write(data)


def on(connection, name, member, signature=None, body=()):
    return connection.call(process_path(name), PROCESS, member, signature, body)


def read(connection, name, *arguments):
    data, position = on(connection, name, "ReadLog", "sxx", arguments)
    return bytes(data), position


def error_of(function, *arguments):
    try:
        reply = function(*arguments)
    except BusError as error:
        return error.name[len(ERROR):] if error.name.startswith(ERROR) else error.name
    raise AssertionError("%r instead of an error" % (reply,))


@tap.case("ReadLog by offset and length")
def read_log():
    with Daemon(PROGRAMS) as daemon:
        connection = running(daemon)
        for offset, length, data, position in (
                (0, 0, b"0123456789", 0), (4, 0, b"456789", 4), (4, 3, b"456", 4),
                (8, 100, b"89", 8), (10, 0, b"", 10), (1000, 5, b"", 10),
                (-3, 0, b"789", 7), (-10, 0, b"0123456789", 0), (-1000, 0, b"0123456789", 0)):
            tap.same(read(connection, "writer", "stdout", offset, length), (data, position),
                     "%d, %d" % (offset, length))
        tap.same(read(connection, "writer", "stderr", 0, 0), (b"err\xff", 0))
        for wrong in (("stdout", -1, 1), ("stdout", 0, -1), ("stdout", -1, -1), ("stdin", 0, 0),
                      ("STDOUT", 0, 0), ("", 0, 0)):
            tap.same(error_of(read, connection, "writer", *wrong), "BadArguments", wrong)


@tap.case("a log larger than an answer, in pages")
def pages():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        whole = b"".join(b"%09d\n" % i for i in range(MAX_BYTES // 10 * 5 // 2))
        write(daemon, "idle-out", whole)
        for offset in (0, -len(whole) + 5):
            found, sizes = b"", []
            while True:
                data, position = read(connection, "idle", "stdout", offset, 0)
                if not data:
                    break
                tap.same(position, offset if offset >= 0 else 5)
                found += data
                sizes.append(len(data))
                offset = position + len(data)
            tap.check(found == whole[-len(found):] and len(found) >= len(whole) - 5, "other bytes")
            tap.same(sizes[:2], [MAX_BYTES, MAX_BYTES])
        data, size, overflow = on(connection, "idle", "TailLog", "sxx",
                                  ("stdout", 0, len(whole)))
        tap.check(bytes(data) == whole[-MAX_BYTES:], "not the end of it")
        tap.same((size, overflow), (len(whole), False))


@tap.case("TailLog")
def tail_log():
    with Daemon(PROGRAMS) as daemon:
        connection = running(daemon)
        for offset, length, expected in (
                (0, 4, (b"6789", 10, True)), (0, 100, (b"0123456789", 10, False)),
                (7, 3, (b"789", 10, False)), (9, 3, (b"789", 10, False)),
                (10, 3, (b"", 10, False)), (0, 0, (b"", 10, True))):
            data, *rest = on(connection, "writer", "TailLog", "sxx", ("stdout", offset, length))
            tap.same((bytes(data), *rest), expected, "%d, %d" % (offset, length))


@tap.case("OpenLog hands out a descriptor for reading, which stays with the file")
def open_log():
    with Daemon(PROGRAMS) as daemon:
        connection = running(daemon)
        with on(connection, "writer", "OpenLog", "s", ("stdout",))[0].to_file("rb") as log:
            tap.same(log.read(), b"0123456789")
            tap.same(fcntl.fcntl(log, fcntl.F_GETFL) & os.O_ACCMODE, os.O_RDONLY)
            os.rename(daemon.file("out"), daemon.file("out.1"))
            append(daemon, "out.1", b"more")
            tap.same(log.read(), b"more")
            tap.same(error_of(on, connection, "writer", "OpenLog", "s", ("stdout",)), "NoFile")
        with connection.call(ROOT, MANAGER, "OpenLog")[0].to_file("rb") as log:
            tap.check(b"supervisord started with pid" in log.read(), "not the main log")
        before = len(os.listdir("/proc/%d/fd" % daemon.process.pid))
        for _ in range(40):
            on(connection, "writer", "OpenLog", "s", ("stderr",))[0].close()
            error_of(on, connection, "writer", "OpenLog", "s", ("stdout",))
        # What has been sent may be closed a little later.
        processes.wait_for(
            lambda: len(os.listdir("/proc/%d/fd" % daemon.process.pid)) <= before, "descriptors")


@tap.case("no log, no file, no regular file: NoFile, at once")
def no_file():
    with Daemon(PROGRAMS) as daemon:
        connection = running(daemon)
        processes.wait_for(lambda: connection.state("quiet") == "RUNNING", "quiet")
        connection.call(process_path("quiet"), PROCESS, "Stop", "t", (0,))
        os.remove(daemon.file("pipe"))
        os.mkfifo(daemon.file("pipe"))
        for name, channel in (("idle", "stdout"), ("idle", "stderr"), ("quiet", "stderr")):
            for member, signature, body in (("ReadLog", "sxx", (channel, 0, 0)),
                                            ("TailLog", "sxx", (channel, 0, 10)),
                                            ("OpenLog", "s", (channel,))):
                tap.same(error_of(on, connection, name, member, signature, body), "NoFile",
                         "%s of %s of %s" % (member, channel, name))
        os.mkdir(daemon.file("idle-out"))
        tap.same(error_of(read, connection, "idle", "stdout", 0, 0), "NoFile")
        on(connection, "quiet", "ClearLogs")
        tap.check(stat.S_ISFIFO(os.stat(daemon.file("pipe")).st_mode), "the pipe is gone")


@tap.case("ClearLogs of a process that runs: its file goes on from its beginning")
def clear_running():
    with Daemon(r"""
            [program:w]
            command=/bin/sh -c 'for i in 1 2 3; do printf $i$i$i$i$i$i; read x < step; done'
            directory=%(here)s
            stdout_logfile=%(here)s/out
            stdout_logfile_maxbytes=12
            stdout_logfile_backups=1
            autostart=false
            """) as daemon:
        connection = daemon.connect()
        os.mkfifo(daemon.file("step"))
        connection.start("w")

        def step(text):
            processes.wait_for(lambda: daemon.read("out") == text, text)
            with open(daemon.file("step"), "w", encoding="ascii"):
                pass
        step("111111")
        daemon.wait_file("out.1")
        inode = os.stat(daemon.file("out")).st_ino
        tap.same((daemon.read("out"), daemon.read("out.1")), ("", "111111222222"))
        write(daemon, "out", b"1")
        on(connection, "w", "ClearLogs")
        tap.same((daemon.read("out"), os.stat(daemon.file("out")).st_ino), ("", inode))
        step("")
        processes.wait_for(lambda: daemon.read("out") == "333333", "the end")
        on(connection, "w", "ClearLogs")
        tap.same((daemon.read("out"), daemon.read("out.1")), ("", "111111222222"))


@tap.case("ClearLogs of a process that does not run clears too")
def clear_stopped():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        write(daemon, "idle-out", b"old")
        write(daemon, "idle-out.1", b"backup")
        on(connection, "idle", "ClearLogs")
        tap.same((daemon.read("idle-out"), daemon.read("idle-out.1")), ("", "backup"))
        os.remove(daemon.file("idle-out"))
        on(connection, "idle", "ClearLogs")
        tap.check(not os.path.exists(daemon.file("idle-out")), "a file was made")


@tap.case("ClearLogs of many, with a result for each")
def clear_many():
    with Daemon(PROGRAMS) as daemon:
        connection = running(daemon)
        write(daemon, "idle-out", b"old")

        def clear(*names):
            results = connection.call(ROOT, MANAGER, "ClearLogs", "as", (list(names),))[0]
            return [(g, p, e.replace(ERROR, "")) for g, p, e, _ in results]
        tap.same(clear("idle", "nobody", "nogroup:*", "idle:idle"),
                 [("idle", "idle", ""), ("nobody", "nobody", "NoSuchProcess"),
                  ("nogroup", "", "NoSuchGroup")])
        tap.same((daemon.read("idle-out"), daemon.read("out")), ("", "0123456789"))
        tap.same(clear("all"), [(n, n, "") for n in ("idle", "quiet", "writer")])
        tap.same((daemon.read("out"), daemon.read("err")), ("", ""))
        tap.same(clear(), [])
        tap.check("supervisord started" in daemon.read("main.log"), "the main log was cleared")


@tap.case("ReopenLogs of one and of all")
def reopen():
    with Daemon(PROGRAMS) as daemon:
        connection = running(daemon)
        os.rename(daemon.file("out"), daemon.file("out.moved"))
        on(connection, "writer", "ReopenLogs")
        tap.same((daemon.read("out"), daemon.read("out.moved")), ("", "0123456789"))
        on(connection, "idle", "ReopenLogs")
        os.rename(daemon.file("err"), daemon.file("err.moved"))
        os.rename(daemon.file("main.log"), daemon.file("main.moved"))
        connection.call(ROOT, MANAGER, "ReopenLogs")
        tap.same(daemon.read("err"), "")
        tap.check(os.path.exists(daemon.file("err")), "not opened anew")
        tap.check(daemon.read("main.log").endswith("INFO supervisord logreopen\n"), "the main log")


@tap.case("the main log is read and cleared")
def main_log():
    with Daemon(PROGRAMS) as daemon:
        connection = running(daemon)
        data, position = connection.call(ROOT, MANAGER, "ReadLog", "xx", (0, 0))
        tap.check(b"supervisord started with pid" in bytes(data), data)
        tap.same(position, 0)
        data, size, _ = connection.call(ROOT, MANAGER, "TailLog", "xx", (0, 5))
        tap.same((len(data), bytes(data)[-1:]), (5, b"\n"))
        tap.check(size >= 5, size)
        connection.call(ROOT, MANAGER, "ClearLog")
        tap.check("supervisord started" not in daemon.read("main.log"), "not cleared")


@tap.case("a main log that is no file")
def no_main_log():
    with Daemon("", arguments=("--bus", "private", "-l", "/dev/null")) as daemon:
        connection = daemon.connect()
        for member, signature, body in (("ReadLog", "xx", (0, 0)), ("TailLog", "xx", (0, 1)),
                                        ("OpenLog", None, ())):
            tap.same(connection.call_error(ROOT, MANAGER, member, signature, body),
                     ERROR + "NoFile")
        connection.call(ROOT, MANAGER, "ClearLog")


BUS = """<busconfig>
<type>custom</type>
<listen>unix:path=%s</listen>
<auth>EXTERNAL</auth>
<policy context="default">
<allow user="*"/><allow own="*"/><allow send_destination="*"/><allow eavesdrop="false"/>
</policy>
</busconfig>
"""
NOBODY = 65534
HANDOUTS_MAX = 48


@contextlib.contextmanager
def on_common_bus():
    """A daemon on a bus with the usual limits; answers it and the address."""
    with Folder() as folder:
        path = folder.file("socket")
        config = folder.write("bus.conf", BUS % path)
        with subprocess.Popen(["dbus-daemon", "--nofork", "--config-file=" + config],
                              stderr=subprocess.DEVNULL) as message_bus:
            try:
                processes.wait_for(lambda: os.path.exists(path), "the bus")
                with Daemon(PROGRAMS, arguments=("--bus", "unix:path=" + path)) as daemon:
                    daemon.wait_log("on the bus as")
                    yield daemon, "unix:path=" + path
                    # Nothing may be left when the daemon has ended; it goes on without a bus.
                    message_bus.terminate()
                    message_bus.wait()
            finally:
                message_bus.kill()


@tap.case("nobody but the owner reads or clears a log, or raises an event")
def rights():
    if os.getuid() != 0:
        raise tap.Skip("it takes root to be two users")
    with on_common_bus() as (daemon, address):
        ask_as_nobody(daemon, address)


def run_as(user, *command):
    return subprocess.run(command, env=clean_environment(), text=True, user=user, group=user,
                          capture_output=True, check=False, cwd="/", stdin=subprocess.DEVNULL,
                          timeout=processes.WAIT_LIMIT)


def ask_as_nobody(daemon, address):
    calls = [("/org/busvisor1/process/writer/writer", PROCESS, *call) for call in (
        ("ReadLog", "sxx", "stdout", "0", "0"), ("TailLog", "sxx", "stdout", "0", "9"),
        ("OpenLog", "s", "stdout"), ("ClearLogs",), ("ReopenLogs",))]
    calls += [(ROOT, MANAGER, *call) for call in (
        ("ReadLog", "xx", "0", "0"), ("TailLog", "xx", "0", "9"), ("OpenLog",), ("ClearLog",),
        ("ClearLogs", "as", "1", "all"), ("ReopenLogs",))]
    calls.append((ROOT, EVENTS, "SendRemoteCommunication", "say", "x", "1", "0"))

    def ask(call, user):
        return run_as(user, "busctl", "--address=" + address, "call", "org.busvisor1", *call)
    processes.wait_for(lambda: ask(calls[0], 0).returncode == 0, "the daemon on that bus")
    processes.wait_for(lambda: daemon.read("out") == "0123456789", "output")
    for call in calls:
        result = ask(call, NOBODY)
        tap.check(result.returncode != 0 and "denied" in result.stderr, "%s: %s" % (call, result))
    tap.same(daemon.read("out"), "0123456789")
    result = run_as(NOBODY, program("busvisorctl"), "--address=" + address, "tail", "writer")
    tap.same((result.returncode, result.stdout), (1, ""))
    tap.check("not allowed" in result.stderr, result.stderr)


def ask_over_and_over(daemon, address):
    """Takes nothing of what it is sent, and answers when others are answered all the same."""
    greedy = Bus(address)
    for _ in range(2000):
        greedy.send(process_path("writer"), PROCESS, "OpenLog", "s", ("stdout",))
    for _ in range(3):
        other = Bus(address)
        for _ in range(20):
            tap.same(read(other, "writer", "stdout", 0, 0)[0], b"0123456789")
            on(other, "writer", "OpenLog", "s", ("stdout",))[0].close()
        other.close()
    tap.check("taken nothing" not in daemon.read("main.log"), "the bus was connected anew")
    return greedy


@tap.case("who asks for descriptors over and over and takes none does not stop others")
def takes_none():
    with Daemon(PROGRAMS) as daemon:
        running(daemon)
        every = [ask_over_and_over(daemon, daemon.address) for _ in range(5)]
        for greedy in every:
            greedy.close()


@tap.case("the same on a bus with the usual limits")
def takes_none_on_common_bus():
    with on_common_bus() as (daemon, address):
        processes.wait_for(lambda: daemon.read("out") == "0123456789", "output")
        ask_over_and_over(daemon, address).close()


class Pinged(Bus):
    """Keeps the calls that it gets, and answers them when it is told to."""

    def __init__(self, address):
        self.pings = []
        self.answers = False
        super().__init__(address)

    def _take(self, message):
        if message.header.message_type is MessageType.method_call:
            self.pings.append(message)
        super()._take(message)
        if self.answers:
            self.answer()

    def answer(self):
        while self.pings:
            self._connection.send(new_method_return(self.pings.pop()))


@tap.case("who is sent many descriptors has to show that it reads")
def shows_that_it_reads():
    with Daemon(PROGRAMS) as daemon:
        running(daemon)
        connection = Pinged(daemon.address)

        def open_one():
            on(connection, "writer", "OpenLog", "s", ("stdout",))[0].close()
        for _ in range(HANDOUTS_MAX):
            open_one()
        tap.same(error_of(open_one), "org.freedesktop.DBus.Error.LimitsExceeded")
        tap.check(connection.pings, "no Ping")
        connection.answers = True
        connection.answer()
        for _ in range(3 * HANDOUTS_MAX):
            open_one()
        connection.close()


tap.run()
