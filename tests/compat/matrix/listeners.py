"""The options of event listeners, and what neither of the two starts with."""

import concurrent.futures
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import table  # noqa: E402  and with it the folders of the rest
import processes  # noqa: E402
from both import HEAD, HERE, PYTHON, SUPERVISORD, Busvisor, Supervisor  # noqa: E402
from busvisor import Folder, clean_environment, program  # noqa: E402
from seen import section  # noqa: E402
from table import Deviation  # noqa: E402

TEN = 10
POOLS = {"unset": "", "large": "buffer_size=100\n", "small": "buffer_size=3\n"}

# All pools have an event in hand before ten others come, and answer only after that.
STAGES = section("program", "first", "", "/bin/true") + section(
    "program", "ends", "process_name=%%(program_name)s_%%(process_num)d\nnumprocs=%d\n" % TEN,
    "/bin/sh -c 'cd %%(here)s; until %s; do sleep 0.05; done'" % " && ".join(
        "test -s events-" + p for p in POOLS)) + section(
    "program", "last", "", "/bin/sh -c 'cd %%(here)s; until test $(grep -c \"exited: ends_\" "
    "main.log) -ge %d; do sleep 0.05; done; echo >go; exec sleep 1000'" % TEN)


def pool(name):
    """Writes its events down into a file of its own; answers to none before there is "go"."""
    return ("\n[eventlistener:%s]\ncommand=%s %s/recorder.py %%(here)s/events-%s hold "
            "%%(here)s/go\nevents=PROCESS_STATE_EXITED\nstartsecs=0\n%s\n" % (
                name, PYTHON, HERE, name, POOLS[name]))


def got(run, name):
    """How many of the ten the pool was told of."""
    return len([l for l in run.read("events-" + name).splitlines() if "processname:ends_" in l])


buffers = table.Table("buffers", stop_all=True)


def buffer(title, name, count, **more):
    buffers.add("eventlistener.buffer_size", title, lambda run: got(run, name), pool(name), count,
                ready=lambda run: os.path.exists(run.file("go")) and got(run, name) >= (
                    count if isinstance(run, Supervisor) else TEN), at_end=True, **more)


buffers.add([], "ten events", lambda run: run.read("main.log").count("exited: ends_"), STAGES, TEN)
buffer("ten if unset", "unset", TEN)
buffer("more than there are events", "large", TEN)
buffer("full", "small", 3, differs=Deviation(
    "further events wait in the daemon's event log instead of pushing out the oldest", TEN))


def how_it_starts(kind, sections):
    with Folder() as folder:
        configuration = folder.write("supervisord.conf", HEAD + sections)
        file = SUPERVISORD if kind is Supervisor else program("busvisord")
        process = subprocess.Popen([file, "-n", "-c", configuration], cwd=folder.path,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE,
                                   env=dict(clean_environment(), RUNTIME_DIRECTORY=folder.path,
                                            STATE_DIRECTORY=folder.path))
        processes.wait_for(lambda: process.poll() is not None or
                           "supervisord started" in folder.read("main.log"), "how it starts")
        runs = process.poll() is None
        process.kill()
        said = process.communicate()[1]
        return "runs" if runs else (process.returncode, bool(said))


class Refusals(table.Table):
    """Of each row the sections are a configuration by itself. The value is the exit status, and
    whether stderr says why; or that it runs."""

    def start(self, stack):
        """Nothing that stays."""

    def work(self):
        def start(job):
            row, kind = job
            row.values[kind] = how_it_starts(kind, row.sections)
        with concurrent.futures.ThreadPoolExecutor(4) as pool_of_threads:
            list(pool_of_threads.map(start, ((r, k) for r in self.rows
                                             for k in (Supervisor, Busvisor))))
        self.exit_status = {Supervisor: None, Busvisor: None}

    def begin_end(self):
        return lambda: None


refusals = Refusals("refusals")
LISTENER = "\n[eventlistener:x]\ncommand=/bin/cat\nautostart=false\n%s\n"
PROGRAM = "\n[program:x]\ncommand=/bin/cat\nautostart=false\n%s\n"
FCGI = "\n[fcgi-program:x]\ncommand=/bin/cat\nautostart=false\n%s\n"
REFUSED = (2, True)


def starts(option, lines, expected, **more):
    kind = option.partition(".")[0]
    base = {"eventlistener": LISTENER, "program": PROGRAM, "fcgi-program": FCGI}[kind]
    refusals.add(option, lines.strip().replace("\n", ", ") or "unset", None, base % lines,
                 expected, **more)


EVENTS = "events=TICK_5\n"
starts("eventlistener.redirect_stderr", EVENTS + "redirect_stderr=true", REFUSED)
starts("eventlistener.redirect_stderr", EVENTS + "redirect_stderr=false", "runs")
starts("eventlistener.events", "", REFUSED)
starts("eventlistener.events", "events=NO_SUCH_EVENT", REFUSED)
starts("eventlistener.events", "events=tick_5,process_state", "runs")
starts("eventlistener.buffer_size", EVENTS + "buffer_size=0", REFUSED)
starts("eventlistener.result_handler",
       EVENTS + "result_handler=supervisor.dispatchers:default_handler", "runs")
starts("eventlistener.result_handler", EVENTS + "result_handler=no.such.module:at_all", REFUSED)
starts("eventlistener.result_handler", EVENTS + "result_handler=os.path:join", "runs",
       differs=Deviation("that is not built in is refused", REFUSED))
starts("program.stopasgroup", "stopasgroup=true\nkillasgroup=false", REFUSED)
starts("program.user", "user=no-such-user-here", REFUSED)
starts("program.numprocs", "numprocs=2", REFUSED)
starts("program.stopsignal", "stopsignal=NONE", REFUSED)
starts("program.stdout_logfile", "stdout_logfile=/nonexistent/folder/log", REFUSED)
starts("fcgi-program.socket", "", REFUSED)
starts("fcgi-program.socket", "socket=unix://relative", REFUSED)
starts("fcgi-program.socket_mode", "socket=tcp://localhost:1\nsocket_mode=0700", REFUSED)
starts("fcgi-program.socket_owner", "socket=tcp://localhost:1\nsocket_owner=root", REFUSED)
starts("fcgi-program.socket_backlog", "socket=tcp://localhost:1\nsocket_backlog=0", REFUSED)

if __name__ == "__main__":
    table.run()
