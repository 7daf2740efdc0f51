"""The command line of busvisord."""

import json
import os
import re
import signal
import subprocess

import bus
import processes
import tap
from busvisor import HEAD, Daemon, Folder, clean_environment, program, run_busvisord

PROGRAM = "[program:stays]\ncommand=/bin/sleep 1000\nstartsecs=0\n"


@tap.case("--version and -v")
def version():
    with Folder() as folder:
        for option in ("--version", "-v"):
            result = run_busvisord(folder, option)
            tap.same((result.returncode, result.stderr), (0, ""))
            tap.check(re.fullmatch(r"\d+\.\d+\.\d+\n", result.stdout), result.stdout)


@tap.case("--help and -h")
def show_help():
    with Folder() as folder:
        for option in ("--help", "-h"):
            result = run_busvisord(folder, option)
            tap.same((result.returncode, result.stderr), (0, ""))
            for word in ("--configuration", "--nodaemon", "--check", "--bus"):
                tap.check(word in result.stdout, word)


@tap.case("--check of a good file and of a bad one")
def check():
    with Folder() as folder:
        file = folder.write("a.conf", HEAD + PROGRAM)
        result = run_busvisord(folder, "--check", "-c", file)
        tap.same((result.returncode, result.stderr), (0, ""))
        bad = folder.write("b.conf", HEAD + PROGRAM + "startretries=few\n")
        result = run_busvisord(folder, "--check", "-c", bad)
        tap.same(result.returncode, 2)
        line = (HEAD + PROGRAM).count("\n") + 1
        tap.check(result.stderr.startswith("%s:%d: " % (bad, line)), result.stderr)
        tap.same(sorted(os.listdir(folder.path)), ["a.conf", "b.conf"])


@tap.case("--dump-config")
def dump():
    with Folder() as folder:
        file = folder.write("a.conf", HEAD + PROGRAM)
        result = run_busvisord(folder, "--dump-config", "-c", file, "-e", "warn")
        tap.same((result.returncode, result.stderr), (0, ""))
        dumped = json.loads(result.stdout)
        tap.same(dumped["supervisord"]["identifier"], "test")
        tap.same([p["name"] for g in dumped["groups"] for p in g["processes"]], ["stays"])
        tap.same(sorted(os.listdir(folder.path)), ["a.conf"])


@tap.case("--sample-config is a configuration")
def sample():
    with Folder() as folder:
        result = run_busvisord(folder, "--sample-config")
        tap.same((result.returncode, result.stderr), (0, ""))
        tap.check(" (none, gzip, xz, zstd, bzip2)\n" in result.stdout, "the words are not told")
        file = folder.write("sample.conf", result.stdout)
        tap.same(run_busvisord(folder, "--check", "-c", file).returncode, 0)


@tap.case("what could not be written is no success")
def full():
    with Folder() as folder:
        file = folder.write("a.conf", HEAD + PROGRAM)
        for arguments in (["--help"], ["--version"], ["--sample-config"], ["--dump-config"],
                          ["--convert-config"]):
            with open("/dev/full", "w", encoding="ascii") as nowhere:
                result = subprocess.run([program("busvisord"), *arguments, "-c", file], text=True,
                                        stdout=nowhere, stderr=subprocess.PIPE, check=False,
                                        env=clean_environment(), cwd=folder.path)
            tap.same((result.returncode, result.stderr), (
                1, "busvisord: cannot write to stdout: No space left on device\n"), arguments)


@tap.case("what cannot be understood: one line, exit 2")
def usage_errors():
    with Folder() as folder:
        file = folder.write("a.conf", HEAD + PROGRAM)
        for arguments in (["--no-such-option"], ["-c"], ["-n", "-c", file, "argument"],
                          ["-n", "-c", file, "-e", "loudly"], ["-n", "-c", file, "-m", "9z9"],
                          ["-n", "-c", file, "-u", "no-such-user-here"],
                          ["-n", "-c", file, "-a", "many"], ["-n", "-c", file, "-y", "much"]):
            result = run_busvisord(folder, *arguments)
            tap.same((result.returncode, result.stdout), (2, ""), str(arguments))
            tap.check(result.stderr, "nothing on stderr for %s" % arguments)
        tap.same(sorted(os.listdir(folder.path)), ["a.conf"])


@tap.case("options win over the file")
def options_win():
    with Folder() as other:
        arguments = ["--bus", "private", "-e", "info", "-l", other.file("other.log"),
                     "-j", other.file("other.pid"), "-q", other.path, "-i", "test"]
        with Daemon("[program:echo]\ncommand=/bin/echo x\nautorestart=false\nstartsecs=0\n",
                    arguments=arguments) as daemon:
            daemon.connect()
            processes.wait_for(lambda: "exited: echo" in other.read("other.log"), "the log")
            tap.same(other.read("other.pid"), "%d\n" % daemon.process.pid)
            tap.check(" DEBG " not in other.read("other.log"), "-e has no effect")
            tap.check([n for n in os.listdir(other.path) if n.startswith("echo-stdout---test-")],
                      "-q has no effect")
            tap.check(not os.path.exists(daemon.file("main.log")), "the file's log is used")
        tap.check(not os.path.exists(other.file("other.pid")), "the pid file was left behind")


@tap.case("an explicit bus that is not there is an error that says so")
def explicit_bus():
    with Folder() as folder:
        file = folder.write("a.conf", HEAD + PROGRAM)
        result = run_busvisord(folder, "-n", "-c", file, "--bus", "unix:path=/nonexistent/socket")
        tap.check(result.returncode not in (0, -signal.SIGKILL), result.returncode)
        tap.check("/nonexistent/socket" in result.stderr, result.stderr)


@tap.case("another name on the bus")
def bus_name():
    arguments = ["--bus", "private", "--bus-name", "org.example.Other"]
    with Daemon(PROGRAM, arguments=arguments) as daemon:
        def connect():
            try:
                connection = bus.Bus(daemon.address, "org.example.Other")
            except OSError:
                return None
            daemon.buses.append(connection)
            return connection if connection.has_owner() else None
        connection = processes.wait_for(connect, "the daemon under its other name")
        processes.wait_for(lambda: connection.state("stays") == "RUNNING", "RUNNING")


@tap.case("without -n it goes into the background")
def daemonize():
    with Folder() as folder:
        text = HEAD + "directory=/\n" + PROGRAM
        file = folder.write("a.conf", text)
        result = run_busvisord(folder, "-c", file, "--bus", "private")
        tap.same((result.returncode, result.stderr), (0, ""))
        pid = int(processes.wait_for(lambda: folder.read("pid").strip(), "the pid file"))
        processes.wait_for(lambda: "spawned: 'stays'" in folder.read("main.log"), "the program")
        tap.same(os.getsid(pid), pid)
        tap.same(os.readlink("/proc/%d/cwd" % pid), "/")
        os.kill(pid, signal.SIGTERM)

        def ended():
            processes.reap()
            return not processes.is_alive(pid)
        processes.wait_for(ended, "the end")
        processes.wait_for(lambda: not processes.descendants(os.getpid()), "the end of all")
        tap.check(not os.path.exists(folder.file("pid")), "the pid file was left behind")


@tap.case("Ctrl-C in a terminal reaches neither programs nor helpers")
def out_of_reach():
    with Daemon(PROGRAM) as daemon:
        connection = daemon.connect()
        stays = connection.pid("stays")
        tap.same(os.getpgid(stays), stays, "process group of a program")
        tap.same(os.getsid(stays), os.getsid(daemon.process.pid), "session of a program")
        for helper in processes.children(daemon.process.pid):
            if helper != stays:
                tap.check(os.getsid(helper) != os.getsid(0), "%s is reached by Ctrl-C" %
                          processes.name(helper))


tap.run()
