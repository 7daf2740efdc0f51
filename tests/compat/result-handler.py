"""result_handler=supervisor_stdout:event_handler under both: what comes out of stdout is the same to
the byte.

Supervisor loads a Python module of that name. This one is ours, a few lines that do what the module
on PyPI is documented to do.
"""

import os
import sys

from both import Busvisor, Supervisor, need_supervisor

import processes
import tap
from busvisor import HERE, PYTHON

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "matrix"))

from seen import writer  # noqa: E402

MODULE = '''
import sys


def event_handler(event, result):
    head, data = result.decode("utf-8").split("\\n", 1)
    values = {}
    for token in head.split():
        key, value = token.split(":")
        values[key] = value
    label = "%s %s | " % (values["processname"], values["channel"])
    for line in data.split("\\n"):
        sys.stdout.write(label + line + "\\n")
    sys.stdout.flush()
'''

# What is written at once, of which Supervisor makes one event each.
PORTIONS = ("plain\\n", "no newline", "\\n", "\\n\\n\\n", "two\\nlines\\n", "and\\n\\nan empty one",
            "\\303\\244\\342\\202\\254\\360\\237\\230\\200\\n", "cut \\342\\202", "\\377\\n",
            "blanks  \\t|\\r\\n", "a:b c:d\\n")


def sections():
    command = writer(*["%d:%s" % (fd, p) for fd in (1, 2) for p in PORTIONS])
    return """
[eventlistener:relay]
command=%s %s/relay.py
events=PROCESS_LOG
buffer_size=1000
startsecs=0
result_handler=supervisor_stdout:event_handler

[program:talk]
command=%s
startsecs=0
autorestart=false
stdout_events_enabled=true
stderr_events_enabled=true
stdout_logfile=NONE
stderr_logfile=NONE
""" % (PYTHON, HERE, command)


def add_module(run):
    run.write("supervisor_stdout.py", MODULE)
    run.environment.update(PYTHONPATH=run.path, PYTHONUTF8="1")


def by_channel(text):
    """Of two channels nobody knows which is read first."""
    lines = text.splitlines(True)
    return [[l for l in lines if l.startswith("talk %s | " % channel)]
            for channel in ("stdout", "stderr")]


def is_complete(run):
    return all(any("a:b c:d" in line for line in lines) for lines in by_channel(run.read("output")))


@tap.case("the lines on stdout are the same")
def same_lines():
    need_supervisor()
    silent = "silent=true\n"
    try:
        with Supervisor(sections(), silent, prepare=add_module) as theirs, \
                Busvisor(sections(), silent, prepare=add_module) as ours:
            for run in (theirs, ours):
                processes.wait_for(lambda: is_complete(run), lambda: "all lines of %s: %s" % (
                    type(run).__name__, run.read("output")))
            found = [by_channel(run.read("output")) for run in (theirs, ours)]
    finally:
        processes.end_all_below(os.getpid())
    tap.same(found[1], found[0])
    tap.check(any(line == "talk stdout | \n" for line in found[0][0]), "an empty line")
    tap.check(any("Undecodable: b'cut " in line for line in found[0][1]), "undecodable data")


tap.run()
