"""busvisorctl show: the properties of whatever there is."""

import json
import re

import processes
import tap
from busvisor import Daemon
from bus import PROCESS

PROGRAMS = """
[program:cat]
command=/bin/cat
startsecs=0

[program:site]
command=/bin/sleep 1000
process_name=%(program_name)s_%(process_num)d
numprocs=2
autostart=false

[eventlistener:mail]
command=/bin/cat
events=TICK_3600,PROCESS_STATE_EXITED
autostart=false
"""


def started(daemon):
    connection = daemon.connect()
    processes.wait_for(lambda: connection.state("cat") == "RUNNING", "RUNNING")
    return connection


def shown(daemon, *arguments):
    result = daemon.ctl("show", *arguments)
    tap.same((result.returncode, result.stderr), (0, ""), str(arguments))
    return result.stdout


def objects(daemon, *arguments):
    return json.loads(shown(daemon, "--json", *arguments))


@tap.case("a process: a line for each property")
def process():
    with Daemon(PROGRAMS) as daemon:
        connection = started(daemon)
        text = shown(daemon, "cat")
        tap.check(all(re.match(r"[A-Z]\w*=", l) for l in text.splitlines()), text)
        values = dict(l.split("=", 1) for l in text.splitlines())
        pid = connection.pid("cat")
        tap.same((values["Name"], values["State"], values["Pid"], values["Autostart"],
                  values["Command"]), ("cat", "RUNNING", str(pid), "yes", "/bin/cat"))
        tap.check(re.match(r"\d{4}-\d\d-\d\d \d\d:", values["StartTimestamp"]), values)
        tap.same(values["StopTimestamp"], "")
        tap.same(shown(daemon, "-p", "Pid", "--value", "cat"), "%d\n" % pid)
        tap.same(shown(daemon, "-pState,Name", "-p", "Pid", "cat"),
                 "Name=cat\nState=RUNNING\nPid=%d\n" % pid)
        tap.same(shown(daemon, "-pMemoryCurrent", "site:site_0"), "MemoryCurrent=[not set]\n")
        tap.same(shown(daemon, "-p", "Name", "site:*"), "Name=site_0\n\nName=site_1\n")
        all_of_it = connection.call("/org/busvisor1/process/cat/cat",
                                    "org.freedesktop.DBus.Properties", "GetAll", "s", (PROCESS,))
        tap.same(list(values), list(all_of_it[0]))


@tap.case("spans in units that fit, signals as numbers, and in JSON as on the bus")
def values():
    more = "[program:units]\ncommand=/bin/cat\nautostart=false\nstopwaitsecs=90\n" \
           "stopsignal=QUIT\nstartsecs=0\nstdout_logfile_rotate_every=1w\n"
    with Daemon(PROGRAMS + more) as daemon:
        started(daemon)
        names = "StartUSec,StopSignal,StopWaitUSec,StdoutLogFileRotateUSec"
        tap.same(shown(daemon, "units", "-p", names),
                 "StartUSec=0\nStopSignal=3\nStopWaitUSec=1min 30s\nStdoutLogFileRotateUSec=1w\n")
        tap.same(objects(daemon, "units", "-p", names)[0]["properties"],
                 {"StartUSec": 0, "StopSignal": 3, "StopWaitUSec": 90000000,
                  "StdoutLogFileRotateUSec": 604800000000})
        tap.same(shown(daemon, "-p", "LogMaxAgeUSec"), "LogMaxAgeUSec=1w\n")


@tap.case("the daemon, groups and pools; JSON with types")
def the_others():
    with Daemon(PROGRAMS) as daemon:
        connection = started(daemon)
        entry, = objects(daemon)
        tap.same((entry["kind"], entry["path"]), ("daemon", "/org/busvisor1"))
        tap.same((entry["properties"]["Pid"], entry["properties"]["Identifier"]),
                 (daemon.process.pid, "test"))
        tap.check(entry["properties"]["NextSerial"] > 1, entry)
        for word in ("site", "group/site", "group/s*"):
            entry, = objects(daemon, word)
            tap.same((entry["kind"], entry["name"], entry["properties"]["Name"]),
                     ("group", "site", "site"))
            tap.same(entry["properties"]["Processes"],
                     ["/org/busvisor1/process/site/site_5f%d" % i for i in range(2)])
        entry, = objects(daemon, "pool/mail", "-p", "Events,EventTimeoutUSec,Durable,Listeners")
        tap.same((entry["kind"], entry["name"]), ("pool", "mail"))
        tap.same(sorted(entry["properties"]["Events"]), ["PROCESS_STATE_EXITED", "TICK_3600"])
        tap.same(entry["properties"]["Durable"], False)
        tap.same(entry["properties"]["Listeners"][0][:2], ["mail", "STOPPED"])
        tap.same([e["name"] for e in objects(daemon, "c*", "group/*", "pool/*")],
                 ["cat", "cat", "mail", "site", "mail"])
        tap.same(objects(daemon, "cat", "-p", "Pid,MemoryCurrent")[0]["properties"]["Pid"],
                 connection.pid("cat"))
        tap.same(objects(daemon, "site:site_0", "-pMemoryCurrent")[0]["properties"],
                 {"MemoryCurrent": None})


@tap.case("what there is not")
def wrong():
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        for word, text in (("nobody", "nobody: ERROR (no such process)\n"),
                           ("nogroup:*", "nogroup: ERROR (no such group)\n"),
                           ("group/none", "none: ERROR (no such group)\n"),
                           ("pool/none", "none: ERROR (no such pool)\n")):
            result = daemon.ctl("show", word)
            tap.same((result.returncode, result.stdout), (1, text))
            result = daemon.ctl("show", "--json", word)
            tap.same((result.returncode, json.loads(result.stdout), result.stderr), (1, [], text))
        result = daemon.ctl("show", "cat", "-p", "Size,Name")
        tap.same((result.returncode, result.stdout, result.stderr),
                 (1, "Name=cat\n", "busvisorctl: there is no property 'Size'\n"))
        tap.same(daemon.ctl("status", "--value").returncode, 2)
        tap.same(daemon.ctl("status", "-pPid").returncode, 2)


tap.run()
