"""The files behind the logs: backups, and everything that can happen to a file or its folder."""

import contextlib
import glob
import gzip
import os
import re
import shutil
import signal
import stat
import subprocess
import time

import processes
import tap
from busvisor import IDENTIFIER, Daemon, program
from bus import PROCESS, process_path


def start(daemon, name="writer"):
    """Runs a program to its end."""
    connection = daemon.connect()
    connection.call(process_path(name), PROCESS, "Start", "t", (0,))
    connection.wait_state("EXITED", name)
    return connection


def backups(daemon, name="out"):
    return sorted(n for n in os.listdir(daemon.path) if n.startswith(name + "."))


@tap.case("backups are compressed by a child")
def compression():
    with Daemon("""
            [program:writer]
            command=/bin/sh -c 'for i in 1 2 3 4 5; do echo "line $i"; sleep 0.05; done'
            autostart=false
            autorestart=false
            startsecs=0
            stdout_logfile=%(here)s/out
            stdout_logfile_maxbytes=4
            stdout_logfile_compress=gzip
            """) as daemon:
        start(daemon)
        processes.wait_for(lambda: all(n.endswith(".gz") for n in backups(daemon)),
                           lambda: "compression of all of %s" % backups(daemon))
        text = ""
        for number in range(len(backups(daemon)), 0, -1):
            with gzip.open(daemon.file("out.%d.gz" % number), "rt", encoding="ascii") as stream:
                text += stream.read()
        tap.same(text + daemon.read("out"), "".join("line %d\n" % i for i in range(1, 6)))


class WithPath(Daemon):
    """Finds only the programs that are named."""

    def start(self):
        os.mkdir(self.file("bin"))
        for name in ("dbus-daemon", "sleep"):
            os.symlink(shutil.which(name), self.file("bin/" + name))
        self.environment["PATH"] = self.file("bin")
        super().start()


@tap.case("a compressor that is missing is said once, and the backups stay")
def no_compressor():
    with WithPath("""
            [program:writer]
            command=/bin/sh -c 'for i in 1 2 3; do echo "line $i"; sleep 0.05; done'
            autostart=false
            autorestart=false
            startsecs=0
            stdout_logfile=%(here)s/out
            stdout_logfile_maxbytes=4
            stdout_logfile_compress=zstd
            """) as daemon:
        start(daemon)
        daemon.wait_log(r"WARN zstd is not installed: .*/out\.\d and other backups of logs stay "
                        r"uncompressed$")
        tap.check("out.1" in backups(daemon), backups(daemon))
        tap.same(len(daemon.wait_log("zstd is not installed")), 1)


@tap.case("rotation by the clock, of what an earlier run left")
def by_time():
    with Daemon("""
            [program:writer]
            command=/bin/echo new
            autostart=false
            autorestart=false
            startsecs=0
            stdout_logfile=%(here)s/out
            stdout_logfile_rotate_every=1d
            """) as daemon:
        long_ago = time.time() - 3 * 24 * 60 * 60
        os.utime(daemon.write("out", "old\n"), (long_ago, long_ago))
        start(daemon)
        tap.same((daemon.read("out"), daemon.read("out.1")), ("new\n", "old\n"))
        start(daemon)
        tap.same((daemon.read("out"), backups(daemon)), ("new\nnew\n", ["out.1"]))


@tap.case("the main log is rotated by the clock and compressed too")
def main_log():
    with Daemon("[program:writer]\ncommand=/bin/true\nautostart=false\n",
                ("--bus", "private")) as daemon:
        daemon.connect()
        daemon.process.terminate()
        daemon.wait_end()
        long_ago = time.time() - 3 * 24 * 60 * 60
        os.utime(daemon.write("main.log", "old\n"), (long_ago, long_ago))
        daemon.write("supervisord.conf", daemon.sections.replace(
            "loglevel=debug", "loglevel=debug\nlogfile_rotate_every=1d\nlogfile_compress=gzip"))
        daemon.start()
        daemon.wait_log("INFO supervisord started with pid")
        daemon.wait_file("main.log.1.gz")
        with gzip.open(daemon.file("main.log.1.gz"), "rt", encoding="ascii") as stream:
            tap.same(stream.read(), "old\n")


TALKER = """
[program:talker]
command=/bin/sh -c 'i=0; while :; do echo "line $i"; i=$((i+1)); sleep 0.02; done'
stdout_logfile=%(here)s/logs/out
startsecs=0
"""


class Talker(Daemon):
    """A program that talks all the time, into a folder of its own."""

    def __init__(self, sections=TALKER):
        super().__init__(sections)

    def start(self):
        os.makedirs(self.file("logs"), exist_ok=True)
        super().start()

    def wait_text(self):
        processes.wait_for(lambda: "line" in self.read("logs/out"), "a line in the log")

    def remove_folder(self):
        """The daemon may make a file in it meanwhile."""
        def gone():
            shutil.rmtree(self.file("logs"), ignore_errors=True)
            return not os.path.exists(self.file("logs"))
        processes.wait_for(gone, "the end of the folder")

    def still_runs(self, pid):
        tap.same(self.buses[0].get(process_path("talker"), PROCESS, "Pid"), pid)


@tap.case("a log that is deleted is made anew, and so is one whose folder was")
def deleted():
    with Talker() as daemon:
        connection = daemon.connect()
        daemon.wait_text()
        pid = connection.get(process_path("talker"), PROCESS, "Pid")
        os.unlink(daemon.file("logs/out"))
        daemon.wait_text()
        daemon.remove_folder()
        daemon.wait_log(r"ERRO cannot write to .*/logs/out: No such file or directory; what goes "
                        r"there is lost$")
        os.mkdir(daemon.file("logs"))
        daemon.wait_text()
        match = daemon.wait_log(r"WARN writing to .*/logs/out again; (\d+) bytes were lost$")
        tap.check(int(match[0].group(1)) > 0, match[0].group(0))
        daemon.still_runs(pid)
        tap.same(len(daemon.wait_log("cannot write to")), 1)


@tap.case("a folder that is not there when a program starts comes later")
def folder_comes():
    with Talker(TALKER + "autostart=false\n") as daemon:
        connection = daemon.connect()
        daemon.remove_folder()
        connection.call(process_path("talker"), PROCESS, "Start", "t", (0,))
        daemon.wait_log(r"ERRO cannot open the log .*/logs/out: No such file or directory; trying "
                        r"again with what is written$")
        daemon.wait_log("ERRO cannot write to")
        os.mkdir(daemon.file("logs"))
        daemon.wait_file("logs/out")
        daemon.wait_log(r"WARN writing to .*/logs/out again; \d+ bytes were lost$")


class FullDisk(Talker):
    """The folder is a disk of one page."""

    def start(self):
        super().start()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", self.file("logs")],
                       check=True)

    def __exit__(self, kind, error, trace):
        subprocess.run(["umount", "-l", self.file("logs")], check=False)
        super().__exit__(kind, error, trace)


@tap.case("a full disk stops nothing")
def full_disk():
    # In containers not even root may.
    if os.geteuid() != 0 or subprocess.run(["unshare", "--mount", "true"], check=False,
                                           stderr=subprocess.DEVNULL).returncode != 0:
        raise tap.Skip("a disk cannot be mounted here")
    with FullDisk(TALKER.replace("sleep 0.02", "sleep 0.001")) as daemon:
        connection = daemon.connect()
        pid = connection.get(process_path("talker"), PROCESS, "Pid")
        daemon.wait_log(r"ERRO cannot write to .*/logs/out: No space left on device; what goes "
                        r"there is lost$")
        # Room, as somebody makes it who empties the file.
        os.truncate(daemon.file("logs/out"), 0)
        daemon.wait_log(r"WARN writing to .*/logs/out again; \d+ bytes were lost$")
        daemon.wait_text()
        daemon.still_runs(pid)
        for line in daemon.read("logs/out").splitlines()[:-1]:
            tap.check(re.fullmatch(r"line \d+", line), "torn line: %r" % line)


def automatic(folder):
    return set(glob.glob(os.path.join(folder, "talker-std*---%s-*.log*" % IDENTIFIER)))


AUTOMATIC = TALKER.replace("stdout_logfile=%(here)s/logs/out\n", "")


@contextlib.contextmanager
def second_of(daemon):
    """Another instance of the same identifier and childlogdir."""
    file = daemon.write("second.conf", daemon.sections.replace("/main.log", "/second.log").replace(
        "/pid", "/second.pid"))
    os.makedirs(daemon.file("run2"), exist_ok=True)
    process = subprocess.Popen(
        [program("busvisord"), "-n", "-s", "-c", file, "--bus", "private"], cwd=daemon.path,
        stdin=subprocess.DEVNULL, env=dict(
            daemon.environment, RUNTIME_DIRECTORY=daemon.file("run2"), STATE_DIRECTORY=daemon.file("run2")))
    try:
        yield process
    finally:
        process.terminate()
        tap.same(process.wait(processes.WAIT_LIMIT), 0)


@tap.case("a second instance leaves the AUTO logs of the first alone, and the last one cleans")
def second_instance():
    with Daemon(AUTOMATIC) as first:
        first.connect()
        ours = automatic(first.path)
        tap.same(len(ours), 2)
        with second_of(first) as second:
            for starts in (1, 2):
                processes.wait_for(lambda n=starts: first.read("second.log").count(
                    "supervisord started with pid") == n, "start %d of the second" % starts)
                processes.wait_for(lambda: len(automatic(first.path)) >= 4, "AUTO logs")
                tap.same(automatic(first.path) & ours, ours)
                second.send_signal(signal.SIGHUP)
        tap.same(automatic(first.path) & ours, ours)
        first.process.terminate()
        first.wait_end()
        first.start()
        first.connect()
        tap.same((len(automatic(first.path)), automatic(first.path) & ours), (2, set()))


class AsNobody(Daemon):
    """Becomes another user, so that there is no runtime folder of a fixed name."""

    def start(self):
        for name in ("RUNTIME_DIRECTORY", "STATE_DIRECTORY"):
            self.environment.pop(name, None)
        shutil.chown(self.path, "nobody")
        super().start()


@tap.case("AUTO logs are cleaned where the daemon becomes another user")
def cleanup_as_user():
    if os.geteuid() != 0:
        raise tap.Skip("only root can become another user")
    sections = AsNobody(AUTOMATIC)
    sections.sections = sections.sections.replace("loglevel=debug", "loglevel=info\nuser=nobody")
    with sections as daemon:
        daemon.wait_log("on the bus as")
        left = automatic(daemon.path)
        tap.same(len(left), 2)
        daemon.process.terminate()
        daemon.wait_end()
        tap.same(automatic(daemon.path), left)
        tap.same(glob.glob(daemon.file(".busvisor*")), [])
        daemon.start()
        daemon.wait_log("on the bus as", count=2)
        tap.same((len(automatic(daemon.path)), automatic(daemon.path) & left), (2, set()))


@tap.case("an AUTO log that comes again is as private as before")
def private_again():
    with Daemon(AUTOMATIC) as daemon:
        daemon.connect()
        path = [p for p in automatic(daemon.path) if "-stdout-" in p][0]
        os.rename(path, daemon.file("away"))
        daemon.process.send_signal(signal.SIGUSR2)
        daemon.wait_file(os.path.basename(path))
        tap.same(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        os.unlink(path)
        daemon.wait_file(os.path.basename(path))
        tap.same(stat.S_IMODE(os.stat(path).st_mode), 0o600)


tap.run()
