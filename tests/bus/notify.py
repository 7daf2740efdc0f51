"""What busvisord tells its service manager, received by a socket that stands for it."""

import os
import re
import signal
import socket
import time

import processes
import tap
from busvisor import HEAD, Folder, run_busvisord
from servicemanager import Manager

STAYS = "\n[program:stays]\ncommand=/bin/sleep 1000\nstartsecs=0\n"
OTHER = "\n[program:other]\ncommand=/bin/sleep 1000\nstartsecs=0\nautostart=false\n"
LISTENER = """
[eventlistener:pool]
command=/bin/sleep 1000
events=TICK_3600
startsecs=0
"""


@tap.case("READY once programs have been started, STATUS when it changes, STOPPING at the end")
def life():
    with Manager() as manager:
        with manager.daemon(STAYS + OTHER) as daemon:
            first = manager.receive()
            tap.same(first, {"READY": "1", "MAINPID": str(daemon.process.pid),
                             "STATUS": "1 of 2 programs running"})
            daemon.connect()
            daemon.wait_log("spawned: 'stays'")
            tap.same(daemon.ctl("start", "other").returncode, 0)
            tap.same(manager.receive(), {"STATUS": "2 of 2 programs running"})
            tap.same(daemon.ctl("stop", "other").returncode, 0)
            tap.same(manager.receive(), {"STATUS": "1 of 2 programs running"})
        tap.same(manager.receive(), {"STOPPING": "1",
                                     "STATUS": "stopping: 1 of 2 programs running"})


@tap.case("an abstract socket")
def abstract():
    with Manager(abstract=True) as manager, manager.daemon(STAYS):
        manager.wait(READY="1")


@tap.case("SIGHUP: RELOADING with its time, then READY")
def reload():
    with Manager() as manager, manager.daemon(STAYS) as daemon:
        manager.wait(READY="1")
        before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        daemon.process.send_signal(signal.SIGHUP)
        message = manager.wait(RELOADING="1")
        now = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        tap.check(before <= int(message["MONOTONIC_USEC"]) <= now, message)
        manager.wait(READY="1")
        daemon.wait_log("supervisord started with pid", 2)


@tap.case("SIGHUP with a broken file is over at once")
def broken():
    with Manager() as manager, manager.daemon(STAYS) as daemon:
        manager.wait(READY="1")
        daemon.configure("[program:stays]\n")
        daemon.process.send_signal(signal.SIGHUP)
        manager.wait(RELOADING="1")
        tap.same(manager.receive()["READY"], "1")
        daemon.wait_log("nothing is restarted")


@tap.case("an update: RELOADING, then READY with the new count")
def update():
    with Manager() as manager, manager.daemon(STAYS) as daemon:
        manager.wait(READY="1")
        daemon.connect()
        daemon.configure(STAYS + OTHER.replace("false", "true"))
        tap.same(daemon.ctl("update").returncode, 0)
        manager.wait(RELOADING="1")
        manager.wait(READY="1")
        if manager.received[-1]["STATUS"] != "2 of 2 programs running":
            manager.wait(STATUS="2 of 2 programs running")


@tap.case("SIGTERM during a restart: STOPPING, and no READY after it")
def end_at_a_restart():
    slow = STAYS.replace("/bin/sleep 1000", "/bin/sh -c 'trap \"touch %(here)s/asked\" TERM; "
                         "touch %(here)s/up; until [ -e %(here)s/go ]; do sleep 0.02; done'")
    with Manager() as manager:
        with manager.daemon(slow) as daemon:
            daemon.wait_file("up")
            daemon.process.send_signal(signal.SIGHUP)
            daemon.wait_file("asked")
            daemon.process.send_signal(signal.SIGTERM)
            daemon.wait_log("received SIGTERM")
            daemon.write("go", "")
        kinds = [k for m in manager.rest() for k in m if k in ("READY", "RELOADING", "STOPPING")]
        tap.same(kinds, ["READY", "RELOADING", "STOPPING"])


@tap.case("the watchdog is served when it is asked for, and only then")
def watchdog():
    with Manager() as manager, manager.daemon(STAYS, WATCHDOG_USEC="200000"):
        for _ in range(3):
            manager.wait(WATCHDOG="1")
    with Manager() as manager:
        with manager.daemon(STAYS):
            manager.wait(READY="1")
        tap.check(not any("WATCHDOG" in m for m in manager.rest()), manager.received)


@tap.case("programs and hosts do not get what is meant for the daemon")
def not_passed_on():
    look = ("[program:look]\ncommand=/bin/sh -c 'env >%(here)s/env.new; mv %(here)s/env.new "
            "%(here)s/env'\nstartsecs=0\nautorestart=false\n")
    more = {"WATCHDOG_USEC": "60000000", "LISTEN_FDS": "0", "LISTEN_PID": "1", "LISTEN_FDNAMES": ""}
    with Manager() as manager, manager.daemon(look + LISTENER, **more) as daemon:
        daemon.wait_file("env")
        names = {line.split("=")[0] for line in daemon.read("env").splitlines()}
        host = daemon.wait_helper("busvisor-listener-host")
        with open("/proc/%d/environ" % host, encoding="utf-8") as file:
            names |= {v.split("=")[0] for v in file.read().split("\0")}
        tap.same({n for n in names if n.startswith(("NOTIFY", "WATCHDOG", "LISTEN"))}, set())


@tap.case("a service manager that does not listen holds up nothing, and gets the last word later")
def stalled():
    crash = "[program:crash%d]\ncommand=/bin/sleep 0.%d\nstartsecs=0\nautorestart=true\n" \
            "start_interval=0\n"
    with Manager() as manager:
        filler = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        filler.setblocking(False)
        filler.connect(manager.name)
        try:
            while True:
                filler.send(b"FILLER=1")
        except BlockingIOError:
            filler.close()
        with manager.daemon(STAYS + crash % (1, 2)) as daemon:
            connection = daemon.connect()
            processes.wait_for(lambda: connection.state("stays") == "RUNNING", "RUNNING")
            daemon.wait_log("exited: crash1", 2)
            manager.wait(READY="1")


@tap.case("the background daemon tells its own process id")
def background():
    with Manager() as manager, Folder() as folder:
        file = folder.write("a.conf", HEAD + STAYS)
        result = run_busvisord(folder, "-c", file, "--bus", "private",
                               environment={"NOTIFY_SOCKET": manager.name})
        tap.same((result.returncode, result.stderr), (0, ""))
        pid = int(folder.read("pid"))
        tap.same(manager.wait(READY="1")["MAINPID"], str(pid))
        os.kill(pid, signal.SIGTERM)
        manager.wait(STOPPING="1")
        processes.wait_for(lambda: not processes.is_alive(pid), "the end")
        processes.wait_for(lambda: not processes.descendants(os.getpid()), "the end of all")
        tap.check(re.search("received SIGTERM", folder.read("main.log")), "no line in the log")


tap.run()
