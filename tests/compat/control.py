"""Control: Debian's supervisorctl, unmodified, against both servers, and what it says compared."""

import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bus"))

import processes  # noqa: E402
import tap  # noqa: E402
import terminal  # noqa: E402
from both import (SUPERVISORCTL, Busvisor, Supervisor, clean_environment,  # noqa: E402
                  need_supervisor)
from rpc import DAY, UPTIME, wait_answering, wait_state  # noqa: E402

SECTIONS = """
[program:cat]
command=/bin/cat
startsecs=0
stdout_logfile=%(here)s/cat.out
stderr_logfile=%(here)s/cat.err

[program:idle]
command=/bin/cat
startsecs=0
autostart=false
stdout_logfile=NONE

[program:slow]
command=/bin/sleep 1000
startsecs=1
autostart=false

[program:lost]
command=/nonexistent/program
autostart=false

[program:plain]
command=%(here)s/supervisord.conf
autostart=false

# Supervisor may notice its end late.
[program:hasty]
command=/bin/false
startsecs=10
startretries=0
autostart=false

[program:many]
command=/bin/cat
process_name=m%(process_num)d
numprocs=2
startsecs=0
autostart=false
priority=5

[program:left]
command=/bin/cat
startsecs=0
autostart=false

[group:pair]
programs=left
priority=50

[eventlistener:ear]
command=/bin/cat
events=TICK_3600
autostart=false
startsecs=0
"""


def command(run, *arguments):
    return [SUPERVISORCTL, "-c", run.configuration] + list(arguments)


def normal(run, text):
    text = UPTIME.sub("pid N, uptime T", DAY.sub("DAY", text.replace(run.path, "HERE")))
    text = re.sub(r"pid \d+", "pid N", text.replace("\r\n", "\n"))
    return re.sub(r"0x[0-9a-f]+", "0xN", text)


def control(run, *arguments, limit=processes.WAIT_LIMIT):
    """Exit status and what it printed."""
    result = subprocess.run(command(run, *arguments), text=True, stdin=subprocess.DEVNULL,
                            capture_output=True, env=clean_environment(), timeout=limit,
                            check=False)
    return result.returncode, normal(run, result.stdout), normal(run, result.stderr)


class Terminal(terminal.Terminal):
    """supervisorctl on one."""

    def __init__(self, run, *arguments):
        super().__init__(command(run, *arguments), clean_environment(), size=(24, 80), TERM="dumb",
                         HOME=run.path, COLUMNS="80")
        self.run = run

    def finish(self):
        """Exit status and all that was printed."""
        code = self.wait_end()
        return code, normal(self.run, self.data.decode(errors="replace"))


def in_both(steps, sections, ends, more):
    need_supervisor()
    told = []
    for kind in (Supervisor, Busvisor):
        with kind(sections, **more) as run:
            wait_answering(run)
            wait_state(run, "cat", "RUNNING")
            told.append(list(steps(run)))
            if not ends:
                run.end()
    return told


def compare(steps, sections=SECTIONS, ends=False, **more):
    """steps: a generator of what is to be the same under each. ends: the daemons end by it."""
    theirs, ours = in_both(steps, sections, ends, more)
    tap.check(theirs, "nothing was compared")
    wrong = ["theirs %r\n  ours   %r" % pair for pair in zip(theirs, ours, strict=True)
             if pair[0] != pair[1]]
    tap.check(not wrong, "differences:\n  " + "\n  ".join(wrong))
    return theirs


def write(run, name, text):
    with open(run.file(name), "w", encoding="utf-8") as file:
        file.write(text)
