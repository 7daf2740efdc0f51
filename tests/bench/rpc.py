"""RPC: how many requests of the classic XML-RPC are answered in a second, and in how much memory.

    make bench BENCH=rpc
    BUSVISOR_BUILD=build /usr/bin/python3 -B tests/bench/rpc.py --rounds 9 --programs 1000

getAllProcessInfo with a thousand processes, over the UNIX socket of the configuration and a
connection that is kept, one request after the other. Of ours the daemon, its bus and the rpc-host
share the work; their memory is that before the first large request, and after the last one. Of
Supervisor it is all one process.
"""

import os

import measure  # first: with it the other modules are found
import callers
import processes

CROWD = """
[program:crowd]
command=/bin/sleep 100000
process_name=%%(process_num)04d
numprocs=%d
autostart=%s
startsecs=0
"""
MANY = "minfds=20000\n"  # which Supervisor has to be told
HOST = "busvisor-rpc-host"
VERSION = b"<methodCall><methodName>supervisor.getSupervisorVersion</methodName></methodCall>"
SMALL = b"POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n%s" % (
    len(VERSION), VERSION)


def run_crowd(kind, options):
    sections = CROWD % (options.programs, "true" if options.running else "false")
    with kind(sections, MANY) as run:
        processes.wait_for(lambda: is_up(run, options), "the programs", 600)
        found = measured(run, options)
        run.end()
    processes.end_all_below(os.getpid())
    return found


def is_up(run, options):
    log = run.read("main.log")
    started = log.count("entered RUNNING") if options.running else options.programs
    return started == options.programs and run.control("status").returncode != 4


def measured(run, options):
    callers.Http(run.file("http")).ask(SMALL)
    members = measure.members(run)
    if run.__class__.__name__ == measure.OURS and HOST not in members:
        raise RuntimeError("the rpc-host is not there")
    pid = members.get(HOST, members["daemon"])
    before = sizes(pid)
    cpu = {role: measure.cpu_ms(of) for role, of in members.items()}
    rate = callers.ask_http(run.file("http"), options.seconds, options.programs)
    requests = rate * options.seconds
    found = {"rate": rate, "cpu": sum(measure.cpu_ms(of) - cpu[role]
                                      for role, of in members.items()) / requests}
    for role, of in members.items():
        found["cpu of " + role] = (measure.cpu_ms(of) - cpu[role]) / requests
    after = sizes(pid)
    for figure in before:
        found[figure + " before"], found[figure + " after"] = before[figure], after[figure]
    return found


def sizes(pid):
    return {"RSS": measure.rss_kib(pid) / 1024, "PSS": measure.pss_kib(pid) / 1024}


def main():
    options = measure.arguments("measures getAllProcessInfo over HTTP", rounds=5, seconds=5.0,
                                programs=1000, running=False)
    found = measure.medians(options.rounds, {
        name: lambda kind=kind: run_crowd(kind, options) for name, kind in measure.KINDS.items()})
    table = measure.Table(measure.THEIRS, measure.OURS)
    what = "getAllProcessInfo, %d processes" % options.programs
    table.add_figure(what, "/s", found, "rate", more_is_better=True)
    table.add_figure("CPU time of one", "ms", found, "cpu")
    for role in ("daemon", "dbus-daemon", HOST):
        table.add_figure("CPU time of one, " + role, "ms", found, "cpu of " + role)
    for figure in ("RSS", "PSS"):
        for when in ("before", "after"):
            table.add_figure("%s of who serves HTTP, %s" % (figure, when), "MiB", found,
                             "%s %s" % (figure, when))
    table.print()


main()
