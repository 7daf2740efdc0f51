"""Seen: programs that tell what they were started with, what they told, and what the main log and
a listener tell of them."""

import glob
import json
import os
import re
import stat

from busvisor import program, read

KINDS = ("program", "eventlistener", "fcgi-program")
# What a section of the kind must have besides.
NEEDED = {"program": "", "eventlistener": "events=TICK_3600\n",
          "fcgi-program": "socket=unix://%(here)s/socket-NAME\n"}


def probe(name, mode=""):
    """A command; its file is in the folder "seen" of the run, which everyone can write to."""
    return ("%s %%(here)s/seen/%s %s" % (program("tests/compat/matrix/probe"), name, mode)).rstrip()


def section(kind, name, lines="", command=None):
    """That runs the probe once."""
    defaults = "autorestart=false\nstartsecs=0\n"
    return "\n[%s:%s]\n%scommand=%s\n%s%s\n" % (
        kind, name, NEEDED[kind].replace("NAME", name), command or probe(name), defaults, lines)


def has_seen(*names):
    """A condition for rows."""
    return lambda run: all(run.read("seen/" + n) for n in names)


def seen(run, name):
    """What the probe told, its environment as a dictionary."""
    told = json.loads(read(run.file("seen/" + name)))
    told["environment"] = dict(v.split("=", 1) for v in told["environment"])
    return told


# With startsecs=0 Supervisor writes the line of success only if it looks before the process ends.
LINE = (r"^\S+ \S+ (\w{4} (?!success: \S+ .* > than 0 seconds)"
        r"(?:(?:spawned|success|exited|gave up|stopped): |killing |sending )'?%s(?![\w-]).*)$")


def lines_of(run, name):
    """Of the main log about a process, without date and pid."""
    lines = re.findall(LINE % re.escape(name), run.read("main.log"), re.MULTILINE)
    return [re.sub(r"\bpid \d+|\(\d+\)", "pid N", l) for l in lines]


def in_order(run, word):
    """The processes that the lines "word NAME" of the main log are about."""
    return re.findall(r"^\S+ \S+ \w{4} %s '?([\w-]+)" % word, run.read("main.log"), re.MULTILINE)


def events_of(run, name):
    """What the recorder of the run was told of a process: event names and payloads, no pids."""
    told = [(e["headers"]["eventname"], e["payload"]) for e in run.events()
            if e["payload"].startswith("processname:%s " % name)]
    return [(e, re.sub(r"\bpid:[1-9]\d*", "pid:N", p)) for e, p in told]


def has_event(name, event):
    """A condition for rows: the recorder was told of this state of a process."""
    return lambda run: "PROCESS_STATE_" + event in (e for e, _ in events_of(run, name))


def writer(*portions):
    """A command; each portion is read by itself."""
    return "%s %s" % (program("tests/compat/matrix/writer"), " ".join("'%s'" % p for p in portions))


def files(run, name):
    """The files of a program: mode and text of each, without what is by chance in AUTO names."""
    found = {}
    for path in glob.glob(run.file(glob.escape(name) + "[-.]*")):
        with open(path, encoding="utf-8", errors="backslashreplace") as stream:
            mode = stat.S_IMODE(os.fstat(stream.fileno()).st_mode)
            found[re.sub(r"-\w{8}\.log", "-RANDOM.log", os.path.basename(path))] = (
                "%04o" % mode, stream.read())
    return found
