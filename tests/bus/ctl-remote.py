"""busvisorctl --host: over ssh, which here is a script that runs the command on this machine."""

import json
import os
import signal
import subprocess

import processes
import tap
from busvisor import IDENTIFIER, Daemon, clean_environment, program
from systembus import UserDaemon
from terminal import CONTROL_C, Terminal

PROGRAMS = """
[program:cat]
command=/bin/cat
startsecs=0

[program:talker]
command=/bin/sh -c 'echo hello; exec sleep 1000'
startsecs=0
"""

# As sshd does it: the words are joined, and a shell gets them. What was asked for is kept.
SSH = """#!/bin/sh
printf '%%s\\n' "$@" >%(folder)s/asked
while [ "$1" != -- ]; do shift; done
shift 2
export DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nowhere DBUS_SESSION_BUS_ADDRESS=%(session)s
export RUNTIME_DIRECTORY=%(folder)s/run PATH=%(path)s
%(more)s
exec /bin/sh -c "$*"
"""


def environment(daemon, path="/usr/bin:/bin", more=""):
    """With our ssh, which in turn has this path, and does this before."""
    session = daemon.environment.get("DBUS_SESSION_BUS_ADDRESS", "")
    daemon.write("ssh", SSH % {"folder": daemon.path, "path": path, "more": more,
                               "session": session}, 0o755)
    return dict(clean_environment(), PATH=daemon.path + ":/usr/bin:/bin")


def needs_bridge():
    if not os.path.exists("/usr/bin/systemd-stdio-bridge"):
        raise tap.Skip("there is no systemd-stdio-bridge here")


def remote(daemon, *arguments, **more):
    return subprocess.run([program("busvisorctl"), *arguments], env=environment(daemon, **more),
                          text=True, stdin=subprocess.DEVNULL, capture_output=True, check=False,
                          cwd=daemon.path, timeout=processes.WAIT_LIMIT)


@tap.case("the instance there is found, and commands are as ever")
def commands():
    needs_bridge()
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        processes.wait_for(lambda: connection.state("cat") == "RUNNING", "RUNNING")
        for place in (["-i", IDENTIFIER], ["--address=" + daemon.address]):
            result = remote(daemon, "-H", "me@box:2222", *place, "pid", "cat")
            tap.same((result.returncode, result.stdout, result.stderr),
                     (0, "%d\n" % connection.pid("cat"), ""))
            asked = daemon.read("asked").splitlines()
            tap.same(asked[:5], ["-xT", "-p", "2222", "--", "me@box"])
        result = remote(daemon, "--host=box", "-i", IDENTIFIER, "restart", "cat", "--json")
        tap.same([e["result"] for e in json.loads(result.stdout)], ["restarted"])


@tap.case("the bus of the user there")
def bus_of_user():
    needs_bridge()
    with UserDaemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        processes.wait_for(lambda: connection.state("cat") == "RUNNING", "RUNNING")
        result = remote(daemon, "-H", "box", "--address=user", "pid", "cat")
        tap.same((result.returncode, result.stdout, result.stderr),
                 (0, "%d\n" % connection.pid("cat"), ""))
        result = remote(daemon, "-H", "box", "pid", "cat")
        tap.same((result.returncode, result.stdout), (4, ""))


@tap.case("logs come without descriptors")
def logs():
    needs_bridge()
    with Daemon(PROGRAMS) as daemon:
        daemon.connect()
        processes.wait_for(lambda: remote(daemon, "-Hbox", "-i", IDENTIFIER, "tail", "talker")
                           .stdout == "hello\n\n", "the log")
        with Terminal([program("busvisorctl"), "-H", "box", "-i", IDENTIFIER, "tail", "-f",
                       "talker"], environment(daemon)) as terminal:
            terminal.wait("^hello$")
            terminal.type(CONTROL_C)
            tap.same(terminal.wait_end(), 0)


@tap.case("monitor and fg over it")
def streams():
    needs_bridge()
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        processes.wait_for(lambda: connection.state("cat") == "RUNNING", "RUNNING")
        with Terminal([program("busvisorctl"), "-H", "box", "-i", IDENTIFIER, "fg", "cat"],
                      environment(daemon)) as terminal:
            terminal.wait("Ctrl-C to exit")
            terminal.type("typed\n")
            terminal.wait("typed")
            terminal.wait("typed")
            terminal.type(CONTROL_C)
            terminal.wait("Exiting foreground")
            tap.same(terminal.wait_end(), 0)
        with Terminal([program("busvisorctl"), "-H", "box", "-i", IDENTIFIER, "monitor"],
                      environment(daemon)) as terminal:
            def shown():
                daemon.ctl("restart", "talker")
                return terminal.has("talker")
            processes.wait_for(shown, "an event")
            tap.same(terminal.end(signal.SIGINT), 0)


@tap.case("watch, events, show and the shell over it")
def more_commands():
    needs_bridge()
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        processes.wait_for(lambda: connection.state("cat") == "RUNNING", "RUNNING")
        place = ["-H", "box", "-i", IDENTIFIER]
        result = remote(daemon, *place, "watch", "-n", "1", "--json", "cat")
        tap.same([p["pid"] for p in json.loads(result.stdout)["processes"]],
                 [connection.pid("cat")])
        tap.same(remote(daemon, *place, "show", "-pState", "--value", "cat").stdout, "RUNNING\n")
        tap.check("cat" in remote(daemon, *place, "events").stdout, "no events")
        with Terminal([program("busvisorctl"), *place],
                      dict(environment(daemon), HOME=daemon.path)) as terminal:
            terminal.wait("^cat +RUNNING")
            terminal.wait("^%s> " % IDENTIFIER)
            terminal.type("pid c\t\n")
            terminal.wait("^%d$" % connection.pid("cat"))
            terminal.type("exit\n")
            tap.same(terminal.wait_end(), 0)


HANGING_SSH = """#!/bin/sh
printf '%%s\\n' "$@" >%(folder)s/asked
echo $$ >%(folder)s/hanging.new
mv %(folder)s/hanging.new %(folder)s/hanging
exec sleep 1000
"""


def hang(daemon):
    """From now on ssh does; the daemon goes."""
    daemon.write("ssh.new", HANGING_SSH % {"folder": daemon.path}, 0o755)
    os.rename(daemon.file("ssh.new"), daemon.file("ssh"))
    daemon.process.send_signal(signal.SIGTERM)
    tap.same(daemon.wait_end(), 0)


@tap.case("an ssh that hangs keeps nobody: keys and signals are heard, and it is gone at the end")
def hanging():
    needs_bridge()
    place = ["-H", "box", "-i", IDENTIFIER]
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        processes.wait_for(lambda: connection.state("cat") == "RUNNING", "RUNNING")
        with Terminal([program("busvisorctl"), *place, "watch"],
                      environment(daemon)) as terminal:
            terminal.wait("q quit")
            hang(daemon)
            daemon.wait_file("hanging")
            tap.check("-qoBatchMode=yes" in daemon.read("asked"), daemon.read("asked"))
            terminal.type("s")
            terminal.wait("s sort: state|busvisord is gone")
            pid = int(daemon.read("hanging"))
            os.unlink(daemon.file("hanging"))
            # Another one comes after it, and that works.
            daemon.start()
            connection = daemon.connect()
            processes.wait_for(lambda: connection.state("cat") == "RUNNING", "RUNNING")
            environment(daemon)
            os.kill(pid, signal.SIGKILL)
            terminal.wait("cat +RUNNING +%d " % connection.pid("cat"))
            hang(daemon)
            daemon.wait_file("hanging")
            terminal.type("q")
            tap.same(terminal.wait_end(), 0)
            pid = int(daemon.read("hanging"))
            processes.wait_for(lambda: not processes.is_alive(pid), "the end of ssh")
        os.unlink(daemon.file("hanging"))
        daemon.start()
        daemon.connect()
        with Terminal([program("busvisorctl"), *place, "monitor", "PROCESS_STATE"],
                      environment(daemon)) as terminal:
            def shown():
                daemon.ctl("restart", "talker")
                return terminal.has("talker")
            processes.wait_for(shown, "an event")
            hang(daemon)
            terminal.wait("lost busvisord, waiting for it")
            daemon.wait_file("hanging")
            terminal.type(CONTROL_C)
            tap.same(terminal.wait_end(), 0)


@tap.case("an instance that is not there is not the one on the system bus")
def other_instance():
    needs_bridge()
    with Daemon(PROGRAMS) as daemon:
        daemon.connect()
        sockets = daemon.file("run/web1/bus/socket"), "/nonexistent/busvisor/web1/bus/socket"
        more = "export XDG_RUNTIME_DIR=/nonexistent DBUS_SYSTEM_BUS_ADDRESS="
        if not os.path.exists("/run/dbus/system_bus_socket"):
            result = remote(daemon, "-H", "box", "-i", "web1", "pid", more=more)
            tap.same((result.returncode, result.stdout), (4, ""))
            tap.check(result.stderr.startswith(
                "busvisorctl: instance web1 has no %s, %s, and there is no system bus on " % sockets),
                      result.stderr)
            tap.check("instance web1 on box over ssh" in result.stderr, result.stderr)
            result = remote(daemon, "-H", "box", "pid", more=more)
            tap.check(result.stderr.startswith("busvisorctl: there is no system bus on "),
                      result.stderr)
        # A bus that stands for that of the system.
        more += daemon.address
        result = remote(daemon, "-H", "box", "-i", "web1", "pid", more=more)
        tap.same((result.returncode, result.stdout, result.stderr), (
            4, "", "busvisorctl: no busvisord found (instance web1 on box over ssh: only instance "
            "%s is there)\n" % IDENTIFIER))
        os.rename(daemon.file("run/" + IDENTIFIER), daemon.file("run/elsewhere"))
        more = more.replace("run/" + IDENTIFIER, "run/elsewhere")
        for place in (["-i", IDENTIFIER], []):
            result = remote(daemon, "-H", "box", *place, "pid", more=more)
            tap.same((result.returncode, result.stdout), (0, "%d\n" % daemon.process.pid))
        result = remote(daemon, "-H", "box", "-i", IDENTIFIER, "--bus-name=org.example.None", "pid",
                        more=more)
        tap.same((result.returncode, result.stderr), (
            4, "busvisorctl: no busvisord found (instance %s on box over ssh: org.example.None has "
            "no owner, and the instance has no bus of its own there)\n" % IDENTIFIER))
        os.rename(daemon.file("run/elsewhere"), daemon.file("run/" + IDENTIFIER))


@tap.case("what can go wrong is told")
def failures():
    needs_bridge()
    with Daemon(PROGRAMS) as daemon:
        daemon.connect()
        os.mkdir(daemon.file("bin"))
        for tool in ("sh", "uname", "id"):
            os.symlink("/usr/bin/" + tool, daemon.file("bin/" + tool))
        result = remote(daemon, "-H", "box", "-i", IDENTIFIER, "pid", path=daemon.file("bin"))
        tap.same((result.returncode, result.stdout), (4, ""))
        tap.check("there is no systemd-stdio-bridge" in result.stderr, result.stderr)
        tap.check("box over ssh" in result.stderr, result.stderr)
        daemon.write("ssh", "#!/bin/sh\necho 'box: Connection refused' >&2\nexit 255\n", 0o755)
        result = subprocess.run([program("busvisorctl"), "-H", "box", "pid"], text=True,
                                env=dict(clean_environment(), PATH=daemon.path), check=False,
                                capture_output=True, timeout=processes.WAIT_LIMIT)
        tap.same((result.returncode, result.stdout), (4, ""))
        tap.check(result.stderr.startswith("box: Connection refused\nbusvisorctl: "), result.stderr)
        os.unlink(daemon.file("ssh"))
        result = subprocess.run([program("busvisorctl"), "-H", "box", "pid"], text=True,
                                env=dict(clean_environment(), PATH=daemon.path), check=False,
                                capture_output=True, timeout=processes.WAIT_LIMIT)
        tap.same(result.returncode, 4)
        tap.check("--host needs ssh" in result.stderr, result.stderr)
        daemon.write("ssh", "#!/bin/sh\nexit 0\n", 0o755)
        result = subprocess.run([program("busvisorctl"), "-H", "box", "pid"], text=True,
                                env=dict(clean_environment(), PATH=daemon.path), check=False,
                                capture_output=True, timeout=processes.WAIT_LIMIT)
        tap.same((result.returncode, result.stderr),
                 (4, "busvisorctl: no busvisord found (box over ssh: no connection, or there is "
                     "no such bus)\n"))
        daemon.write("ssh", "#!/bin/sh\nexec sleep 1000\n", 0o755)
        result = remote_hanging(daemon)
        tap.same(result.returncode, 124, result.stderr)
        for words in (["-H", ""], ["-H", "box:port"], ["-H", "@box"], ["-H", "box/"],
                      ["-H", "box/container", "-i", IDENTIFIER], ["-H", "box", "-c", "file"]):
            result = remote(daemon, *words, "pid")
            tap.same((result.returncode, result.stdout), (2, ""), str(words))


def remote_hanging(daemon):
    return subprocess.run([program("busvisorctl"), "-H", "box", "--timeout=100ms", "pid"],
                          env=dict(clean_environment(), PATH=daemon.path + ":/usr/bin:/bin"),
                          text=True, capture_output=True, check=False,
                          timeout=processes.WAIT_LIMIT)


tap.run()
