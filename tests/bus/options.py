"""Options of busvisord as they work: what it becomes, what it leaves, how a start ends."""

import os
import pwd
import re
import resource
import signal
import socket
import subprocess

import processes
import tap
from busvisor import HEAD, Daemon, Folder, clean_environment, program, read, run_busvisord

LOOK = """
[program:look]
command=/bin/bash -c 'umask; readlink /proc/$PPID/cwd; ulimit -n; ulimit -u'
stdout_logfile=%(here)s/look
startsecs=0
autorestart=false
"""
STAYS = "\n[program:stays]\ncommand=/bin/sleep 1000\nstartsecs=0\n"


def looked(daemon):
    """umask, folder of the daemon, limits of descriptors and of processes."""
    processes.wait_for(lambda: len(daemon.read("look").split()) == 4, "what the program sees")
    return daemon.read("look").split()


@tap.case("-m, -d and umask= count in the foreground; without them what was there stays")
def foreground():
    private = ["--bus", "private"]
    before = os.umask(0o007)
    try:
        for arguments, head, mask, folder in (
                ([], "", "0007", None), (["-m", "027"], "", "0027", None),
                (["-d", "/usr/share"], "", "0007", "/usr/share"),
                ([], "umask=0077\ndirectory=/usr/lib\n", "0077", "/usr/lib"),
                (["-m", "022"], "umask=077\n", "0022", None)):
            with Daemon(head + LOOK, private + arguments) as daemon:
                tap.same(looked(daemon)[:2], [mask, folder or daemon.path])
    finally:
        os.umask(before)


@tap.case("-a and --minprocs raise limits, and what cannot be had is exit 2")
def limits():
    def low():
        for kind in (resource.RLIMIT_NOFILE, resource.RLIMIT_NPROC):
            resource.setrlimit(kind, (300, resource.getrlimit(kind)[1]))
    with Folder() as folder:
        file = folder.write("a.conf", HEAD + LOOK)
        command = [program("busvisord"), "-n", "-c", file, "--bus", "private"]
        environment = dict(clean_environment(), RUNTIME_DIRECTORY=folder.path,
                           STATE_DIRECTORY=folder.path)
        with subprocess.Popen(command + ["-a", "400", "--minprocs", "500"], env=environment,
                              stdout=subprocess.DEVNULL, preexec_fn=low) as daemon:
            tap.same(looked(folder)[2:], ["400", "500"])
            daemon.send_signal(signal.SIGTERM)
            tap.same(daemon.wait(processes.WAIT_LIMIT), 0)
        for text in ("Increased RLIMIT_NOFILE limit to 400", "Increased RLIMIT_NPROC limit to 500"):
            tap.check(text in folder.read("main.log"), text)
        result = run_busvisord(folder, "-n", "-c", file, "-a", "9999999999")
        tap.same((result.returncode, result.stdout), (2, ""))
        tap.check("9999999999 is required for RLIMIT_NOFILE" in result.stderr, result.stderr)


@tap.case("-s, -k, -i and -q")
def small():
    with Folder() as logs:
        old = logs.write("old-stdout---test-12345678.log", "")
        arguments = ["--bus", "private", "-q", logs.path]
        with Daemon(STAYS, arguments + ["-k", "-s"]) as daemon:
            daemon.wait_log("spawned: 'stays'")
            tap.check(os.path.exists(old), "-k has no effect")
            tap.same(daemon.read("stdout"), "")
        with Daemon(STAYS, arguments) as daemon:
            daemon.wait_log("spawned: 'stays'")
            tap.check(not os.path.exists(old), "an old log is still there")
            tap.check("spawned: 'stays'" in daemon.read("stdout"), "no copy of the log")


class Background(Folder):
    """A configuration, and the daemon in the background; ended with the `with` block."""

    def launch(self, text, *arguments, bus="private"):
        """The result of the launcher, as soon as it has ended."""
        file = self.write("a.conf", text)
        return run_busvisord(self, "-c", file, "--bus", bus, *arguments)

    def end(self):
        pid = int(self.read("pid"))
        os.kill(pid, signal.SIGTERM)
        processes.wait_for(lambda: not processes.is_alive(pid), "the end")

    def __exit__(self, kind, error, trace):
        processes.end_all_below(os.getpid())
        super().__exit__(kind, error, trace)


@tap.case("in the background: ready when the launcher ends, and apart from all")
def background():
    with Background() as folder:
        text = HEAD + "directory=/usr/share\n" + LOOK + STAYS
        result = folder.launch(text, "-m", "027")
        pid = int(folder.read("pid"))  # there at once
        tap.same((result.returncode, result.stdout, result.stderr), (0, "", ""))
        tap.same((os.getsid(pid), os.getpgid(pid)), (pid, pid))
        tap.same([os.readlink("/proc/%d/fd/%d" % (pid, fd)) for fd in range(3)], ["/dev/null"] * 3)
        tap.same(oct(os.stat(folder.file("pid")).st_mode & 0o777), "0o640")
        tap.same(looked(folder)[:2], ["0027", "/usr/share"])
        log = folder.read("main.log")
        for line in ("INFO daemonizing the supervisord process",
                     "INFO set current directory: '/usr/share'",
                     "INFO supervisord started with pid %d" % pid):
            tap.check(line in log, line)
        folder.end()
        tap.check(not os.path.exists(folder.file("pid")), "the pid file was left behind")


@tap.case("a start in the background that fails says why, and exits as the daemon did")
def background_fails():
    with Background() as folder:
        tap.same(folder.launch(HEAD + STAYS).returncode, 0)
        # The second one is to have the same runtime folder.
        second = folder.launch(HEAD + STAYS)
        tap.same(second.returncode, 2)
        tap.check("another busvisord uses it" in second.stderr, second.stderr)
        processes.wait_for(lambda: "another busvisord uses it" in folder.read("main.log"), "a line")
        folder.end()
        result = folder.launch(HEAD + STAYS, bus="unix:path=/nonexistent/socket")
        tap.same(result.returncode, 2)
        tap.check("/nonexistent/socket" in result.stderr, result.stderr)


@tap.case("a launcher that is interrupted ends")
def launcher_interrupted():
    with Background() as folder, Folder() as bus:
        # A bus that takes connections and never answers holds up the start.
        with socket.socket(socket.AF_UNIX) as silent:
            silent.bind(bus.file("socket"))
            silent.listen()
            file = folder.write("a.conf", HEAD + STAYS)
            with subprocess.Popen([program("busvisord"), "-c", file, "--bus",
                                   "unix:path=" + bus.file("socket")],
                                  env=dict(clean_environment(), RUNTIME_DIRECTORY=folder.path,
                                           STATE_DIRECTORY=folder.path),
                                  stderr=subprocess.DEVNULL) as launcher:
                processes.wait_for(lambda: processes.children(launcher.pid), "the daemon")
                launcher.send_signal(signal.SIGINT)
                tap.same(launcher.wait(processes.WAIT_LIMIT), -signal.SIGINT)


@tap.case("a pid file that is another instance's is left alone; one that is stale is not")
def pid_file():
    with Daemon(STAYS) as daemon:
        daemon.wait_log("spawned: 'stays'")
        own = "%d\n" % daemon.process.pid
        tap.same(daemon.read("pid"), own)
        with Background() as other:
            tap.same(other.launch(HEAD + STAYS, "-j", daemon.file("pid")).returncode, 0)
            log = other.read("main.log")
            tap.check("CRIT could not write pidfile %s: it belongs to the running process %s" % (
                daemon.file("pid"), own) in log, log)
            pid = int(re.search(r"supervisord started with pid (\d+)", log).group(1))
            os.kill(pid, signal.SIGTERM)
            processes.wait_for(lambda: not processes.is_alive(pid), "the end")
            tap.same(daemon.read("pid"), own)
            # What is stale is what nobody holds.
            daemon.process.kill()
            daemon.process.wait()
        tap.same(daemon.read("pid"), own)
        daemon.start()
        processes.wait_for(lambda: daemon.read("pid") == "%d\n" % daemon.process.pid, "the pid")


@tap.case("a pid file that cannot be written is told, and the daemon goes on")
def no_pid_file():
    with Daemon(STAYS, ["--bus", "private", "-j", "/proc/nothing"]) as daemon:
        daemon.wait_log("CRIT could not write pidfile /proc/nothing: ")
        daemon.wait_log("spawned: 'stays'")
    with Daemon(STAYS, ["--bus", "private", "-j", "/dev/null"]) as daemon:
        daemon.wait_log("spawned: 'stays'")
        tap.check("could not write" not in daemon.read("main.log"), "/dev/null is taken")
    tap.check(os.path.exists("/dev/null"), "/dev/null is gone")


@tap.case("root: told when it stays so, and quietly another user when that is asked for")
def user():
    if os.geteuid() != 0:
        raise tap.Skip("only root can become another user")
    nobody = pwd.getpwnam("nobody")
    with Daemon(STAYS) as daemon:
        daemon.wait_log("CRIT busvisord is running as root")
        tap.check("Set uid to user" not in daemon.read("main.log"), "it says that it is another")
    with Daemon("user=root\n" + STAYS) as daemon:
        daemon.wait_log("INFO Set uid to user 0 succeeded$")
        tap.check("running as root" not in daemon.read("main.log"), "root was asked for")

    def prepare(daemon):
        for path in (daemon.path, daemon.file("run"), daemon.file("state")):
            os.chmod(path, 0o777)
    for name in ("nobody", str(nobody.pw_uid)):
        daemon = Daemon(STAYS, ["--bus", "private", "-u", name])
        daemon.start = lambda d=daemon: (prepare(d), Daemon.start(d))
        daemon.environment["HOME"] = "/root"
        with daemon:
            daemon.wait_log("INFO Set uid to user %d succeeded$" % nobody.pw_uid)
            daemon.wait_log("spawned: 'stays'")
            status = read("/proc/%d/status" % daemon.process.pid)
            for field, number in (("Uid", nobody.pw_uid), ("Gid", nobody.pw_gid)):
                tap.check(re.search(r"^%s:(\t%d){4}$" % (field, number), status, re.M), status)
            groups = re.search("^Groups:\t(.*)$", status, re.M).group(1).split()
            tap.same(sorted(map(int, groups)), sorted(os.getgrouplist("nobody", nobody.pw_gid)))
            child = processes.wait_for(lambda: [
                p for p in processes.children(daemon.process.pid)
                if processes.command_line(p)[:1] == ["/bin/sleep"]], "the program")[0]
            with open("/proc/%d/environ" % child, encoding="utf-8") as file:
                tap.check("HOME=/root" in file.read().split("\0"), "HOME has changed")


@tap.case("who is not root cannot become another: exit 2 and nothing started")
def not_root():
    wrapper = ["setpriv", "--reuid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    with Folder() as folder:
        os.chmod(folder.path, 0o777)
        file = folder.write("a.conf", HEAD + STAYS)
        result = subprocess.run(wrapper + [program("busvisord"), "-n", "-c", file, "-u", "root"],
                                env=dict(clean_environment(), RUNTIME_DIRECTORY=folder.path,
                                           STATE_DIRECTORY=folder.path),
                                capture_output=True, text=True, check=False,
                                timeout=processes.WAIT_LIMIT)
        tap.same((result.returncode, result.stdout), (2, ""))
        tap.check("cannot become user root" in result.stderr, result.stderr)
        tap.same(os.listdir(folder.path), ["a.conf"])


tap.run()
