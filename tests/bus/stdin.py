"""Writing to the stdin of programs."""

import os

import processes
import tap
from busvisor import HERE, PYTHON, Daemon
from bus import ERROR, NO_WAIT, PROCESS, process_path

KIB_64 = 64 * 1024

PROGRAMS = """
[program:copies]
command=/bin/sh -c 'exec cat > %(here)s/copy'
autostart=false
startsecs=0

[program:waits]
command=/bin/sh -c 'while ! test -e %(here)s/go; do sleep 0.05; done; exec cat > %(here)s/copy'
autostart=false
startsecs=0

[program:shut]
command=/bin/sh -c 'exec 0<&-; touch %(here)s/shut; exec sleep 1000'
autostart=false
startsecs=0

[program:deaf]
command=/bin/sh -c 'trap "" TERM; touch %(here)s/deaf; exec sleep 1000'
autostart=false
startsecs=0
stopwaitsecs=1

[fcgi-program:web]
command=/bin/sleep 1000
socket=unix://%(here)s/web.sock
autostart=false
startsecs=0
"""


def write(connection, name, data):
    connection.call(process_path(name), PROCESS, "WriteStdin", "ay", (data,))


def write_error(connection, name, data=b"x"):
    return connection.call_error(process_path(name), PROCESS, "WriteStdin", "ay", (data,))


def wait_copy(daemon, expected):
    def copy():
        with open(daemon.file("copy"), "rb") as file:
            return file.read()
    processes.wait_for(lambda: os.path.exists(daemon.file("copy")) and len(copy()) >= len(expected),
                       "the copy")
    tap.check(copy() == expected, "the copy is not what was written")


@tap.case("bytes arrive, whatever they are")
def arrives():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        connection.start("copies")
        for data in (b"line\n", b"", bytes(range(256)), "\u00e4\n".encode()):
            write(connection, "copies", data)
        wait_copy(daemon, b"line\n" + bytes(range(256)) + "\u00e4\n".encode())


@tap.case("what the pipe does not take follows when the program reads; more than fits is refused whole")
def queue():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        connection.start("waits")
        expected = b""
        for i in range(4):
            data = bytes([i]) * 30000
            try:
                write(connection, "waits", data)
                expected += data
            except Exception as error:
                raise AssertionError("refused after %d bytes: %s" % (len(expected), error)) from error
        tap.check(len(expected) > KIB_64, "the pipe took it all")
        tap.same(write_error(connection, "waits", bytes(KIB_64)), ERROR + "StdinFull")
        write(connection, "waits", b"end")
        daemon.write("go", "")
        wait_copy(daemon, expected + b"end")
        write(connection, "waits", bytes(KIB_64))
        wait_copy(daemon, expected + b"end" + bytes(KIB_64))


@tap.case("the errors")
def errors():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        tap.same(write_error(connection, "copies"), ERROR + "NotRunning", "never started")
        connection.start("shut")
        daemon.wait_file("shut")
        tap.same(write_error(connection, "shut"), ERROR + "NoFile", "closed")
        connection.start("deaf")
        daemon.wait_file("deaf")
        connection.call(process_path("deaf"), PROCESS, "Stop", "t", (NO_WAIT,))
        tap.same(write_error(connection, "deaf"), ERROR + "NotRunning", "being stopped")
        connection.start("web")
        tap.same(write_error(connection, "web"), ERROR + "NoFile", "a socket")


@tap.case("the stdin of a listener belongs to the listener-host")
def listener():
    with Daemon("""
[eventlistener:watch]
command=%s %s/recorder.py %%(here)s/events
events=PROCESS_STATE_EXITED

[program:job]
command=/bin/true
autorestart=false
startsecs=0
""" % (PYTHON, HERE)) as daemon:
        connection = daemon.connect()
        daemon.wait_file("events")
        tap.same(write_error(connection, "watch"), ERROR + "Failed")


tap.run()
