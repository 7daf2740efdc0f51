"""reread and update: the same lines and exit codes as Debian's supervisorctl."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bus"))

import processes  # noqa: E402
import tap  # noqa: E402
from both import HEAD, Busvisor, Supervisor, need_supervisor  # noqa: E402


def program(name, more="", command="/bin/sleep 1000"):
    return "\n[program:%s]\ncommand=%s\nstartsecs=0\n%s\n" % (name, command, more)


BEFORE = (program("same") + program("gone") + program("changed") +
          program("many", "process_name=m%(process_num)d\nnumprocs=2") +
          program("idle", "autostart=false") + program("last", "priority=5"))
AFTER = (program("same") + program("changed", "umask=077") +
         program("many", "process_name=m%(process_num)d\nnumprocs=3") +
         program("idle", "autostart=false\nstdout_logfile=AUTO") +
         program("new") + program("early", "priority=1"))


def wait_running(run, *names):
    def all_run():
        lines = run.control("status").stdout.splitlines()
        states = {l.split()[0]: l.split()[1] for l in lines if len(l.split()) > 1}
        return all(states.get(n) == "RUNNING" for n in names)
    processes.wait_for(all_run, "%s under %s" % (names, type(run).__name__))


def outcome(result):
    return result.returncode, result.stdout


def in_both(steps):
    """What the steps, given a run, say under each."""
    told = []
    for kind in (Supervisor, Busvisor):
        with kind(BEFORE) as run:
            wait_running(run, "same", "gone", "changed", "many:m0", "many:m1", "last")
            told.append([outcome(r) for r in steps(run)])
            run.end()
    return told


def rewrite(run, sections):
    run.write("supervisord.conf", HEAD + sections)


def compare(steps, only_theirs=""):
    """only_theirs: a line that is Supervisor's alone, on purpose."""
    need_supervisor()
    theirs, ours = in_both(steps)
    if only_theirs:
        tap.check(any(only_theirs in text for _, text in theirs), only_theirs + " is not said")
        theirs = [(code, text.replace(only_theirs, "")) for code, text in theirs]
    tap.check(theirs, "nothing was compared")
    tap.same(ours, theirs)
    return theirs


@tap.case("reread and update of everything")
def everything():
    def steps(run):
        yield run.control("reread")
        yield run.control("update")
        rewrite(run, AFTER)
        yield run.control("reread")
        yield run.control("update")
        yield run.control("reread")
        yield run.control("update", "all")
        wait_running(run, "same", "changed", "many:m2", "new", "early")
        yield run.control("pid", "idle")
    # Where a group only grows, nothing of it is stopped here.
    told = compare(steps, "many: stopped\n")
    tap.same(told[2][1], "changed: changed\nearly: available\ngone: disappeared\n"
             "last: disappeared\nmany: changed\nnew: available\n")


@tap.case("update of named groups, and of one that there is not")
def named():
    def steps(run):
        rewrite(run, AFTER)
        yield run.control("update", "new", "gone")
        yield run.control("update", "same")
        yield run.control("update", "nobody")
        yield run.control("update", "changed", "nobody")
        yield run.control("reread")
    compare(steps)


@tap.case("reread of a file that cannot be used")
def broken():
    def steps(run):
        rewrite(run, BEFORE + program("bad", "startsecs=soon"))
        result = run.control("reread")
        result.stdout = result.stdout.split(": ")[:2]
        yield result
        wait_running(run, "same", "gone")
    compare(steps)


@tap.case("wrong arguments")
def wrong():
    def steps(run):
        for command in ("reread", "reload"):
            result = run.control(command, "x")
            result.stdout = result.stdout.splitlines()[:1]
            yield result
    compare(steps)


tap.run()
