"""avail, add and remove: the same lines and exit codes as Debian's supervisorctl."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bus"))

import processes  # noqa: E402
import tap  # noqa: E402
from both import HEAD, Busvisor, Supervisor, need_supervisor  # noqa: E402


def program(name, more="", command="/bin/sleep 1000"):
    return "\n[program:%s]\ncommand=%s\nstartsecs=0\n%s\n" % (name, command, more)


BEFORE = program("same") + program("idle", "autostart=false\npriority=3")
AFTER = BEFORE + program("new", "priority=-1") + """
[program:a]
command=/bin/sleep 1000
process_name=%(program_name)s%(process_num)d
numprocs=2
startsecs=0
priority=20

[program:z]
command=/bin/sleep 1000
process_name=a0
autostart=false

[group:a-group-with-a-name-that-is-long-enough]
programs=a
priority=10

[eventlistener:pool]
command=/bin/sleep 1000
autostart=false
events=TICK_3600
"""


def wait_state(run, state, *names):
    def reached():
        lines = run.control("status").stdout.splitlines()
        states = {l.split()[0]: l.split()[1] for l in lines if len(l.split()) > 1}
        return all(states.get(n) == state for n in names)
    processes.wait_for(reached, "%s under %s" % (names, type(run).__name__))


def outcome(result):
    return result.returncode, result.stdout


def compare(steps):
    """What the steps, given a run, answer under each."""
    need_supervisor()
    told = []
    for kind in (Supervisor, Busvisor):
        with kind(BEFORE) as run:
            wait_state(run, "RUNNING", "same")
            told.append(list(steps(run)))
            run.end()
    tap.check(told[0], "nothing was compared")
    tap.same(told[1], told[0])
    return told[0]


def reread(run, sections):
    """Supervisor knows of another file from here on only."""
    run.write("supervisord.conf", HEAD + sections)
    run.control("reread")


@tap.case("avail")
def avail():
    def steps(run):
        yield outcome(run.control("avail"))
        reread(run, AFTER)
        yield outcome(run.control("avail"))
        run.control("add", "new")
        yield outcome(run.control("avail"))
        reread(run, program("other"))
        yield outcome(run.control("avail"))
        result = run.control("avail", "x")
        yield result.returncode, result.stdout.splitlines()[0]
    told = compare(steps)
    tap.same(len(told[1][1].splitlines()), 7)


@tap.case("add and remove")
def add_and_remove():
    def steps(run):
        reread(run, AFTER)
        long = "a-group-with-a-name-that-is-long-enough"
        for arguments in ("add nobody", "add new", "add new", "add", "add %s pool nobody" % long,
                          "remove", "remove nobody", "remove new nobody same", "remove idle",
                          "remove pool", "remove idle", "add idle", "add a", "remove a"):
            yield arguments, outcome(run.control(*arguments.split()))
        wait_state(run, "RUNNING", "new", long + ":a0", long + ":a1")
        run.control("stop", "new", long + ":a0")
        yield outcome(run.control("remove", "new", long))
        run.control("stop", "all")
        yield outcome(run.control("remove", "same", long, "idle", "z"))
        yield outcome(run.control("status"))
    told = compare(steps)
    tap.same(told[-1], (0, ""))


@tap.case("a removed group that the file still has comes back with an update")
def comes_back():
    def steps(run):
        run.control("stop", "same")
        for arguments in ("remove same", "reread", "update", "reread"):
            yield outcome(run.control(*arguments.split()))
        wait_state(run, "RUNNING", "same")
        reread(run, BEFORE + program("new"))
        yield outcome(run.control("add", "new"))
        yield outcome(run.control("update"))
    told = compare(steps)
    tap.same(told[1], (0, "same: available\n"))


tap.run()
