"""busvisorctl tail and maintail: what is there, and what comes, across everything that can happen."""

import os
import signal
import socket
import subprocess
import threading

import processes
import tap
from busvisor import Daemon, clean_environment, program
from bus import MANAGER, PROCESS, ROOT, process_path

BANNER = "==> Press Ctrl-C to exit <==\n"
TRUNCATED = "==> File truncated <==\n"

# The tests write the logs themselves: a process that does not run has nobody else who does.
PROGRAMS = r"""
[program:a]
command=/bin/cat
autostart=false
startsecs=0
stdout_logfile=%(here)s/out
stderr_logfile=%(here)s/err

[program:b]
command=/bin/cat
autostart=false
process_name=%(program_name)s_%(process_num)d
numprocs=1
stdout_logfile=NONE
stderr_logfile=%(here)s/missing
"""


def write(daemon, name, data, mode="wb"):
    with open(daemon.file(name), mode) as stream:
        stream.write(data)


def append(daemon, name, data):
    write(daemon, name, data, "ab")


def expect_failure(result, text):
    """Told on stdout, as with Supervisor, and on stderr."""
    tap.same((result.returncode, result.stdout, result.stderr), (1, text + "\n", text + "\n"),
             " ".join(result.args[1:]))


class NoDescriptors(threading.Thread):
    """A way to a bus over which no file descriptors go, as from another machine: forwards bytes,
    and says that it cannot do more than that."""

    def __init__(self, daemon):
        super().__init__(daemon=True)
        self.path = daemon.file("proxy")
        self.target = daemon.file("run/test/bus/socket")
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen()
        self.start()

    @property
    def address(self):
        return "unix:path=" + self.path

    def run(self):
        while True:
            try:
                client = self.listener.accept()[0]
            except OSError:
                return
            bus = socket.socket(socket.AF_UNIX)
            bus.connect(self.target)
            threading.Thread(target=self.forward, args=(client, bus, False), daemon=True).start()
            threading.Thread(target=self.forward, args=(bus, client, True), daemon=True).start()

    @staticmethod
    def forward(source, target, to_client):
        try:
            while data := source.recv(65536):
                if to_client:
                    data = data.replace(b"AGREE_UNIX_FD\r\n", b"ERROR\r\n")
                target.sendall(data)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class Tail:
    """busvisorctl with something to follow, its output in a file."""

    def __init__(self, daemon, *arguments, address=None, before=()):
        """before: a command that runs another one."""
        self.daemon = daemon
        with open(daemon.file("tail"), "wb") as out:
            self.process = subprocess.Popen(
                [*before, program("busvisorctl"), "--address=" + (address or daemon.address),
                 *arguments],
                stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                env=clean_environment())

    def wait(self, text):
        """Until it has printed exactly this."""
        processes.wait_for(lambda: self.daemon.read("tail") == BANNER + text,
                           lambda: "%r instead of %r" % (self.daemon.read("tail"), text))

    def end(self, number=signal.SIGINT):
        """The exit status, and what was printed after all."""
        self.process.send_signal(number)
        status = self.process.wait(processes.WAIT_LIMIT)
        return status, self.daemon.read("tail")[len(BANNER):]


def both_ways(daemon):
    """The address itself, and one without descriptors."""
    daemon.connect()
    return daemon.address, NoDescriptors(daemon).address


@tap.case("tail: the last bytes, as they are, and a newline")
def tail():
    with Daemon(PROGRAMS) as daemon:
        for address in both_ways(daemon):
            def ctl(*arguments):
                result = subprocess.run(
                    [program("busvisorctl"), "--address=" + address, *arguments],
                    env=clean_environment(), capture_output=True, check=False,
                    stdin=subprocess.DEVNULL, timeout=processes.WAIT_LIMIT)
                tap.same((result.returncode, result.stderr), (0, b""), arguments)
                return result.stdout
            binary = bytes(range(256)) * 10
            write(daemon, "out", binary)
            write(daemon, "err", b"e" * 2000)
            for arguments, expected in (
                    (["a"], binary[-1600:]), (["-3", "a"], binary[-3:]), (["-0", "a"], binary),
                    (["-99999", "a"], binary), (["a:a"], binary[-1600:]),
                    (["a", "stdout"], binary[-1600:]), (["a", "STDERR"], b"e" * 1600),
                    (["-5", "a", "stderr"], b"eeeee")):
                tap.same(ctl("tail", *arguments), expected + b"\n", arguments)
            large = b"0123456789abcdef" * 100000
            write(daemon, "out", large)
            tap.check(ctl("tail", "-0", "a") == large + b"\n", "not all of it")
            tap.check(ctl("tail", "-1000000", "a") == large[-1000000:] + b"\n", "not that much")
            write(daemon, "out", b"")
            tap.same(ctl("tail", "a"), b"\n")
            tap.same(ctl("maintail", "-1"), b"\n\n")
            tap.same(ctl("maintail", "-0"), ctl("maintail", "-9999999"))
            tap.check(b"supervisord started with pid" in ctl("maintail"), "not the main log")


@tap.case("tail: what is wrong, and the exit status")
def wrong():
    with Daemon(PROGRAMS) as daemon:
        for address in both_ways(daemon):
            for arguments, text in (
                    (["-x", "a"], "Error: bad argument -x"), (["-1x", "a"], "Error: bad argument -1x"),
                    (["-", "a"], "Error: bad argument -"), (["a", "x"], "Error: bad channel 'x'"),
                    (["-f"], "Error: tail requires process name"),
                    (["nobody"], "nobody: ERROR (no such process name)"),
                    (["-f", "nobody"], "nobody: ERROR (no such process name)"),
                    (["a:*"], "a:*: ERROR (no such process name)"),
                    (["all"], "all: ERROR (no such process name)"),
                    (["a"], "a: ERROR (no log file)"), (["-f", "a"], "a: ERROR (no log file)"),
                    (["b:b_0"], "b:b_0: ERROR (no log file)")):
                expect_failure(daemon.ctl("--address=" + address, "tail", *arguments, address=False), text)
        for arguments, text in ((["tail"], "Error: too few arguments"),
                                (["tail", "a", "b", "c"], "Error: too many arguments"),
                                (["maintail", "-1", "-2"], "Error: too many arguments")):
            result = daemon.ctl(*arguments)
            tap.same((result.returncode, result.stderr), (1, text + "\n"))
            tap.same(result.stdout.splitlines()[0], text)
            tap.check(result.stdout.splitlines()[1].startswith(arguments[0] + " [-N | -f]"), result)
        expect_failure(daemon.ctl("maintail", "x"), "Error: bad argument x")


@tap.case("a main log that is none")
def no_main_log():
    with Daemon("", arguments=("--bus", "private", "-l", "/dev/null")) as daemon:
        daemon.connect()
        for arguments in (["maintail"], ["maintail", "-f"]):
            expect_failure(daemon.ctl(*arguments), "supervisord: ERROR (no log file)")


@tap.case("tail -f: the last 1024 bytes, then what comes")
def follow():
    with Daemon(PROGRAMS) as daemon:
        for address in both_ways(daemon):
            write(daemon, "out", b"x" * 5000 + b"y" * 1024)
            log = Tail(daemon, "tail", "-f", "a", address=address)
            log.wait("y" * 1024)
            append(daemon, "out", b"more\n")
            log.wait("y" * 1024 + "more\n")
            append(daemon, "out", b"z" * 300000)
            expected = "y" * 1024 + "more\n" + "z" * 300000
            log.wait(expected)
            tap.same(log.end(), (0, expected + "\n"))


@tap.case("tail -f of an empty log, of stderr, and SIGTERM")
def follow_stderr():
    with Daemon(PROGRAMS) as daemon:
        for address in both_ways(daemon):
            write(daemon, "err", b"")
            log = Tail(daemon, "tail", "-f", "a", "stderr", address=address)
            log.wait("")
            append(daemon, "err", b"err")
            log.wait("err")
            tap.same(log.end(signal.SIGTERM), (0, "err"))


@tap.case("tail -f goes on in the new file after a rotation")
def rotation():
    lines = "".join("%06d\n" % i for i in range(200))
    with Daemon(r"""
            [program:a]
            command=/bin/sh -c 'for i in $(seq -w 000000 000199); do echo $i; read x; done < step'
            directory=%(here)s
            autostart=false
            startsecs=0
            stdout_logfile=%(here)s/out
            stdout_logfile_maxbytes=70
            stdout_logfile_backups=3
            """) as daemon:
        connection = daemon.connect()
        os.mkfifo(daemon.file("step"))
        connection.call(process_path("a"), PROCESS, "Start", "t", (0,))
        with open(daemon.file("step"), "w", encoding="ascii", buffering=1) as step:
            processes.wait_for(lambda: daemon.read("out"), "the first line")
            log = Tail(daemon, "tail", "-f", "a")
            for count in range(1, 200):
                log.wait(lines[:7 * count])
                step.write("\n")
            log.wait(lines)
        tap.check(os.path.exists(daemon.file("out.3")), "it was not rotated")
        tap.same(log.end(), (0, lines + "\n"))


@tap.case("tail -f: a file that is moved away, as by logrotate, loses nothing")
def moved():
    with Daemon(PROGRAMS) as daemon:
        daemon.connect()
        write(daemon, "out", b"1")
        log = Tail(daemon, "tail", "-f", "a")
        log.wait("1")
        os.rename(daemon.file("out"), daemon.file("out.moved"))
        append(daemon, "out.moved", b"2")
        log.wait("12")
        # A new one is there, but who writes does not know yet.
        write(daemon, "out", b"")
        append(daemon, "out.moved", b"3")
        log.wait("123")
        append(daemon, "out.moved", b"4")
        append(daemon, "out", b"5")
        log.wait("12345")
        append(daemon, "out", b"6")
        log.wait("123456")
        os.remove(daemon.file("out"))
        write(daemon, "out", b"7")
        log.wait("1234567")
        tap.same(log.end(), (0, "1234567\n"))


@tap.case("tail -f: a log that becomes shorter begins anew")
def truncated():
    with Daemon(PROGRAMS) as daemon:
        for address in both_ways(daemon):
            write(daemon, "out", b"first")
            log = Tail(daemon, "tail", "-f", "a", address=address)
            log.wait("first")
            os.truncate(daemon.file("out"), 0)
            log.wait("first" + TRUNCATED)
            append(daemon, "out", b"next")
            log.wait("first" + TRUNCATED + "next")
            tap.same(log.end(), (0, "first" + TRUNCATED + "next\n"))


def without_proc():
    """A command that runs another one where there is no /proc, and so no way to watch a file of
    which there is a descriptor only."""
    command = ["unshare", "-m" if os.getuid() == 0 else "-Urm", "sh", "-c",
               'mount -t tmpfs none /proc && exec "$@"', "sh"]
    probe = subprocess.run(command + [program("busvisorctl"), "--version"], check=False,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if probe.returncode != 0:
        raise tap.Skip("no mount namespaces here, or a sanitizer that does not live without /proc")
    return command


@tap.case("tail -f where changes of files are not told: it looks now and then")
def polling():
    with Daemon(PROGRAMS) as daemon:
        daemon.connect()
        write(daemon, "out", b"1")
        log = Tail(daemon, "tail", "-f", "a", before=without_proc())
        log.wait("1")
        append(daemon, "out", b"2")
        log.wait("12")
        os.rename(daemon.file("out"), daemon.file("out.moved"))
        write(daemon, "out", b"3")
        log.wait("123")
        os.truncate(daemon.file("out"), 0)
        log.wait("123" + TRUNCATED)
        append(daemon, "out", b"4")
        log.wait("123" + TRUNCATED + "4")
        tap.same(log.end(), (0, "123" + TRUNCATED + "4\n"))


@tap.case("tail -f goes on over a stop, a start and another configuration")
def over_restarts():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        write(daemon, "out", b"old ")
        log = Tail(daemon, "tail", "-f", "a")
        log.wait("old ")
        for method in ("Start", "Stop"):
            connection.call(process_path("a"), PROCESS, method, "t", (0,))
        append(daemon, "out", b"stopped ")
        log.wait("old stopped ")
        daemon.write("supervisord.conf", daemon.sections.replace("(here)s/out", "(here)s/other"))
        token = connection.call(ROOT, MANAGER, "PlanReload")[0]
        write(daemon, "other", b"new")
        connection.call(ROOT, MANAGER, "ApplyReload", "sast", (token, [], 0))
        log.wait("old stopped new")
        tap.same(log.end(), (0, "old stopped new\n"))


@tap.case("maintail -f, and the end of the daemon ends it")
def follow_main():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        log = Tail(daemon, "maintail", "-f")
        connection.call(ROOT, MANAGER, "ReopenLogs")
        processes.wait_for(lambda: "supervisord logreopen\n" in daemon.read("tail"), "the log")
        daemon.process.terminate()
        tap.same(log.process.wait(processes.WAIT_LIMIT), 4)
        text = daemon.read("tail")
        tap.check(text.endswith("busvisorctl: busvisord is gone\n"), text)
        tap.check("received SIGTERM indicating exit request" in text, text)


@tap.case("tail -f ends when nobody reads it any more")
def closed():
    with Daemon(PROGRAMS) as daemon:
        daemon.connect()
        write(daemon, "out", b"text")
        with subprocess.Popen([program("busvisorctl"), "--address=" + daemon.address, "tail", "-f",
                               "a"], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
                              env=clean_environment()) as process:
            tap.same(process.stdout.readline().decode(), BANNER)
            process.stdout.close()
            process.wait(processes.WAIT_LIMIT)


tap.run()
