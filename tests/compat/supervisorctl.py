"""Debian's supervisorctl, unmodified, against both servers: each command, its output, exit status."""

import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bus"))

import processes  # noqa: E402
import tap  # noqa: E402
from both import HEAD, Busvisor, Supervisor, need_supervisor  # noqa: E402
from control import SECTIONS, Terminal, compare, control, write  # noqa: E402
from rpc import wait_answering, wait_state  # noqa: E402
from terminal import CONTROL_D  # noqa: E402

ENDLESS = SECTIONS + """
[program:last]
command=/bin/sh -c 'trap "" TERM; touch %(here)s/trapped; while :; do sleep 0.05; done'
startsecs=0
stopwaitsecs=1000
"""


def lines(commands):
    """Steps: these lines, one after the other."""
    def steps(run):
        for line in commands:
            yield line, control(run, *line.split())
    return steps


def sorted_lines(result):
    return result[0], sorted(result[1].splitlines()), result[2]


@tap.case("status, pid, avail and version")
def status():
    told = compare(lines([
        "status", "status all", "status cat", "status cat idle", "status idle cat", "status nobody",
        "status many:*", "status many:m1", "status many:m7", "status nogroup:*", "status pair:left",
        "status cat nobody", "status cat cat", "pid idle", "pid nobody", "pid many:*",
        "pid many:m0", "avail", "version", "avail x", "version x"]))
    tap.same(told[0][1][0], 3)

    def steps(run):
        code, out, err = control(run, "pid")
        yield code, int(out) == run.pid, err
        code, out, err = control(run, "pid", "all")
        yield code, [line == "0" for line in out.split()], err
        code, out, err = control(run, "pid", "cat", "idle")
        yield code, [line == "0" for line in out.split()], err
    compare(steps)


@tap.case("start and stop")
def start_stop():
    compare(lines([
        "start idle", "start idle", "start cat", "start lost", "start plain", "start hasty",
        "start nobody", "start slow", "start many:m0", "start pair:left", "start nogroup:*",
        "start", "stop", "stop idle", "stop idle", "stop nobody", "stop nogroup:*", "stop many:*",
        "start many:*", "start many:*", "start pair:", "start idle slow nobody", "stop slow",
        "stop lost", "stop cat:cat"]))


@tap.case("start and stop of many at once")
def start_stop_many():
    def steps(run):
        for line in ("stop many:*", "stop many:*", "stop all", "stop all", "start many:* pair:*",
                     "stop pair:left idle", "start all"):
            yield line, sorted_lines(control(run, *line.split()))
    compare(steps)


@tap.case("restart")
def restart():
    def steps(run):
        for line in ("restart", "restart cat", "restart idle", "restart nobody", "restart many:m0",
                     "restart many:*", "restart lost", "restart nogroup:*", "restart pair:*"):
            yield line, sorted_lines(control(run, *line.split()))
        wait_state(run, "cat", "RUNNING")
    compare(steps)


@tap.case("signal")
def signals():
    compare(lines([
        "signal", "signal HUP", "signal CONT cat", "signal SIGCONT cat", "signal 18 cat",
        "signal NONSENSE cat", "signal NONSENSE idle", "signal CONT idle", "signal CONT nobody",
        "signal CONT all", "signal NONSENSE all", "signal CONT many:*", "start many:*",
        "signal CONT many:*", "signal CONT cat idle nobody", "signal CONT nogroup:*"]))


def write_logs(run):
    write(run, "cat.out", "".join("line %d\n" % i for i in range(500)))
    write(run, "cat.err", "wrong\n")


@tap.case("tail")
def tails():
    def steps(run):
        write_logs(run)
        for line in ("tail", "tail cat", "tail -100 cat", "tail -0 cat", "tail -9999999 cat",
                     "tail cat stderr", "tail cat STDOUT", "tail -3 cat stderr", "tail cat nowhere",
                     "tail idle", "tail nobody", "tail many:*", "tail -x cat", "tail a b c",
                     "tail cat -f"):
            yield line, control(run, *line.split())
    compare(steps)


@tap.case("clear and maintail")
def clears():
    def steps(run):
        write_logs(run)
        for line in ("maintail x y", "maintail -x", "clear", "clear cat", "clear nobody",
                     "clear cat idle nobody", "clear many:*", "clear many:m0", "tail cat"):
            yield line, control(run, *line.split())
        yield sorted_lines(control(run, "clear", "all"))
        code, out, err = control(run, "maintail", "-5")
        yield code, len(out), err
        yield "supervisord started with pid" in control(run, "maintail", "-100000")[1]
    compare(steps)


@tap.case("tail of what is no text, which Supervisor cannot do")
def bytes_tail():
    need_supervisor()
    with Busvisor(SECTIONS) as run:
        wait_answering(run)
        with open(run.file("cat.out"), "wb") as file:
            file.write("ä".encode() * 1000 + b"\x1b[1mred\0\xff")
        for line in (["tail", "cat"], ["tail", "-1601", "cat"], ["tail", "-2", "cat"]):
            code, out, err = control(run, *line)
            tap.same((code, err), (0, ""), line)
            tap.check(out, line)
        run.end()


CHANGED = SECTIONS.replace("[program:idle]", "[program:other]").replace(
    "numprocs=2", "numprocs=3") + "\n[program:new]\ncommand=/bin/cat\nstartsecs=0\n"


@tap.case("reread, update, add and remove")
def updates():
    def steps(run):
        for line in ("reread", "update", "add cat", "add nobody", "add", "remove", "remove cat",
                     "remove nobody", "reread x", "update nobody"):
            yield line, control(run, *line.split())
        run.write("supervisord.conf", HEAD + CHANGED)
        for line in ("reread", "avail", "update new nobody", "remove idle", "add other", "reread",
                     "update", "update", "remove other", "add other", "status"):
            yield line, control(run, *line.split())
        control(run, "stop", "cat")
        for line in ("remove cat", "add cat", "status cat", "update all"):
            yield line, control(run, *line.split())
        run.write("supervisord.conf", HEAD + CHANGED.replace("startsecs=0", "startsecs=soon", 1))
        code, out, err = control(run, "reread")
        yield code, out[:20], err
        code, out, err = control(run, "update")
        yield code, out[:47], err
    compare(steps)


@tap.case("an update that stops what runs")
def update_running():
    def steps(run):
        for line in ("start many:*", "start idle"):
            yield control(run, *line.split())
        run.write("supervisord.conf", HEAD + CHANGED)
        yield sorted_lines(control(run, "update"))
        yield control(run, "status")
    compare(steps)


@tap.case("shutdown, and what is said while it goes on and after it")
def shutdown():
    def steps(run):
        processes.wait_for(lambda: os.path.exists(run.file("trapped")), "trapped")
        pid = int(control(run, "pid", "last")[1])
        yield control(run, "shutdown", "x")
        yield control(run, "shutdown")
        processes.wait_for(lambda: control(run, "avail")[0] == 1, "the end")
        for line in ("status", "start idle", "stop cat", "restart cat", "signal HUP cat", "pid",
                     "tail cat", "maintail", "clear cat", "version", "avail", "reread", "update",
                     "add cat", "remove cat", "shutdown", "reload"):
            yield line, control(run, *line.split())
        os.kill(pid, signal.SIGKILL)
        processes.wait_for(lambda: run.process.poll() is not None, "the end")
        for line in ("status", "start idle", "shutdown", "reload", "avail", "version"):
            yield line, control(run, *line.split())
    compare(steps, ENDLESS, ends=True)


@tap.case("reload")
def reload():
    def steps(run):
        yield control(run, "reload", "x")
        before = control(run, "pid", "cat")[1]
        yield control(run, "reload")

        def is_new():
            code, out, _ = control(run, "pid", "cat")
            return code == 0 and out not in (before, "0\n")
        processes.wait_for(is_new, "the new process")
        wait_state(run, "cat", "RUNNING")
        yield control(run, "status", "cat")
    compare(steps)


@tap.case("unknown commands, help and servers that are not there")
def elsewhere():
    def steps(run):
        for line in ("help", "help status", "help nothing", "fly", "!ls", "?", "open",
                     "open ftp://x", "open http://localhost:1", "exit"):
            yield line, control(run, *line.split())
        for arguments in (["-s", "unix:///nonexistent/socket", "status"],
                          ["-s", "unix:///nonexistent/socket", "start", "cat"],
                          ["-s", "unix:///nonexistent/socket", "shutdown"],
                          ["-s", "unix://" + run.file("http"), "status", "cat"],
                          ["-s", "unix://" + run.file("http"), "-u", "x", "-p", "y", "version"],
                          ["-s", "nonsense", "status"]):
            yield control(run, *arguments)
    compare(steps)


def protected(password):
    return dict(prepare=lambda run: run.write(
        "supervisord.conf", run.text.replace("[unix_http_server]\n", "[unix_http_server]\n"
                                             "username=user\npassword=%s\n" % password)))


@tap.case("passwords, plain and as a digest")
def passwords():
    digest = "{SHA}82ab876d1387bfafe46cc1c8a2ef074eae50cb1d"

    def steps(run):
        for credentials in ([], ["-u", "user"], ["-u", "user", "-p", "wrong"],
                            ["-u", "other", "-p", "thepassword"],
                            ["-u", "user", "-p", "thepassword"], ["-u", "user", "-p", digest]):
            for words in (["version"], ["status", "cat"], ["avail"], ["tail", "-f", "nobody"]):
                yield credentials, words, control(run, *credentials, *words)

    for password in ("thepassword", digest):
        need_supervisor()
        told = []
        for kind in (Supervisor, Busvisor):
            with kind(SECTIONS, **protected(password)) as run:
                def answers(run=run):
                    code, _, _ = control(run, "-u", "user", "-p", "thepassword", "pid", "cat")
                    return code == 0
                processes.wait_for(answers, "an answer")
                told.append(list(steps(run)))
                run.end()
        wrong = ["theirs %r\n  ours   %r" % p for p in zip(*told, strict=True) if p[0] != p[1]]
        tap.check(not wrong, "differences:\n  " + "\n  ".join(wrong))


@tap.case("the shell")
def shell():
    def steps(run):
        with Terminal(run) as terminal:
            terminal.wait("supervisor> ")
            for line in ("status cat", "help", "help start", "start idle", "stop idle", "", "fly",
                         "pid nobody", "tail idle"):
                terminal.type(line + "\n")
                terminal.wait("supervisor> ")
            terminal.type("exit\n")
            yield terminal.finish()
        with Terminal(run, "-i", "shutdown") as terminal:
            terminal.wait(r"y/N\?")
            terminal.type("n\n")
            yield terminal.finish()
        with Terminal(run) as terminal:
            terminal.wait("supervisor> ")
            terminal.type(CONTROL_D)
            yield terminal.finish()
    compare(steps)


tap.run(at_once=4)
