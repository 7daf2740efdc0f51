"""More than a bus of a system lets one connection wait for: 128 answers. Nobody who has more to ask
loses any of it, or asks for it over and over."""

import contextlib
import os
import signal
import xmlrpc.client

import http_client
import processes
import tap
from bus import MANAGER, ROOT
from systembus import SystemDaemon, UserDaemon

LIMIT = "pending replies"
N_POOLS = 300
JOBS = """
[program:few]
command=/bin/true
autostart=false
autorestart=false
startsecs=0
[program:common]
command=/bin/true
autostart=false
autorestart=false
startsecs=0
"""
# It skips the payload, of which the header tells the length last.
SCRIPT = ('while echo READY; do read header; dd bs=1 count=${header##*:} of=/dev/null 2>&-; '
          'echo "$header" >>%(here)s/got; printf "RESULT 2\\nOK"; done')
LISTENER = """
[eventlistener:%s]
command=/bin/sh -c '""" + SCRIPT.replace("%", "%%") + """'
events=PROCESS_STATE_EXITED
processes=%s
startsecs=0
stopsignal=KILL
stderr_logfile=NONE
stdout_logfile=NONE
"""


def on_a_bus(sections):
    """Either kind has the limits that dbus-daemon has by itself, which are those of a system."""
    return SystemDaemon(sections) if os.geteuid() == 0 else UserDaemon(sections)


def check_no_limit(daemon):
    tap.check(LIMIT not in daemon.read("main.log"), "a limit of the bus was hit")


def got(daemon):
    """Pool and serial of all that has been delivered."""
    lines = [dict(token.split(":") for token in line.split())
             for line in daemon.read("got").splitlines()]
    return [(line["pool"], int(line["serial"])) for line in lines]


def run(daemon, connection, job, pools, known):
    """Each of the pools gets the end of the job, once, and nobody anything else."""
    connection.call(ROOT, MANAGER, "Start", "ast", ([job], 0))
    n_all = len(known) + len(pools)
    processes.wait_for(lambda: daemon.read("got").count("\n") >= n_all,
                       lambda: "%d of %d" % (len(got(daemon)), n_all))
    new = got(daemon)[len(known):]
    tap.check(sorted(pool for pool, _ in new) == sorted(pools), "another pool, or one twice")
    tap.same(len({serial for _, serial in new}), 1)
    return known + new


@tap.case("%d listener pools, of which few or all get something: each of it once" % N_POOLS)
def pools():
    few, rest = ["pool%03d" % i for i in range(3)], ["pool%03d" % i for i in range(3, N_POOLS)]
    sections = "".join(LISTENER % (name, "few,common") for name in few) + "".join(
        LISTENER % (name, "common") for name in rest)
    with on_a_bus(sections + JOBS) as daemon:
        connection = processes.wait_for(daemon.try_connect, "the daemon")
        known = []
        for _ in range(5):
            known = run(daemon, connection, "few", few, known)
        known = run(daemon, connection, "common", few + rest, known)
        # All are told of the new option, and go on where they are.
        daemon.write("supervisord.conf", daemon.sections.replace(
            "startsecs=0\nstopsignal", "startsecs=0\nbuffer_size=20\nstopsignal"))
        tap.same(daemon.ctl("update").returncode, 0)
        known = run(daemon, connection, "common", few + rest, known)
        known = run(daemon, connection, "few", few, known)
        check_no_limit(daemon)


HTTP = """
[unix_http_server]
file=%(here)s/socket
[program:writer]
command=/bin/sh -c 'echo something; exec sleep 1000'
stdout_logfile=%(here)s/writer.log
startsecs=0
"""
IDLE = """
[eventlistener:idle%03d]
command=/bin/cat
events=TICK_3600
autostart=false
"""
N_IDLE = 200
N_CALLS = 150
N_TAILS = 60


def send(daemon, method, *arguments):
    """A call on a connection of its own, whose answer is to be read."""
    body = xmlrpc.client.dumps(arguments, "supervisor." + method)
    connection = http_client.connect(daemon.file("socket"))
    connection.request("POST", "/RPC2", body, {"Content-Type": "text/xml"})
    return connection


def receive(connection):
    return xmlrpc.client.loads(connection.getresponse().read())[0][0]


def ask_for_tail(daemon):
    connection = http_client.connect(daemon.file("socket"))
    connection.request("GET", "/logtail/writer")
    return connection


@tap.case("calls, logs and the page ask for more than %d things at once over HTTP" % 128)
def rpc():
    with contextlib.ExitStack() as stack, on_a_bus(
            HTTP + "".join(IDLE % i for i in range(N_IDLE))) as daemon:
        processes.wait_for(lambda: "something" in daemon.read("writer.log"), "the program")
        tap.same(receive(send(daemon, "getState"))["statename"], "RUNNING")
        # While the daemon stands still the calls pile up.
        daemon.process.send_signal(signal.SIGSTOP)
        page = http_client.connect(daemon.file("socket"))
        page.request("GET", "/events")
        calls = [send(daemon, "getProcessInfo", "writer") for _ in range(N_CALLS)]
        tails = [ask_for_tail(daemon) for _ in range(N_TAILS)]
        for connection in calls + tails + [page]:
            stack.callback(connection.close)
        daemon.process.send_signal(signal.SIGCONT)
        tap.same({receive(call)["statename"] for call in calls}, {"RUNNING"})
        answers = [tail.getresponse() for tail in tails]
        tap.same({answer.readline() for answer in answers}, {b"something\n"})
        with http_client.EventStream(daemon.file("socket")) as stream:
            stream.wait(lambda: len(stream.pools) == N_IDLE)
        check_no_limit(daemon)


tap.run(at_once=2)
