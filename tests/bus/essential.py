"""exit_policy=essential: the daemon ends with a program, and with its exit status."""

import os
import re
import subprocess

import processes
import tap
from busvisor import HEAD, Daemon, Folder, clean_environment, program

OTHER = """
[program:other]
command=/bin/sh -c 'trap "touch stopped; exit 0" TERM; touch ready; while :; do sleep 0.05; done'
directory=%(here)s
startsecs=0
"""


def main(command, more="autorestart=false\nstartsecs=0"):
    return "\n[program:main]\ncommand=%s\nexit_policy=essential\n%s\n" % (command, more)


# Ends when told to, so that everything is up before.
AFTER = "/bin/sh -c 'until [ -e %%(here)s/go ]; do sleep 0.02; done; %s'"


def ends(sections, status):
    """The log of a daemon that ends by itself with that status."""
    with Daemon(sections + OTHER) as daemon:
        daemon.wait_file("ready")
        daemon.write("go", "")
        daemon.expected_exit = status
        tap.same(daemon.wait_end(), status, "exit status of busvisord")
        tap.check(os.path.exists(daemon.file("stopped")), "the other program was not stopped")
        return daemon.read("main.log")


def warning(status, what="has ended"):
    return "WARN 'main' is essential and %s: stopping everything, to end with status %d\n" % (
        what, status)


@tap.case("an exit code is passed on, and the others are stopped as always")
def exit_code():
    for status in (0, 3):
        log = ends(main(AFTER % ("exit %d" % status)), status)
        tap.check(warning(status) in log, log)
        tap.check(re.search(r"(INFO|WARN) stopped: other ", log), log)


@tap.case("a signal is 128 and its number")
def killed():
    tap.check(warning(137) in ends(main(AFTER % "kill -KILL $$"), 137), "no warning")


@tap.case("FATAL is a failure, whatever the exit code")
def fatal():
    more = "startsecs=60\nstartretries=0"
    for command, status in ((AFTER % "exit 0", 1), (AFTER % "exit 4", 4)):
        log = ends(main(command, more), status)
        tap.check(warning(status, "cannot be kept running") in log, log)
    for command, status in (("/no/such/program", 127), ("/etc/passwd", 126)):
        with Daemon(main(command, more)) as daemon:
            daemon.expected_exit = status
            tap.same(daemon.wait_end(), status)


@tap.case("stopping it by hand, or restarting it, ends nothing")
def stopped():
    with Daemon(main("/bin/sleep 1000") + OTHER) as daemon:
        connection = daemon.connect()
        processes.wait_for(lambda: connection.state("main") == "RUNNING", "RUNNING")
        tap.same(daemon.ctl("restart", "main").returncode, 0)
        tap.same(daemon.ctl("stop", "main").returncode, 0)
        tap.same(connection.state("other"), "RUNNING")
        tap.check("is essential" not in daemon.read("main.log"), "a stop counts as an end")


@tap.case("an automatic restart is no end, and with exit codes that are expected it is one")
def restarted():
    command = "/bin/sh -c 'echo x >>%(here)s/runs; [ $(wc -l <%(here)s/runs) -ge 3 ]'"
    with Daemon(main(command, "startsecs=0\nstart_interval=0")) as daemon:
        daemon.wait_end()
        tap.same(daemon.read("runs"), "x\n" * 3)


@tap.case("any of several processes")
def several():
    more = "startsecs=0\nautorestart=false\nnumprocs=2\nprocess_name=%(process_num)d"
    command = AFTER % "[ %(process_num)d = 0 ] || exit 5; exec sleep 1000"
    log = ends(main(command, more), 5)
    tap.check("WARN '1' is essential" in log, log)


@tap.case("as process 1 of a container")
def process_1():
    with Folder() as folder:
        text = HEAD + main("/bin/sh -c 'exit 7'")
        command = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child",
                   "--mount-proc"]
        if subprocess.run(command + ["true"], capture_output=True, check=False).returncode != 0:
            raise tap.Skip("name spaces cannot be made here")
        command += [program("busvisord"), "-n", "-c", folder.write("a.conf", text)]
        result = subprocess.run(command + ["--bus", "private"], capture_output=True, text=True,
                                env=dict(clean_environment(), RUNTIME_DIRECTORY=folder.path,
                                         STATE_DIRECTORY=folder.path),
                                timeout=processes.WAIT_LIMIT, check=False)
        tap.same(result.returncode, 7, result.stderr)


tap.run()
