"""What programs write ends in their files, and the main log is Supervisor's line by line."""

import glob
import os
import re
import stat

import tap
from busvisor import IDENTIFIER, Daemon
from bus import PROCESS, process_path

LINE = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (CRIT|ERRO|WARN|INFO|DEBG|TRAC|BLAT) .*$")


def start(daemon, name):
    """Runs a program to its end."""
    connection = daemon.connect()
    connection.call(process_path(name), PROCESS, "Start", "t", (0,))
    connection.wait_state("EXITED", name)
    return connection


@tap.case("stdout and stderr into files of their own, to the last byte")
def files():
    with Daemon(r"""
            [program:writer]
            command=/bin/sh -c 'printf "out\000\377"; printf err >&2; printf more'
            autostart=false
            autorestart=false
            startsecs=0
            stdout_logfile=%(here)s/out
            stderr_logfile=%(here)s/err
            """) as daemon:
        connection = start(daemon, "writer")
        with open(daemon.file("out"), "rb") as out, open(daemon.file("err"), "rb") as err:
            tap.same((out.read(), err.read()), (b"out\0\xffmore", b"err"))
        values = connection.get_all(process_path("writer"), PROCESS)
        tap.same((values["StdoutLogFile"], values["StderrLogFile"]),
                 (daemon.file("out"), daemon.file("err")))


@tap.case("a second run appends")
def append():
    with Daemon("""
            [program:writer]
            command=/bin/echo line
            autostart=false
            autorestart=false
            startsecs=0
            stdout_logfile=%(here)s/out
            """) as daemon:
        for count in (1, 2):
            start(daemon, "writer")
            tap.same(daemon.read("out"), "line\n" * count)


@tap.case("redirect_stderr")
def redirect():
    with Daemon("""
            [program:writer]
            command=/bin/sh -c 'echo one; echo two >&2; echo three'
            autostart=false
            autorestart=false
            startsecs=0
            redirect_stderr=true
            stdout_logfile=%(here)s/out
            """) as daemon:
        start(daemon, "writer")
        tap.same(daemon.read("out"), "one\ntwo\nthree\n")
        tap.same(glob.glob(daemon.file("writer-stderr*")), [])


@tap.case("AUTO files")
def automatic():
    with Daemon("""
            [program:writer]
            command=/bin/echo hello
            autostart=false
            autorestart=false
            startsecs=0
            """) as daemon:
        connection = start(daemon, "writer")
        found = glob.glob(daemon.file("writer-stdout---%s-*.log" % IDENTIFIER))
        tap.same(len(found), 1)
        name = os.path.basename(found[0])
        tap.check(re.fullmatch(r"writer-stdout---%s-\w{8}\.log" % IDENTIFIER, name), name)
        tap.same(stat.S_IMODE(os.stat(found[0]).st_mode), 0o600)
        with open(found[0], encoding="ascii") as stream:
            tap.same(stream.read(), "hello\n")
        tap.same(connection.get(process_path("writer"), PROCESS, "StdoutLogFile"), found[0])
        tap.same(len(glob.glob(daemon.file("writer-stderr---%s-*.log" % IDENTIFIER))), 1)


@tap.case("the AUTO files of the last run are removed")
def automatic_cleanup():
    with Daemon("[program:writer]\ncommand=/bin/sleep 1000\n") as daemon:
        daemon.connect()
        pattern = daemon.file("writer-std*---%s-*.log*" % IDENTIFIER)
        first = set(glob.glob(pattern))
        tap.same(len(first), 2)
        daemon.process.terminate()
        daemon.wait_end()
        daemon.start()
        daemon.connect()
        second = set(glob.glob(pattern))
        tap.same((len(second), len(first & second)), (2, 0))


@tap.case("rotation by size")
def rotation():
    with Daemon("""
            [program:writer]
            command=/bin/sh -c 'for i in $(seq 40); do echo "0123456789012345678"; sleep 0.01; done'
            autostart=false
            autorestart=false
            startsecs=0
            stdout_logfile=%(here)s/out
            stdout_logfile_maxbytes=200
            stdout_logfile_backups=2
            """) as daemon:
        start(daemon, "writer")
        names = sorted(os.listdir(daemon.path))
        tap.same([n for n in names if n.startswith("out")], ["out", "out.1", "out.2"])
        tap.check(len(daemon.read("out.1")) >= 200, "rotated too early")


@tap.case("no file at all")
def none():
    with Daemon("""
            [program:writer]
            command=/bin/sh -c 'head -c 1000000 /dev/zero; echo done >&2'
            autostart=false
            autorestart=false
            startsecs=0
            stdout_logfile=NONE
            stderr_logfile=%(here)s/err
            """) as daemon:
        connection = start(daemon, "writer")
        tap.same(daemon.read("err"), "done\n")
        tap.same(connection.get(process_path("writer"), PROCESS, "StdoutLogFile"), "")


@tap.case("a megabyte, whole")
def large():
    with Daemon("""
            [program:writer]
            command=/bin/sh -c 'seq 1 150000'
            autostart=false
            autorestart=false
            startsecs=0
            stdout_logfile=%(here)s/out
            stdout_logfile_maxbytes=0
            """) as daemon:
        start(daemon, "writer")
        tap.same(daemon.read("out") == "".join("%d\n" % i for i in range(1, 150001)), True)


@tap.case("every line of the main log has Supervisor's form")
def main_log():
    with Daemon("""
            [program:good]
            command=/bin/true
            autorestart=false
            startsecs=0

            [program:stays]
            command=/bin/sleep 1000
            startsecs=1
            """) as daemon:
        connection = daemon.connect()
        pid = daemon.process.pid
        daemon.wait_log(r"INFO supervisord started with pid %d$" % pid)
        daemon.wait_log(r"INFO spawned: 'good' with pid \d+$")
        daemon.wait_log(r"INFO success: good entered RUNNING state, process has stayed up for > "
                        r"than 0 seconds \(startsecs\)$")
        daemon.wait_log(r"INFO exited: good \(exit status 0; expected\)$")
        daemon.wait_log(r"INFO success: stays entered RUNNING state, process has stayed up for > "
                        r"than 1 seconds \(startsecs\)$")
        connection.call(process_path("stays"), PROCESS, "Stop", "t", (0,))
        daemon.wait_log(r"(WARN|INFO) stopped: stays \(terminated by SIGTERM\)$")
        for line in daemon.read("main.log").splitlines():
            tap.check(LINE.match(line), "odd line: %r" % line)
        shown = [l for l in daemon.read("stdout").splitlines() if l]
        tap.check(shown, "nothing on stdout in spite of -n")
        logged = set(daemon.read("main.log").splitlines())
        tap.same([l for l in shown if l not in logged], [], "on stdout only")


tap.run()
