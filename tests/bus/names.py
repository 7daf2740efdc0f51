"""The programs with Supervisor's names: supervisorctl, pidproxy, echo_supervisord_conf."""

import contextlib
import os
import signal
import subprocess

import processes
import tap
from busvisor import PYTHON, Daemon, Folder, clean_environment, program

CAT = "[program:cat]\ncommand=/bin/cat\nstartsecs=0\n"

# Says which signals come, in a file, and ends with the one that ends it.
SERVICE = """
import os, signal, sys
def note(number, frame):
    with open(sys.argv[1] + ".got", "a") as stream:
        print(signal.Signals(number).name, file=stream)
    if number == signal.SIGTERM:
        os._exit(0)
for name in ("HUP", "INT", "USR1", "USR2", "QUIT", "TERM"):
    signal.signal(getattr(signal, "SIG" + name), note)
with open(sys.argv[1] + ".new", "w") as stream:
    print(os.getpid(), file=stream)
os.rename(sys.argv[1] + ".new", sys.argv[1])
while True:
    signal.pause()
"""


def supervisorctl(daemon, *arguments, found=True):
    """busvisorctl under its other name, in the daemon's folder."""
    if not os.path.exists(daemon.file("supervisorctl")):
        os.symlink(program("busvisorctl"), daemon.file("supervisorctl"))
    environment = clean_environment()
    if found:
        environment["BUSVISOR_BUS_ADDRESS"] = daemon.address
    else:
        environment.update(RUNTIME_DIRECTORY=daemon.file("run"))
    return subprocess.run([daemon.file("supervisorctl")] + list(arguments), env=environment,
                          text=True, stdin=subprocess.DEVNULL, capture_output=True,
                          cwd=daemon.path, timeout=processes.WAIT_LIMIT, check=False)


@contextlib.contextmanager
def another(daemon, name):
    """A busvisord with the same identifier and this file, besides; its process. Where nobody says
    which folder, it would be the second one by itself."""
    file = daemon.write(name, daemon.sections.replace("here)s/", "here)s/other-"))
    with open(daemon.file("other-stderr"), "wb") as err:
        process = subprocess.Popen([program("busvisord"), "-n", "--bus", "private", "-c", file],
                                   cwd=daemon.path, stdin=subprocess.DEVNULL, stdout=err,
                                   stderr=err, env=dict(daemon.environment,
                                                        RUNTIME_DIRECTORY=daemon.file("other"),
                                                        STATE_DIRECTORY=daemon.file("other-state")))
    os.symlink(daemon.file("other/test"), daemon.file("run/test.2"))
    try:
        processes.wait_for(lambda: os.path.exists(daemon.file("run/test.2/bus/socket")), "its bus")
        yield process
    finally:
        process.terminate()
        process.wait(processes.WAIT_LIMIT)


def check_found(daemon, process, *options):
    """The daemon that supervisorctl finds is this one, sooner or later."""
    def found():
        result = supervisorctl(daemon, *options, "pid", found=False)
        return (result.returncode, result.stdout) == (0, "%d\n" % process.pid)
    processes.wait_for(found, lambda: supervisorctl(daemon, *options, "pid", found=False))


@tap.case("of two with one identifier, the one is found that runs with the file")
def two_of_one_name():
    with Daemon(CAT) as daemon:
        daemon.connect()
        with another(daemon, "other.conf") as process:
            check_found(daemon, process, "-c", "other.conf")
            check_found(daemon, daemon.process, "-c", "supervisord.conf")
            # As Supervisor looks there when nothing is said.
            check_found(daemon, daemon.process)
            daemon.write("client.conf", "[supervisorctl]\nprompt=x\n[supervisord]\nidentifier=test\n")
            check_found(daemon, daemon.process, "-c", "client.conf")


@tap.case("one that was given no name is not taken for one that runs with another file")
def nameless():
    daemon = Daemon("")
    daemon.sections = daemon.sections.replace("identifier=test\n", "")
    with daemon:
        daemon.write("other.conf", daemon.sections)
        check_found(daemon, daemon.process, "-c", "supervisord.conf")
        result = supervisorctl(daemon, "-c", "other.conf", "pid", found=False)
        tap.same(result.returncode, 4)
        tap.check("that one runs with " + daemon.configuration in result.stderr, result)
        os.rename(daemon.configuration, daemon.file("moved.conf"))
        check_found(daemon, daemon.process, "-c", "moved.conf")


@tap.case("supervisorctl takes Supervisor's options and serves this machine only")
def control():
    with Daemon(CAT) as daemon:
        daemon.connect()
        for options in (["-s", "unix:///var/run/supervisor.sock"], ["-uadmin", "-p", "secret"],
                        ["--serverurl=http://localhost:9001"], []):
            result = supervisorctl(daemon, *options, "pid", "cat")
            tap.same((result.returncode, result.stderr), (0, ""))
            tap.check(int(result.stdout) > 1, result.stdout)
        result = supervisorctl(daemon, "-s", "http://elsewhere.example.org:9001", "pid")
        tap.same(result.returncode, 2)
        tap.check("not on this machine" in result.stderr, result.stderr)
        result = supervisorctl(daemon, "stop", "cat")
        tap.same((result.returncode, result.stdout), (0, "cat: stopped\n"))


@tap.case("pidproxy passes signals on to the process in the file, and ends after TERM")
def proxy():
    with Folder() as folder:
        service = folder.write("service.py", SERVICE)
        pid_file = folder.file("pid")
        process = subprocess.Popen([program("pidproxy"), pid_file, PYTHON, service, pid_file],
                                   env=clean_environment())
        processes.wait_for(lambda: os.path.exists(pid_file), "the service")
        for count, name in enumerate(("HUP", "USR1", "USR2"), start=1):
            process.send_signal(getattr(signal, "SIG" + name))
            processes.wait_for(lambda: folder.read("pid.got").count("\n") == count, name)
        process.send_signal(signal.SIGTERM)
        tap.same(process.wait(processes.WAIT_LIMIT), 0)
        processes.wait_for(lambda: "SIGTERM" in folder.read("pid.got"), "the end of the service")
        tap.same(folder.read("pid.got").split(), ["SIGHUP", "SIGUSR1", "SIGUSR2", "SIGTERM"])


@tap.case("pidproxy ends with its command, and says what it cannot do")
def proxy_ends():
    with Folder() as folder:
        ended = subprocess.run([program("pidproxy"), folder.file("pid"), "sh", "-c", "exit 7"],
                               check=False)
        tap.same(ended.returncode, 7)
        missing = subprocess.run([program("pidproxy"), folder.file("pid"), "/nonexistent"],
                                 capture_output=True, text=True, check=False)
        tap.same(missing.returncode, 127)
        tap.check("/nonexistent" in missing.stderr, missing.stderr)
        process = subprocess.Popen([program("pidproxy"), folder.file("pid"), "sleep", "1000"],
                                   stdout=subprocess.PIPE, text=True)
        processes.wait_for(lambda: processes.children(process.pid), "the command")
        process.send_signal(signal.SIGHUP)
        tap.check("Can't read child pidfile" in process.stdout.readline(), "not said")
        for child in processes.children(process.pid):
            os.kill(child, signal.SIGKILL)
        tap.same(process.wait(processes.WAIT_LIMIT), 128 + signal.SIGKILL)
        process.stdout.close()
        tap.same(subprocess.run([program("pidproxy")], stderr=subprocess.DEVNULL,
                                check=False).returncode, 1)


tap.run()
