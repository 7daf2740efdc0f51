"""Reading logs: the bytes that Supervisor's own functions read, and the lines of its control program.
"""

import os
import random
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bus"))

import processes  # noqa: E402
import tap  # noqa: E402
from both import Busvisor, Supervisor, need_supervisor  # noqa: E402
from bus import ERROR, PROCESS, BusError, process_path  # noqa: E402
from busvisor import Daemon, clean_environment  # noqa: E402

PROGRAMS = r"""
[program:a]
command=/bin/cat
autostart=false
stdout_logfile=%(here)s/out
stderr_logfile=%(here)s/err

[program:none]
command=/bin/cat
autostart=false
stdout_logfile=NONE
stderr_logfile=%(here)s/missing

[program:many]
command=/bin/cat
process_name=m%(process_num)d
numprocs=2
startsecs=0
stdout_logfile=%(here)s/%(process_num)d.out
"""


def numbers(size):
    """Offsets and lengths around everything that could matter, and some more."""
    edges = {0, 1, 2, size - 1, size, size + 1, 2 * size}
    chosen = random.Random(size)
    return sorted(edges | {-n for n in edges} |
                  {chosen.randrange(-2 * size, 2 * size) for _ in range(10)})


def our_answer(connection, member, offset, length):
    try:
        reply = connection.call(process_path("a"), PROCESS, member, "sxx",
                                ("stdout", offset, length))
    except BusError as error:
        return error.name.replace(ERROR, "")
    return (bytes(reply[0]), *reply[1:])


def their_read(file, offset, length):
    from supervisor.options import readFile
    try:
        return readFile(file, offset, length)
    except ValueError as error:
        return {"BAD_ARGUMENTS": "BadArguments", "FAILED": "Failed"}[error.args[0]]


def their_tail(file, offset, length):
    from supervisor.options import tailFile
    text, size, overflow = tailFile(file, offset, length)
    return text.encode(), size, overflow


@tap.case("any offset and length, compared with Supervisor's functions")
def bytes_read():
    need_supervisor()
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        for size in (0, 1, 10, 1000):
            file = daemon.write("out", "".join(chr(32 + i % 90) for i in range(size)))
            for offset in numbers(size or 1):
                for length in numbers(size or 1):
                    ours = our_answer(connection, "ReadLog", offset, length)
                    theirs = their_read(file, offset, length)
                    what = "%d, %d of %d" % (offset, length, size)
                    tap.same(ours[0] if isinstance(ours, tuple) else ours, theirs, what)
                    if isinstance(ours, tuple) and ours[0]:
                        tap.same(ours[1], offset if offset >= 0 else max(0, size + offset), what)
                    tap.same(our_answer(connection, "TailLog", offset, length),
                             their_tail(file, offset, length), what)


def in_both(steps):
    """What the steps, given a run, answer under each."""
    need_supervisor()
    told = []
    for kind in (Supervisor, Busvisor):
        with kind(PROGRAMS) as run:
            def all_run():
                return run.control("status", "many:*").stdout.count("RUNNING") == 2
            processes.wait_for(all_run, "the programs under " + kind.__name__)
            told.append(list(steps(run)))
            run.end()
    tap.check(told[0], "nothing was compared")
    tap.same(told[1], told[0])
    return told[0]


def outcome(result):
    return result.returncode, result.stdout


def first_line(result):
    return result.returncode, result.stdout.splitlines()[0]


@tap.case("tail of what is there")
def tail():
    def steps(run):
        run.write("out", "".join("line %04d\n" % i for i in range(400)))
        run.write("err", "not much\n")
        for arguments in (["a"], ["-10", "a"], ["-0", "a"], ["-100000", "a"], ["a", "stderr"],
                          ["a", "STDOUT"], ["-3", "a", "Stderr"], ["a:a"], ["many:m1"]):
            yield outcome(run.control("tail", *arguments))
        yield outcome(run.control("tail -5 a"))
        run.write("out", "")
        yield outcome(run.control("tail", "a"))
    told = in_both(steps)
    tap.same([len(text) for _, text in told[:4]], [1601, 11, 4001, 4001])


@tap.case("tail and maintail with mistakes")
def mistakes():
    def steps(run):
        for arguments in (["nobody"], ["a:b"], ["none"], ["none", "stderr"], ["many"], ["many:*"],
                          ["a", "stdin"], ["-x", "a"], ["-", "a"], ["-f"], ["-10"]):
            yield outcome(run.control("tail", *arguments))
        for line in ("tail", "tail a b c d", "maintail -1 -2"):
            yield first_line(run.control(line))
        for word in ("x", "-x", "-"):
            yield outcome(run.control("maintail", word))
    in_both(steps)


@tap.case("maintail")
def maintail():
    def steps(run):
        for word in ("-10", "-1", "-0"):
            result = run.control("maintail", word)
            log = run.read("main.log")
            yield result.returncode, result.stdout == log[-int(word[1:]):] + "\n"
        yield len(run.control("maintail").stdout) > 10
    tap.same(in_both(steps)[0], (0, True))


@tap.case("clear")
def clear():
    def steps(run):
        run.write("0.out", "text")
        for names in (["many:m0"], ["nobody"], ["many:m1", "nobody", "many:m0"], ["many:nobody"],
                      ["many"], ["all"], ["nobody", "all"]):
            yield outcome(run.control("clear", *names))
        yield first_line(run.control("clear"))
        yield run.read("0.out")
    in_both(steps)


def follow(run, *arguments):
    """What it shows until it is interrupted, and its exit status."""
    with open(run.file("followed"), "wb") as out:
        process = subprocess.Popen(run.control_command() + list(arguments), stdout=out,
                                   stdin=subprocess.DEVNULL, env=clean_environment())
    processes.wait_for(lambda: run.read("followed").endswith("first\n"), "the first bytes")
    with open(run.file("out"), "a", encoding="ascii") as stream:
        stream.write("second\n")
    processes.wait_for(lambda: run.read("followed").endswith("second\n"), "what comes")
    os.rename(run.file("out"), run.file("out.1"))
    run.write("out", "third\n")
    processes.wait_for(lambda: run.read("followed").endswith("third\n"), "the next file")
    process.send_signal(signal.SIGINT)
    status = process.wait(processes.WAIT_LIMIT)
    return status, run.read("followed")


@tap.case("tail -f until Ctrl-C, over a rotation")
def tail_f():
    def steps(run):
        run.write("out", "x" * 2000 + "first\n")
        yield follow(run, "tail", "-f", "a")
    told = in_both(steps)
    tap.same(told, [(0, "==> Press Ctrl-C to exit <==\n" + "x" * 1018 +
                     "first\nsecond\nthird\n\n")])


tap.run()
