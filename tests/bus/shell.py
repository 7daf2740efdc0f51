"""busvisorctl's shell: typed on a terminal, and through a pipe."""

import os
import signal
import stat
import subprocess

import processes
import tap
from bus import NO_WAIT, PROCESS, process_path
from busvisor import PYTHON, Daemon, Folder, clean_environment, program
from terminal import CONTROL_C, CONTROL_D, TAB, UP, Terminal

PROGRAMS = """
[program:cat]
command=/bin/cat
startsecs=0

[program:idle]
command=/bin/sleep 1000
autostart=false
startsecs=0

[program:worker]
command=/bin/sleep 1000
process_name=%(program_name)s_%(process_num)d
numprocs=2
startsecs=0

[program:slow]
command=/bin/sleep 1000
autostart=false
startsecs=600

[supervisorctl]
prompt=here
history_file=%(here)s/lines
"""

PROMPT = "^supervisor> "


def started(daemon):
    """A connection to a daemon whose autostart programs are RUNNING."""
    connection = daemon.connect()
    for group, process in (("cat", "cat"), ("worker", "worker_0"), ("worker", "worker_1")):
        processes.wait_for(lambda: connection.state(group, process) == "RUNNING", process)
    return connection


def shell(daemon, *options, address=True, **environment):
    """The shell on a terminal, with the daemon's folder as home."""
    command = [program("busvisorctl")] + list(options)
    if address:
        command.append("--address=" + daemon.address)
    return Terminal(command, dict(clean_environment(), HOME=daemon.path), **environment)


def piped(daemon, lines, *options, environment=None):
    return subprocess.run([program("busvisorctl"), "--address=" + daemon.address, *options],
                          input=lines, text=True, capture_output=True, check=False,
                          env=dict(clean_environment(), HOME=daemon.path, **(environment or {})),
                          cwd=daemon.path, timeout=processes.WAIT_LIMIT)


@tap.case("status first, then a command per line, until exit")
def session():
    with Daemon(PROGRAMS) as daemon:
        connection = started(daemon)
        with shell(daemon) as terminal:
            terminal.wait(r"^cat +RUNNING")
            terminal.wait(PROMPT)
            terminal.type("\n  \nstart idle\n")
            terminal.wait("^idle: started$")
            tap.same(connection.state("idle"), "RUNNING")
            terminal.type("frob  it\n")
            terminal.wait(r"^\*\*\* Unknown syntax: frob  it$")
            terminal.type("?stop\n")
            terminal.wait("^stop NAME")
            terminal.type("status --bogus\n")
            terminal.wait("bogus")
            terminal.type("status --help\n")
            terminal.wait("^status \\[NAME")
            terminal.type("exit\n")
            tap.same(terminal.wait_end(), 0)


@tap.case("quit, the end of the input and Ctrl-C leave with status 0")
def ways_out():
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        for way in ("quit\n", "EOF\n", CONTROL_D, CONTROL_C, "status" + CONTROL_C):
            with shell(daemon) as terminal:
                terminal.wait(PROMPT)
                terminal.type("status nobody\n")  # what a command says does not count
                terminal.wait(PROMPT)
                terminal.type(way)
                tap.same(terminal.wait_end(), 0, repr(way))
                tap.check(terminal.data.endswith(b"\n"), terminal.data)


@tap.case("Ctrl-C while a command waits leaves, and the work goes on")
def interrupted():
    with Daemon(PROGRAMS) as daemon:
        connection = started(daemon)
        with shell(daemon) as terminal:
            terminal.wait(PROMPT)
            terminal.type("start slow\n")
            connection.wait_state("STARTING", "slow")
            terminal.type(CONTROL_C)
            tap.same(terminal.wait_end(), 0)
        tap.same(connection.state("slow"), "STARTING")


# SIGINT has come, and has not been seen, when the program begins.
INTERRUPTED = """import os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
os.kill(os.getpid(), signal.SIGINT)
os.execv(sys.argv[1], sys.argv[1:])
"""


@tap.case("Ctrl-C just before the line is edited leaves too")
def interrupted_early():
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        with Terminal([PYTHON, "-c", INTERRUPTED, program("busvisorctl"),
                       "--address=" + daemon.address],
                      dict(clean_environment(), HOME=daemon.path)) as terminal:
            terminal.wait(r"^cat +RUNNING")
            tap.same(terminal.wait_end(), 0)


@tap.case("Ctrl-C ends monitor, not the shell")
def monitor():
    with Daemon(PROGRAMS) as daemon:
        connection = started(daemon)
        with shell(daemon) as terminal:
            terminal.wait(PROMPT)
            terminal.type("monitor\n")

            def shown():
                for method in ("Start", "Stop"):
                    connection.call(process_path("idle"), PROCESS, method, "t", (0,))
                return terminal.has("idle")
            processes.wait_for(shown, "an event on the terminal")
            terminal.type(CONTROL_C)
            terminal.wait(PROMPT)
            terminal.type("pid\n")
            terminal.wait("^%d$" % daemon.process.pid)
            terminal.type(CONTROL_C)
            tap.same(terminal.wait_end(), 0)


@tap.case("Ctrl-Z stops it, and it goes on where it was")
def suspended():
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        script = "%s --address=%s\necho stopped 1\nfg\necho stopped 2\nfg" % (
            program("busvisorctl"), daemon.address)
        with Terminal(["bash", "--norc", "-mc", script],
                      dict(clean_environment(), HOME=daemon.path)) as terminal:
            terminal.wait(PROMPT)
            for count in range(1, 3):
                terminal.type("pi\x1a")
                terminal.wait("^stopped %d$" % count)
                terminal.wait("supervisor> pi")
                terminal.type("d\n")
                terminal.wait("^%d$" % daemon.process.pid)
                terminal.wait(PROMPT)
            terminal.type("exit\n")
            tap.same(terminal.wait_end(), 0)


@tap.case("Tab completes commands, names, groups and signals")
def completion():
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        with shell(daemon) as terminal:
            terminal.wait(PROMPT)
            terminal.type("vers" + TAB)
            terminal.wait("version $")
            terminal.type("\n")
            terminal.wait(PROMPT)
            terminal.type("pid ca" + TAB)
            terminal.wait("pid cat $")
            terminal.type("w" + TAB + TAB)
            terminal.wait(r"^worker:\* +worker:worker_0 +worker:worker_1$")
            terminal.wait("pid cat worker:$")
            terminal.type("w" + TAB + "1\n")
            terminal.wait(r"^\d+$")
            terminal.wait(r"^\d+$")
            terminal.type("signal CO" + TAB + "idl" + TAB + "\n")
            terminal.wait(r"^idle: ERROR \(not running\)$")
            terminal.type("update work" + TAB + "\n")
            terminal.wait("update worker $")
            terminal.wait(PROMPT)
            with open(daemon.configuration, "a", encoding="utf-8") as stream:
                stream.write("[program:new]\ncommand=/bin/cat\nautostart=false\n")
            terminal.type("add " + TAB + "\n")
            terminal.wait("add new $")
            terminal.wait("^new: added process group$")
            terminal.wait(PROMPT)
            terminal.type("remove n" + TAB + "\n")
            terminal.wait("^new: removed process group$")
            terminal.wait(PROMPT)
            terminal.type("nothing of th" + TAB + "\n")
            terminal.wait(r"^\*\*\* Unknown syntax: nothing of th$")
            terminal.type("exit\n")
            tap.same(terminal.wait_end(), 0)


@tap.case("lines are kept, in the state folder, for their owner alone")
def history():
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        for kept in (False, True):
            with shell(daemon) as terminal:
                terminal.wait(PROMPT)
                for line in (UP,) if kept else ("version", "version"):
                    terminal.type(line + "\n")
                    terminal.wait(r"^\d+\.\d+\.\d+$")
                    terminal.wait(PROMPT)
                terminal.type(CONTROL_D)
                tap.same(terminal.wait_end(), 0)
        file = daemon.file(".local/state/busvisor/history")
        tap.same(daemon.read(file), "version\n")
        tap.same(stat.S_IMODE(os.stat(file).st_mode), 0o600)


@tap.case("prompt and history file out of the configuration file; -r goes before")
def settings():
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        for options, file in (([], "lines"), (["-r", daemon.file("mine")], "mine")):
            with shell(daemon, "-c", daemon.configuration, *options, address=False,
                       RUNTIME_DIRECTORY=daemon.file("run")) as terminal:
                terminal.wait("^cat +RUNNING")
                terminal.wait("^here> ")
                terminal.type("version\n")
                terminal.wait("^here> ")
                terminal.type("quit\n")
                tap.same(terminal.wait_end(), 0)
            tap.same(daemon.read(file), "version\nquit\n")
            os.unlink(daemon.file(file))


@tap.case("a history that cannot be kept is told of once")
def no_history():
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        with shell(daemon, "--history_file=/proc/none/lines") as terminal:
            terminal.wait(PROMPT)
            terminal.type("version\n")
            terminal.wait("history is not kept")
            terminal.wait(PROMPT)
            terminal.type("pid\nexit\n")
            tap.same(terminal.wait_end(), 0)
            tap.same(terminal.text.count("not kept"), 1)


@tap.case("the time of one command is not that of the next one, and options are for one line")
def limits():
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        with shell(daemon) as terminal:
            terminal.wait(PROMPT)
            terminal.type("start slow --timeout=5s\n")
            terminal.wait(r"^slow: ERROR \(still STARTING\)$")
            terminal.wait("busvisord goes on with slow")
            terminal.wait(PROMPT)
            terminal.type("pid ca" + TAB)
            terminal.wait("pid cat $")
            terminal.type("\nversion --json\n")
            terminal.wait('"client_version"')
            terminal.type("stop sl*\n")
            terminal.wait("^slow: stopped$")
            terminal.type("show -p State cat\n")
            terminal.wait("^State=RUNNING$")
            terminal.type("exit\n")
            tap.same(terminal.wait_end(), 0)


@tap.case("shutdown and reload ask first")
def questions():
    with Daemon(PROGRAMS) as daemon:
        connection = started(daemon)
        pid = connection.pid("cat")
        with shell(daemon) as terminal:
            terminal.wait(PROMPT)
            for command, question in (
                    ("reload", "Really restart the remote supervisord process y/N? "),
                    ("shutdown", "Really shut the remote supervisord process down y/N? ")):
                for answer in ("n\n", "\n", "maybe yes\n", CONTROL_D):
                    terminal.type(command + "\n")
                    terminal.wait("^" + question.replace("?", r"\?"))
                    terminal.type(answer)
                    terminal.wait(PROMPT)
            tap.same(connection.pid("cat"), pid)
            terminal.type("shutdown\n")
            terminal.wait(r"\? ")
            terminal.type("Yes\n")
            terminal.wait("^Shut down$")
            terminal.wait(PROMPT)
            tap.same(daemon.wait_end(), 0)
            terminal.type("exit\n")
            tap.same(terminal.wait_end(), 0)


@tap.case("--interactive asks on the command line too")
def interactive():
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        for answer, text, more in (("n", "", ""), ("y", "Shut down\n", "")):
            result = piped(daemon, answer + "\n", "--interactive", "shutdown")
            tap.same((result.returncode, result.stdout, result.stderr), (
                0, "Really shut the remote supervisord process down y/N? " + text, more))
        tap.same(daemon.wait_end(), 0)


@tap.case("the shell outlives the daemon and finds the next one")
def daemon_goes():
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        with shell(daemon) as terminal:
            terminal.wait(PROMPT)
            daemon.process.send_signal(signal.SIGTERM)
            tap.same(daemon.wait_end(), 0)
            terminal.type("status\n")
            terminal.wait("^busvisorctl: no busvisord found")
            terminal.wait(PROMPT)
            terminal.type("pid ca" + TAB + "\n")
            terminal.wait("^busvisorctl: no busvisord found")
            daemon.start()
            started(daemon)
            terminal.type("pid\n")
            terminal.wait("^%d$" % daemon.process.pid)
            terminal.type("exit\n")
            tap.same(terminal.wait_end(), 0)


@tap.case("open leads to another daemon")
def open_other():
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        with shell(daemon, "--address=unix:path=/nonexistent", address=False) as terminal:
            terminal.wait("^busvisorctl: no busvisord found")
            terminal.type("open http://localhost:9001\n")
            terminal.wait("^ERROR: address must be a D-Bus address")
            terminal.type("pid\n")
            terminal.wait("^busvisorctl: no busvisord found")
            terminal.type("open %s\n" % daemon.address)
            terminal.wait("^cat +RUNNING")
            terminal.type("pid\n")
            terminal.wait("^%d$" % daemon.process.pid)
            terminal.type("open unix:path=/nonexistent\n")
            terminal.wait("^busvisorctl: no busvisord found")
            terminal.type("exit\n")
            tap.same(terminal.wait_end(), 0)
        result = daemon.ctl("open", "http://x")
        tap.same((result.returncode, result.stdout[:6]), (1, "ERROR:"))
        result = daemon.ctl("open", daemon.address)
        tap.same((result.returncode, result.stdout.split()[0]), (0, "cat"))


@tap.case("lines through a pipe, options and quotes on them")
def pipe():
    with Daemon(PROGRAMS) as daemon:
        connection = started(daemon)
        result = piped(daemon, "status --json cat\nstatus 'no one'\nstart --no-block slow\n"
                       "status -c x\nconvert %s" % daemon.configuration, "--no-color")
        tap.same(result.returncode, 0)
        tap.check('supervisor> [' in result.stdout, result.stdout)
        tap.check("supervisor> no one: ERROR (no such process)\n" in result.stdout, result.stdout)
        tap.check("supervisor> slow: starting\n" in result.stdout, result.stdout)
        tap.check("\nprograms:\n" in result.stdout, result.stdout)
        tap.check(result.stdout.endswith("\nsupervisor> \n"), result.stdout)
        tap.check("chosen when the shell is started" in result.stderr, result.stderr)
        tap.check(not os.path.exists(daemon.file(".local")), "piped lines were kept")
        connection.call(process_path("slow"), PROCESS, "Stop", "t", (NO_WAIT,))


@tap.case("what can be wrong from the start")
def failures():
    with Folder() as folder:
        command = [program("busvisorctl"), "--address=unix:path=" + folder.file("none")]

        def run(*options):
            return subprocess.run(command + list(options), input="", text=True, check=False,
                                  capture_output=True, env=clean_environment(),
                                  timeout=processes.WAIT_LIMIT)
        result = run()
        tap.same((result.returncode, result.stdout), (0, "supervisor> \n"))
        tap.check("no busvisord found" in result.stderr, result.stderr)
        for options in (["-c", folder.file("none.conf")], ["--json"], ["--no-block"]):
            result = run(*options)
            tap.same((result.returncode, result.stdout), (2, ""), options)


tap.run()
