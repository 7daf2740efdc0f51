"""Listeners that call back by SUPERVISOR_SERVER_URL, with Supervisor's own library: over a socket of
the configuration and over the private one."""

import importlib.util
import os
import pwd

import processes
import tap
from bus import EVENTS, ROOT
from busvisor import HERE, PYTHON, Daemon

LARGE = "import time; data = bytearray(100 << 20); data[::4096] = b'x' * len(data[::4096]); " \
        "open('loaded', 'a').close(); time.sleep(1000)"

SECTIONS = """
[program:first]
command=/bin/sleep 1000
startsecs=0

[program:second]
command=/bin/sleep 1000
startsecs=1
autostart=false

[program:large]
command=%s -c "%s"
directory=%%(here)s
startsecs=0

[eventlistener:caller]
command=%s %s/caller.py %%(here)s/did
events=PROCESS_STATE_RUNNING,REMOTE_COMMUNICATION
startsecs=0
stderr_logfile=%%(here)s/caller.err
""" % (PYTHON, LARGE, PYTHON, HERE)

SERVER = """
[unix_http_server]
file=%(here)s/http
"""


def did(daemon):
    return daemon.json_lines("did")


def wait_did(daemon, what):
    def found():
        return [d for d in did(daemon) if d["did"] == what]
    return processes.wait_for(found, lambda: "%s: %s" % (what, daemon.read("caller.err")))[0]


def check_calls_back(daemon):
    connection = daemon.connect()
    fact = wait_did(daemon, "start")
    tap.same((fact["before"], fact["started"], fact["after"], fact["again"]),
             ("STOPPED", True, "RUNNING", 60))
    tap.same(fact["pid"], connection.pid("second"))
    daemon.wait_file("loaded")
    old = connection.pid("large")
    connection.call(ROOT, EVENTS, "SendRemoteCommunication", "say", ("memory", b""))
    fact = wait_did(daemon, "restart")
    tap.same((fact["name"], fact["old"], fact["stopped"], fact["started"]),
             ("large:large", old, True, True))
    tap.same(fact["pid"], connection.pid("large"))
    tap.same(daemon.read("caller.err"), "")


def need_childutils():
    if not importlib.util.find_spec("supervisor"):
        raise tap.Skip("the Debian package supervisor is not installed")


@tap.case("a listener starts, stops and asks from inside an event, over the configured socket")
def configured():
    need_childutils()
    with Daemon(SECTIONS + SERVER) as daemon:
        check_calls_back(daemon)


@tap.case("the same where no HTTP server is configured, over the private socket")
def private():
    need_childutils()
    with Daemon(SECTIONS) as daemon:
        check_calls_back(daemon)


@tap.case("the same as another user than the daemon")
def other_user():
    need_childutils()
    if os.getuid() != 0:
        raise tap.Skip("needs root")
    user = pwd.getpwnam("nobody").pw_name
    sections = SECTIONS.replace("[eventlistener:caller]\n",
                                "[eventlistener:caller]\nuser=%s\n" % user)
    with Daemon(sections.replace("%(here)s/did", "%(here)s/own/did")) as daemon:
        os.mkdir(daemon.file("own"))
        os.chmod(daemon.file("own"), 0o777)
        processes.wait_for(lambda: os.path.exists(daemon.file("own/did")),
                           lambda: daemon.read("caller.err"))
        os.symlink("own/did", daemon.file("did"))
        check_calls_back(daemon)


tap.run()
