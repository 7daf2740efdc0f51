"""A session through a pipe: the same lines, prompts and status from Debian's supervisorctl and ours."""

import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bus"))

import processes  # noqa: E402
import tap  # noqa: E402
from busvisor import clean_environment  # noqa: E402
from both import HEAD, Busvisor, Supervisor, need_supervisor  # noqa: E402

PROGRAMS = """
[program:cat]
command=/bin/cat
startsecs=0

[program:idle]
command=/bin/sleep 1000
autostart=false
startsecs=0

[program:work]
command=/bin/sleep 1000
process_name=w%(process_num)d
numprocs=2
startsecs=0
"""


def wait_running(run):
    def runs():
        text = run.control("status").stdout
        return len(re.findall(r"^(?:cat|work:w\d) +RUNNING", text, re.MULTILINE)) == 3
    processes.wait_for(runs, "the programs under " + type(run).__name__)


def session(run, lines, *options):
    """What is printed, without what differs between any two runs."""
    # Ours finds the daemon by its address and the prompt by the file.
    if isinstance(run, Busvisor):
        options = ("-c", run.configuration) + options
    result = subprocess.run(run.control_command() + list(options), input=lines, text=True,
                            capture_output=True, env=clean_environment(), check=False,
                            timeout=processes.WAIT_LIMIT)
    text = re.sub(r"pid \d+, uptime \d:\d\d:\d\d", "PID", result.stdout)
    text = re.sub(r"^(supervisor|mine)> \d+$", r"\1> PID", text, flags=re.MULTILINE)
    text = re.sub(r"[A-Z][a-z][a-z] \d\d \d\d:\d\d [AP]M", "TIME", text)
    return result.returncode, text


def compare(lines, *options, more=""):
    need_supervisor()
    told = []
    for kind in (Supervisor, Busvisor):
        with kind(PROGRAMS) as run:
            run.write("supervisord.conf", HEAD + more + PROGRAMS)
            wait_running(run)
            told.append(session(run, lines, *options))
            run.end()
    tap.same(told[1], told[0])
    return told[0]


@tap.case("commands, wrong ones, and what is asked")
def commands():
    code, text = compare("""
  status   cat
status nobody
status idle work:*
start idle
start idle
stop cat
stop cat
restart work:w0
signal HUP nobody
signal CONT work:w1
pid
pid cat
frob  it
!ls
#comment
help nothing
shutdown
n
reload

update
reread
pid nobody
exit
status
""")
    tap.same(code, 0)
    tap.check(text.endswith("No such process nobody\nsupervisor> \n"), text)


@tap.case("the end of the input, in the middle of a line too; EOF and quit as words")
def ends():
    for lines in ("", "\n", "stop idle", "stop idle\n", "EOF\nstatus\n", "quit\nstatus\n"):
        compare(lines)


@tap.case("fg: what is wrong")
def foreground():
    compare("fg nobody\nfg work:*\nfg idle\nfg cat idle\n")


@tap.case("the prompt of the configuration file")
def prompt():
    _, text = compare("pid\n", more="prompt=mine\n")
    tap.check("mine> PID\nmine> \n" in text, text)


@tap.case("exit, quit and EOF on the command line")
def words():
    need_supervisor()
    told = []
    for kind in (Supervisor, Busvisor):
        with kind(PROGRAMS) as run:
            wait_running(run)
            told.append([(r.returncode, r.stdout) for r in
                         (run.control(w) for w in ("exit", "quit", "EOF"))])
            run.end()
    tap.same(told[1], told[0])


tap.run()
