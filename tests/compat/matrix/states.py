"""When programs are started, what counts as a start, how they are stopped: by what the main log
says line by line, and by what a listener is told."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import table  # noqa: E402  and with it the folders of the rest
import processes  # noqa: E402
from table import Deviation  # noqa: E402
from both import recorder_command  # noqa: E402
from seen import (KINDS, events_of, has_event, has_seen, in_order, lines_of,  # noqa: E402
                  probe, section, seen)

WATCH = """
[eventlistener:watch]
command=%s
events=PROCESS_STATE
buffer_size=100000
""" % recorder_command()

states = table.Table("states", more_of_head="loglevel=debug\n", stop_all=True)
states.add("eventlistener.events", "the listener of this test", lambda run: bool(run.events()),
           WATCH, True)


def told(run, name):
    """Lines of the log and events."""
    return lines_of(run, name), events_of(run, name)


def shell(name, script):
    """A command that says in a file when it runs."""
    return "/bin/sh -c 'echo >> %%(here)s/seen/%s; %s'" % (name, script)


def each_kind(name, kinds):
    """Kinds, each with a name of its own for a program."""
    return [(kind, name if kind == "program" else "%s-%s" % (name, kind)) for kind in kinds]


def ends(option, title, name, lines, script, event, kinds=("program",)):
    """A program that comes to where nothing happens any more."""
    for kind, name_here in each_kind(name, kinds):
        states.add("%s.%s" % (kind, option), title, lambda run, n=name_here: told(run, n),
                   section(kind, name_here, lines, shell(name_here, script)),
                   ready=has_event(name_here, event), at_end=event != "RUNNING")


def restarts(title, name, lines, script, times, kinds=("program",)):
    """How often it has run in the end; the third time it stays."""
    for kind, name_here in each_kind(name, kinds):
        stay = "test $(wc -l <%%(here)s/seen/%s) -ge 3 && exec sleep 1000; " % name_here
        states.add(kind + ".autorestart", title, lambda run, n=name_here: how_often(run, n),
                   section(kind, name_here, lines, shell(name_here, stay + script)), times,
                   at_end=True, ready=lambda run, n=name_here: how_often(run, n) >= times)


def how_often(run, name):
    return len(run.read("seen/" + name).splitlines())


# autostart, autorestart, exitcodes

for each, program in each_kind("idle", KINDS):
    states.add(each + ".autostart", "false: nothing happens",
               lambda run, n=program: told(run, n), section(each, program, "autostart=false\n"),
               ([], []), at_end=True)
restarts("true, after status 0", "always-0", "autorestart=true\n", "exit 0", 3, KINDS)
restarts("true, after status 1", "always-1", "autorestart=true\n", "exit 1", 3)
restarts("false, after status 1", "once-1", "autorestart=false\n", "exit 1", 1, KINDS)
restarts("false, after a signal", "once-kill", "autorestart=false\n", "kill -9 $$", 1)
restarts("unexpected, after status 0", "odd-0", "autorestart=unexpected\n", "exit 0", 1, KINDS)
restarts("unexpected, after status 1", "odd-1", "autorestart=unexpected\n", "exit 1", 3, KINDS)
restarts("unexpected, after a signal", "odd-kill", "autorestart=unexpected\n", "kill -9 $$", 3)
restarts("unexpected, after one of exitcodes", "odd-3", "autorestart=unexpected\nexitcodes=2,3\n",
         "exit 3", 1)
ends("exitcodes", "one of them", "code-3", "exitcodes=2,3\n", "exit 3", "EXITED", KINDS)
ends("exitcodes", "none of them", "code-0", "exitcodes=2,3\n", "exit 0", "EXITED", KINDS)
ends("exitcodes", "empty", "code-none", "exitcodes=\n", "exit 0", "EXITED")
ends("exitcodes", "by a signal", "code-kill", "exitcodes=9\n", "kill -9 $$", "EXITED")

# startsecs, startretries

ends("startsecs", "zero: any end is an exit", "quick", "startsecs=0\n", "exit 0", "EXITED", KINDS)
ends("startsecs", "an end before is a failure", "too-quick", "startsecs=30\nstartretries=0\n",
     "exit 0", "FATAL", KINDS)
ends("startsecs", "staying up for that long is a success", "long", "startsecs=1\n",
     "exec sleep 1000", "RUNNING", KINDS)
ends("startretries", "zero: one attempt", "try-0", "startsecs=30\nstartretries=0\n", "exit 1",
     "FATAL", KINDS)
ends("startretries", "two: three attempts", "try-2", "startsecs=30\nstartretries=2\n", "exit 1",
     "FATAL")

# Stopping


def stops(option, title, name, lines="", mode="catch", look=None, leaves=(), kinds=("program",),
          differs=None):
    """A program that is stopped; look(run, name): what to see besides."""
    for kind, n in each_kind(name, kinds):
        states.add("%s.%s" % (kind, option), title, lambda run, n=n: (
            told(run, n), run.read("seen/%s.signals" % n), look(run, n) if look else None),
            section(kind, n, lines, probe(n, mode)), ready=has_seen(n), stop=[n],
            stopped=lambda run, n=n: has_event(n, "STOPPED")(run) and
            "stopped: %s (" % n in run.read("main.log"), leaves=[n + l for l in leaves],
            differs=differs)


for each in ("HUP", "INT", "QUIT", "KILL", "USR1", "USR2", "TERM"):
    stops("stopsignal", each, "signal-" + each.lower(), "stopsignal=%s\n" % each)
stops("stopsignal", "TERM if unset", "signal-none", kinds=KINDS)
stops("stopsignal", "with SIG, in small letters", "signal-name", "stopsignal=sigusr1\n",
      kinds=KINDS)
stops("stopsignal", "by number", "signal-number", "stopsignal=12\n")
stops("stopsignal", "without anybody to catch it", "signal-dies", "stopsignal=ABRT\n", "stay")
stops("stopwaitsecs", "then SIGKILL", "patience", "stopwaitsecs=1\n", "hold", kinds=KINDS)


def family(option, title, name, lines, mode, dies=False, differs=None):
    """A program with a child in its process group: the signals that the child got, and whether it
    still lives. Only SIGKILL ends it. dies: it does, under both."""
    def look(run, name):
        child = name + "-child"
        if dies:
            processes.wait_for(lambda: not processes.is_alive(seen(run, child)["pid"]),
                               "the end of " + child)
        return run.read("seen/%s.signals" % child), processes.is_alive(seen(run, child)["pid"])
    stops(option, title, name, lines, mode, look, ["-child"], KINDS, differs)


def without_child(theirs):
    """What Supervisor has, but that the child does not live."""
    log_and_events, signals, (heard, _) = theirs
    return log_and_events, signals, (heard, False)


family("stopasgroup", "false: the child hears nothing", "alone", "", "catch-family")
family("stopasgroup", "true: so does the child", "together",
       "stopasgroup=true\nstopsignal=INT\nstopwaitsecs=1\n", "catch-family", differs=Deviation(
           "a process stays STOPPING until its whole process group has ended", without_child))
family("killasgroup", "true: the child is killed when the program has ended", "kill-rest",
       "killasgroup=true\n", "catch-family", differs=Deviation(
           "gets SIGKILL when the program itself has ended by a stop", without_child))
family("killasgroup", "false: the child lives", "kill-alone", "stopwaitsecs=1\n", "hold-family")
family("killasgroup", "true: the child is killed", "kill-together",
       "killasgroup=true\nstopwaitsecs=1\n", "hold-family", True)
family("killasgroup", "true if stopasgroup is", "kill-both", "stopasgroup=true\nstopwaitsecs=1\n",
       "hold-family", True)

# Order

order = table.Table("order", more_of_head="loglevel=debug\n")
ORDER = (("e", "program", 1), ("d", "program", 20), ("c", "program", 10), ("x", "program", 9),
         ("y", "program", 10), ("z", "program", 8), ("late", "eventlistener", 15),
         ("pool", "eventlistener", None), ("web", "fcgi-program", 3))
ORDERED = "".join(section(kind, name, "priority=%d\n" % priority if priority is not None else "",
                          probe(name, "stay")) for name, kind, priority in ORDER)
PRIORITIES = ["%s.priority" % k for k in KINDS + ("group",)]
order.add(PRIORITIES, "low ones start first", lambda run: in_order(run, "spawned:"),
          ORDERED + "\n[group:some]\nprograms=y,x,z\npriority=5\n",
          ["pool", "e", "web", "y", "x", "z", "c", "late", "d"],
          Deviation("are started by their priority",
                    ["pool", "e", "web", "z", "x", "y", "c", "late", "d"]),
          ready=lambda run: len(in_order(run, "spawned:")) == len(ORDER) and
          has_seen(*(name for name, _, _ in ORDER))(run))
order.add(PRIORITIES, "and stop last, with the daemon", lambda run: in_order(run, "killing"),
          at_end=True)

if __name__ == "__main__":
    table.run()
