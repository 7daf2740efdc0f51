"""The loop of the daemon is never idle: what matters has its turn all the same."""

import os
import signal

import processes
import tap
from bus import PROCESS, process_path
from busvisor import Daemon

RESTARTS = """
[supervisord]
loglevel=info

[program:busy]
command=/bin/true
process_name=%(program_name)s_%(process_num)d
numprocs=50
startsecs=0
autorestart=true
start_interval=0
stdout_logfile=NONE
stderr_logfile=NONE
"""

SOCKET = """
[fcgi-program:web]
command=/bin/sleep 1000
socket=unix://%(here)s/socket
startsecs=0
"""

# Each line becomes a longer one, so the pipes are filled faster than they are read.
FLOOD = """
[supervisord]
loglevel=info

[program:flood]
command=/usr/bin/yes
process_name=%(program_name)s_%(process_num)d
numprocs=4
startsecs=0
stdout_logfile=%(here)s/flood
stdout_logfile_maxbytes=1MB
stdout_logfile_backups=0
stdout_logfile_format=json

[program:leaves]
command=/bin/sh -c '/bin/sleep 0.1 & exit 0'
startsecs=0
autorestart=false
stdout_logfile=NONE
stderr_logfile=NONE
"""


@tap.case("programs that restart without a pause: the bus is found again when it was killed")
def restarts():
    with Daemon(RESTARTS) as daemon:
        connection = daemon.connect()
        connection.sync()
        message_bus = daemon.helper("dbus-daemon")
        os.kill(message_bus, signal.SIGKILL)
        daemon.wait_helper("dbus-daemon", other_than=message_bus)
        daemon.connect().sync()


@tap.case("programs that restart without a pause: the socket of another one outlives its restarts")
def socket():
    with Daemon(RESTARTS + SOCKET) as daemon:
        connection = daemon.connect()
        processes.wait_for(lambda: connection.state("web") == "RUNNING", "web")
        made = daemon.read("main.log").count("Creating socket")
        for _ in range(20):
            connection.call(process_path("web"), PROCESS, "Restart", "t", (0,))
        tap.same(daemon.read("main.log").count("Creating socket"), made)


@tap.case("programs that print without a pause: what others leave behind is reaped")
def flood():
    with Daemon(FLOOD) as daemon:
        connection = daemon.connect()
        processes.wait_for(lambda: os.path.exists(daemon.file("flood")), "output")
        daemon.wait_log("reaped unknown pid [0-9]+ .exit status 0")
        connection.sync()


tap.run()
