"""Signals to the daemon: at every moment, in every order, and those that mean nothing."""

import os
import signal
import subprocess

import processes
import tap
from busvisor import HEAD, Daemon, Folder, clean_environment, program

STAYS = "\n[program:stays]\ncommand=/bin/sleep 1000\nstartsecs=0\n"
# Ends when a file comes, and says that it was told to.
SLOW = """
[program:slow]
command=/bin/sh -c 'trap "touch asked" TERM; touch ready; until [ -e go ]; do sleep 0.02; done'
directory=%(here)s
startsecs=0
stopwaitsecs=1000
"""


@tap.case("signals that mean nothing are told and passed over")
def stray():
    with Daemon(STAYS) as daemon:
        connection = daemon.connect()
        processes.wait_for(lambda: connection.state("stays") == "RUNNING", "RUNNING")
        for number in (signal.SIGUSR1, signal.SIGALRM, signal.SIGVTALRM, signal.SIGPROF,
                       signal.SIGIO, signal.SIGPWR, signal.SIGRTMIN, signal.SIGRTMAX,
                       signal.SIGRTMIN + 3):
            daemon.process.send_signal(number)
        for number in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGCHLD, signal.SIGWINCH,
                       signal.SIGURG, signal.SIGCONT):
            daemon.process.send_signal(number)
        for name in ("SIGUSR1", "SIGALRM", "SIGVTALRM", "SIGPROF", "SIGPOLL", "SIGPWR",
                     "SIGRTMIN", "SIGRTMAX", r"signal \d+"):
            daemon.wait_log("WARN ignored %s from pid %d, which means nothing here$" % (
                name, os.getpid()))
        tap.same(connection.state("stays"), "RUNNING")


@tap.case("a program gets none of the daemon's blocked or ignored signals")
def children():
    with Daemon("[program:look]\ncommand=/bin/sh -c 'grep -E Sig.*: /proc/self/status "
                ">%(here)s/look'\nstartsecs=0\nautorestart=false\n") as daemon:
        processes.wait_for(lambda: "SigCgt" in daemon.read("look"), "what it sees")
        found = dict(l.split(":\t") for l in daemon.read("look").splitlines())
        for key in ("SigBlk", "SigIgn"):
            tap.same(int(found[key], 16), 0, key)


@tap.case("a signal that comes before anything has been started is not lost")
def early():
    for number in (signal.SIGTERM, signal.SIGINT):
        with Folder() as folder:
            command = [program("busvisord"), "-n", "-c", folder.write("a.conf", HEAD + STAYS)]
            with subprocess.Popen(command + ["--bus", "private"], stderr=subprocess.DEVNULL,
                                  stdout=subprocess.DEVNULL, cwd=folder.path,
                                  env=dict(clean_environment(),
                                           RUNTIME_DIRECTORY=folder.path,
                                           STATE_DIRECTORY=folder.path)) as daemon:
                processes.wait_for(lambda: blocks(daemon.pid, number), "its set-up")
                daemon.send_signal(number)
                tap.same(daemon.wait(processes.WAIT_LIMIT), 0)
            tap.check(not os.path.exists(folder.file("pid")), "the pid file was left behind")


def blocks(pid, number):
    try:
        with open("/proc/%d/status" % pid, encoding="utf-8") as file:
            fields = dict(line.split(":\t", 1) for line in file if ":\t" in line)
    except (FileNotFoundError, ProcessLookupError):
        return False
    return int(fields.get("SigBlk", "0"), 16) >> (number - 1) & 1


@tap.case("SIGHUP while everything ends is told and passed over")
def reload_at_the_end():
    with Daemon(STAYS + SLOW) as daemon:
        daemon.wait_file("ready")
        daemon.process.send_signal(signal.SIGTERM)
        daemon.wait_file("asked")
        daemon.process.send_signal(signal.SIGHUP)
        daemon.wait_log(r"WARN ignored SIGHUP indicating restart request \(shutdown in progress\)$")
        daemon.write("go", "")
        tap.same(daemon.wait_end(), 0)


@tap.case("SIGTERM while everything is restarted ends it")
def end_at_a_restart():
    with Daemon(STAYS + SLOW) as daemon:
        daemon.wait_file("ready")
        daemon.process.send_signal(signal.SIGHUP)
        daemon.wait_file("asked")
        daemon.process.send_signal(signal.SIGTERM)
        daemon.wait_log("WARN received SIGTERM indicating exit request$")
        daemon.write("go", "")
        tap.same(daemon.wait_end(), 0)
        tap.same(daemon.read("main.log").count("spawned: 'slow'"), 1, "starts")


# The program ends only when all have been seen: they are handled one after the other, and the end
# does not wait for those that are left.
@tap.case("a signal of each kind at once: all are seen, and the end comes")
def at_once():
    with Daemon(SLOW) as daemon:
        daemon.wait_file("ready")
        daemon.process.send_signal(signal.SIGSTOP)
        for number in (signal.SIGHUP, signal.SIGUSR2, signal.SIGUSR1, signal.SIGTERM,
                       signal.SIGINT, signal.SIGQUIT):
            daemon.process.send_signal(number)
        daemon.process.send_signal(signal.SIGCONT)
        for text in ("received SIGHUP|ignored SIGHUP", "received SIGUSR2", "ignored SIGUSR1",
                     "received SIGTERM", "received SIGINT", "received SIGQUIT"):
            daemon.wait_log(text)
        daemon.write("go", "")
        tap.same(daemon.wait_end(), 0)


@tap.case("a program that was halted is ended all the same")
def halted():
    with Daemon(STAYS + "stopwaitsecs=1\n") as daemon:
        connection = daemon.connect()
        processes.wait_for(lambda: connection.state("stays") == "RUNNING", "RUNNING")
        pid = connection.pid("stays")
        os.kill(pid, signal.SIGSTOP)
        processes.wait_for(lambda: processes.is_halted(pid), "the halt")
        tap.same(daemon.ctl("stop", "stays").returncode, 0)
        daemon.wait_log(r"WARN killing 'stays' \(\d+\) with SIGKILL$")


@tap.case("as process 1, where the kernel passes over what is not handled")
def process_1():
    with Folder() as folder:
        wrapper = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc"]
        if subprocess.run(wrapper + ["true"], capture_output=True, check=False).returncode != 0:
            raise tap.Skip("name spaces cannot be made here")
        command = [program("busvisord"), "-n", "-c", folder.write("a.conf", HEAD + STAYS)]
        environment = dict(clean_environment(), RUNTIME_DIRECTORY=folder.path,
                           STATE_DIRECTORY=folder.path)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
            with subprocess.Popen(wrapper + command + ["--bus", "private"], env=environment,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as outer:
                found = processes.wait_for(lambda: [
                    p for p in processes.descendants(outer.pid)
                    if processes.name(p) == "busvisord"], "the daemon")
                processes.wait_for(lambda: "spawned: 'stays'" in folder.read("main.log"), "it")
                os.kill(found[0], signal.SIGUSR1)
                os.kill(found[0], number)
                tap.same(outer.wait(processes.WAIT_LIMIT), 0)
            log = folder.read("main.log")
            tap.check("ignored SIGUSR1" in log and "received %s" % number.name in log, log)
            os.unlink(folder.file("main.log"))


tap.run()
