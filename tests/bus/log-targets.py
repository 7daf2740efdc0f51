"""Logs that are no files: what stands behind busvisord's own stdout, whoever it belongs to."""

import json
import os
import pwd
import shutil
import socket
import subprocess
import threading

import processes
import tap
from busvisor import Daemon, Folder, program
from bus import PROCESS, process_path

LINES = 100000

WRITER = """
[program:writer]
command=/bin/sh -c 'seq 1 %d; echo end; exec sleep 1000'
autostart=false
autorestart=false
startsecs=0
stdout_logfile=/dev/stdout

[program:other]
command=/bin/sh -c 'echo hello'
autostart=false
autorestart=false
startsecs=0
stdout_logfile=%%(here)s/other
""" % LINES

EXPECTED = "".join("%d\n" % i for i in range(1, LINES + 1)) + "end\n"


class Reader(threading.Thread):
    """Reads a descriptor to its end."""

    def __init__(self, fd):
        super().__init__(daemon=True)
        self.fd = fd
        self.data = b""

    def run(self):
        while True:
            part = os.read(self.fd, 65536)
            if not part:
                return
            self.data += part

    @property
    def text(self):
        return self.data.decode()


class WithStdout(Daemon):
    """Says nothing itself on the stdout that it is given."""

    def __init__(self, sections, end, user=None, arguments=("--bus", "private", "-s")):
        super().__init__(sections, arguments)
        self.end = end
        if user:
            self.sections = self.sections.replace("loglevel=debug", "loglevel=info\nuser=" + user)
        self.user = user

    def start(self):
        if self.user:
            for folder in (self.path, self.file("run"), self.file("state")):
                shutil.chown(folder, self.user)
        with open(self.file("stderr"), "ab") as err:
            self.process = subprocess.Popen(
                [program("busvisord"), "-n", "-c", self.configuration] + self.arguments,
                cwd=self.path, stdout=self.end, stderr=err, stdin=subprocess.DEVNULL,
                env=self.environment)
        os.close(self.end)


def start(connection, name):
    connection.call(process_path(name), PROCESS, "Start", "t", (0,))


def run_stalled(daemon, reading_end):
    """The writer waits for its reader; nobody else does, and nothing is lost."""
    connection = daemon.connect()
    start(connection, "writer")
    start(connection, "other")
    connection.wait_state("EXITED", "other")
    tap.same(daemon.read("other"), "hello\n")
    reader = Reader(reading_end)
    reader.start()
    processes.wait_for(lambda: reader.text.endswith("end\n"), "the last line")
    tap.same(reader.text == EXPECTED, True)
    for name in os.listdir(daemon.path):
        tap.check(not name.startswith("stdout."), "something was rotated")


@tap.case("a pipe")
def pipe():
    ends = os.pipe()
    with WithStdout(WRITER, ends[1]) as daemon:
        run_stalled(daemon, ends[0])


@tap.case("a pipe of root's, for a daemon that has become another user")
def pipe_of_root():
    if os.geteuid() != 0:
        raise tap.Skip("only root can become another user")
    ends = os.pipe()
    with WithStdout(WRITER, ends[1], user=pwd.getpwnam("nobody").pw_name) as daemon:
        run_stalled(daemon, ends[0])


@tap.case("a socket, which cannot be opened")
def stream_socket():
    ends = socket.socketpair()
    with WithStdout(WRITER, ends[1].detach()) as daemon:
        run_stalled(daemon, ends[0].detach())


@tap.case("a file that was opened without appending, and is written to by others too")
def shared_file():
    with Folder() as folder:
        path = folder.file("shared")
        end = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        ours = os.dup(end)
        with WithStdout(WRITER.replace("seq 1 %d" % LINES, "echo begin"), end) as daemon:
            os.write(ours, b"first\n")
            connection = daemon.connect()
            start(connection, "writer")
            processes.wait_for(lambda: "end" in folder.read("shared"), "the last line")
            os.write(ours, b"last\n")
        os.close(ours)
        tap.same(folder.read("shared"), "first\nbegin\nend\nlast\n")


@tap.case("the main log on a pipe, which has nothing to rotate")
def main_log():
    ends = os.pipe()
    with WithStdout("", ends[1]) as daemon:
        reader = Reader(ends[0])
        reader.start()
        daemon.connect()
        daemon.process.terminate()
        daemon.wait_end()
        # What the tests usually have is a file.
        tap.same(reader.text, "")
    ends = os.pipe()
    sections = WithStdout("", ends[1])
    sections.sections = sections.sections.replace("%(here)s/main.log", "/dev/stdout").replace(
        "loglevel=debug", "loglevel=info\nlogfile_maxbytes=10\nlogfile_format=json")
    with sections as daemon:
        reader = Reader(ends[0])
        reader.start()
        daemon.connect()
        processes.wait_for(lambda: "on the bus as" in reader.text, "lines of the main log")
    reader.join(processes.WAIT_LIMIT)
    records = [json.loads(line) for line in reader.text.splitlines()]
    tap.same({tuple(sorted(r)) for r in records}, {("level", "message", "time")})
    tap.check(any("supervisord started with pid" in r["message"] for r in records), records)


tap.run()
