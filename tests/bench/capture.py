"""Capture: the output of a program that prints as fast as it can, into a log that is rotated.

    make bench BENCH=capture
    BUSVISOR_BUILD=build /usr/bin/python3 -B tests/bench/capture.py --mebibytes 1024

Beside Supervisor, svlogd (Debian package runit), s6-log (package s6) and two bare loops, on tmpfs
and on disk, in writes of three sizes. The time is the writer's own; the CPU time that of whoever
takes the bytes. Each has its default pipe, and ten old logs of 50 MB.
"""

import os
import shutil
import signal
import subprocess
import tempfile

import measure
import processes
from both import Busvisor, Supervisor
from busvisor import Folder

PROGRAM = """
[program:writer]
command=%s
autorestart=false
startsecs=0
stdout_logfile=%%(here)s/log
stdout_logfile_maxbytes=50MB
stdout_logfile_backups=10
"""
FILE_BYTES, FILES = 50 * 1024 * 1024, 10
SIZES = (64 * 1024, 4096, 100)
PATIENCE = 300  # seconds
READING, SPLICING = "read/write", "splice"


def writer_command(folder, size, mebibytes):
    return [measure.own_program("writer"), str(mebibytes << 20), str(size),
            folder.file("go"), folder.file("done")]


def make_fifos(folder):
    for name in ("go", "done"):
        os.mkfifo(folder.file(name))


def on_alarm(_signal, _frame):
    raise TimeoutError("the writer has not come to its end")


def run_writer(folder, mebibytes, cpu):
    """Lets it begin and waits for its end; cpu() is asked before and after."""
    signal.alarm(PATIENCE)
    with open(folder.file("go"), "wb"):
        before = cpu()
    with open(folder.file("done"), encoding="ascii") as done:
        seconds = float(done.read())
    signal.alarm(0)
    used = cpu() - before
    return {"rate": mebibytes * 1.048576 / seconds,
            "cpu": used / 1000 / (mebibytes * 1.048576 / 1000)}


def supervised(kind, size, mebibytes):
    with tempfile.TemporaryDirectory() as name:
        fifos = Folder()
        fifos.path = name
        make_fifos(fifos)
        command = " ".join(writer_command(fifos, size, mebibytes))
        with kind(PROGRAM % command) as run:
            found = run_writer(fifos, mebibytes, lambda: measure.total_cpu_ms(run))
            run.end()
    processes.end_all_below(os.getpid())
    return found


def piped(command, size, mebibytes):
    """command: the folder to the command line of what reads the pipe."""
    with Folder() as folder:
        make_fifos(folder)
        with subprocess.Popen(writer_command(folder, size, mebibytes),
                              stdout=subprocess.PIPE) as writer, \
             subprocess.Popen(command(folder), stdin=writer.stdout) as reader:
            writer.stdout.close()
            return run_writer(folder, mebibytes, lambda: measure.cpu_ms(reader.pid))


def svlogd(folder):
    os.mkdir(folder.file("log"))
    folder.write("log/config", "s%d\nn%d\n" % (FILE_BYTES, FILES))
    return ["svlogd", "-b", "65536", folder.file("log")]


def s6_log(folder):
    return ["s6-log", "n%d" % FILES, "s%d" % FILE_BYTES, folder.file("log")]


def bare(kind):
    return lambda folder: [measure.own_program("bare-capture"), kind, folder.file("log"),
                           str(FILE_BYTES), str(FILES)]


def lanes(size, mebibytes):
    work = (size, mebibytes)
    found = {measure.THEIRS: lambda: supervised(Supervisor, *work)}
    for command in (svlogd, s6_log):
        name = command.__name__.replace("_", "-")
        if shutil.which(name):
            found[name] = lambda command=command: piped(command, *work)
    found[measure.OURS] = lambda: supervised(Busvisor, *work)
    found[READING] = lambda: piped(bare("read"), *work)
    found[SPLICING] = lambda: piped(bare("splice"), *work)
    return found


def bench(place, folder, options):
    tempfile.tempdir = folder
    rates, costs = (measure.Table(
        *lanes(0, 0), against={"to supervisors": (measure.THEIRS, "svlogd", "s6-log"),
                               "to bare loops": (READING, SPLICING)}) for _ in range(2))
    for size in SIZES:
        found = measure.medians(options.rounds, lanes(size, options.mebibytes))
        what = "%s, writes of %d bytes: " % (place, size)
        rates.add_figure(what + "rate", "MB/s", found, "rate", more_is_better=True)
        costs.add_figure(what + "CPU", "s/GB", found, "cpu")
    rates.print()
    costs.print()


def main():
    options = measure.arguments("measures how output gets into logs", rounds=5, mebibytes=256,
                                tmpfs="/dev/shm", disk=os.path.abspath(os.environ["BUSVISOR_BUILD"]))
    signal.signal(signal.SIGALRM, on_alarm)
    for name in ("svlogd", "s6-log"):
        if not shutil.which(name):
            print("%s is not installed; see tools/install-dependencies --bench" % name)
    bench("tmpfs", options.tmpfs, options)
    bench("disk", options.disk, options)


main()
