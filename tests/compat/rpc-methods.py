"""Every method of the classic XML-RPC, with right and wrong arguments, under both servers.

Where ours differs on purpose there is a row in DIFFERENCES, with words of the manual page that tell
people of it."""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bus"))

import processes  # noqa: E402
import tap  # noqa: E402
from both import HEAD, Busvisor, Supervisor, need_supervisor  # noqa: E402
from busvisor import source  # noqa: E402
from rpc import outcome, proxy, shown, state, wait_answering, wait_state  # noqa: E402

SECTIONS = """
[program:cat]
command=/bin/cat
startsecs=0
stdout_logfile=%(here)s/cat.out
stderr_logfile=%(here)s/cat.err

[program:idle]
command=/bin/cat
startsecs=0
autostart=false
stdout_logfile=NONE
stderr_logfile=NONE

[program:slow]
command=/bin/sleep 1000
startsecs=1
autostart=false

[program:stubborn]
command=/bin/sh -c 'trap "" TERM; touch %(here)s/trapped; while :; do sleep 0.05; done'
startsecs=0
stopwaitsecs=1
stopasgroup=true
autostart=false

[program:lost]
command=/nonexistent/program
autostart=false

[program:plain]
command=%(here)s/supervisord.conf
autostart=false

[program:unquoted]
command=/bin/echo "
autostart=false

# Supervisor may notice its end late.
[program:hasty]
command=/bin/false
startsecs=10
startretries=0
autostart=false
autorestart=false

[program:once]
command=/bin/sh -c 'exit 3'
startsecs=0
autostart=false
autorestart=false
exitcodes=3

[program:many]
command=/bin/cat
process_name=m%(process_num)d
numprocs=3
startsecs=0
autostart=false
priority=5

[program:talk]
command=/bin/cat
startsecs=0
directory=/tmp
user=root
priority=7
stdout_logfile=%(here)s/talk.out
stdout_logfile_maxbytes=1KB
stdout_logfile_backups=2
redirect_stderr=true
exitcodes=0,2
stopsignal=INT
killasgroup=true

[program:left]
command=/bin/cat
autostart=false
startsecs=0

[program:right]
command=/bin/cat
autostart=false
startsecs=0

[group:pair]
programs=left,right
priority=50

[eventlistener:ear]
command=/bin/cat
events=TICK_3600
autostart=false
startsecs=0
""".replace("user=root\n", "user=root\n" if os.getuid() == 0 else "")

# What is junk as a parameter.
JUNK = [[], ["nobody"], [5], [[]], [{}], ["nobody", 1], ["nobody", "x"], ["nobody", "x", "y"],
        ["nobody", 1, 1], [True], [1, 2], ["x", "y"], [1, 2, 3, 4, 5], ["a", "b", "c", "d"]]

# Not to be called with what could be meant.
DEEDS = {"supervisor.shutdown": 0, "supervisor.restart": 0, "supervisor.startAllProcesses": 1,
         "supervisor.stopAllProcesses": 1, "supervisor.clearAllProcessLogs": 0,
         "supervisor.signalAllProcesses": 1, "supervisor.getPID": 0,
         "supervisor.getAllConfigInfo": 0}


def is_crash(theirs):
    return theirs == ("status", 500)


def has_no_text(params):
    return any(not isinstance(p, str) for p in params)


# Method (a pattern), a condition on parameters and both outcomes, and words of the manual page.
DIFFERENCES = [
    (r".*", lambda p, t, o: is_crash(t) and o[:2] == ("fault", 2),
     "What cannot be meant is fault 2"),
    (r"supervisor\.(start|stop|signal)ProcessGroup|supervisor\.(add|remove)ProcessGroup",
     lambda p, t, o: has_no_text(p) and t[:2] == ("fault", 10) and o[:2] == ("fault", 2),
     "What cannot be meant is fault 2"),
    (r"supervisor\.(readProcess|tailProcess|read|sendProcess).*",
     lambda p, t, o: has_no_text(p) or "x" in p and t[:2] == ("fault", 10) and
     o[:2] == ("fault", 2), "What cannot be meant is fault 2"),
    (r"supervisor\.sendRemoteCommEvent",
     lambda p, t, o: has_no_text(p) and o[:2] == ("fault", 2), "What cannot be meant is fault 2"),
    (r"system\.multicall", lambda p, t, o: t[0] == "fault" and o[:2] == t[:2],
     "What cannot be meant is fault 2"),
    (r"supervisor\.startProcess|all",
     lambda p, t, o: shown(t).replace("No closing quotation", 'a quote (") is not closed') ==
     shown(o), "in its own words"),
    (r"system\.methodHelp", lambda p, t, o: t[0] == o[0] == "result" and o[1],
     "in its own words"),
]


def reason_for(name, params, theirs, ours):
    for pattern, condition, words in DIFFERENCES:
        if re.fullmatch(pattern, name) and condition(params, theirs, ours):
            return words
    return None


def compare(name, params, theirs, ours, wrong):
    if shown(theirs) != shown(ours) and not reason_for(name, params, theirs, ours):
        wrong.append("%s%r\n    theirs %s\n    ours   %s" % (
            name, tuple(params), shown(theirs), shown(ours)))


def in_both(steps, sections=SECTIONS):
    """What the steps tell under each: lists of (method, params, outcome)."""
    need_supervisor()
    told = []
    for kind in (Supervisor, Busvisor):
        with kind(sections) as run:
            wait_answering(run)
            run.told = []
            steps(run)
            told.append(run.told)
            run.end()
    return told


def by_name(results):
    return sorted(results, key=lambda r: (r["group"], r["name"]))


def call(run, name, *params):
    """Notes the outcome. Stopped processes end in any order."""
    if "." not in name:
        name = "supervisor." + name
    result = outcome(run, name, *params)
    if ".stop" in name and isinstance(result[1], list):
        result = (result[0], by_name(result[1]))
    run.told.append((name, params, result))
    return result


def compare_steps(steps, sections=SECTIONS, also=()):
    """also: further differences, as in DIFFERENCES."""
    theirs, ours = in_both(steps, sections)
    wrong = []
    DIFFERENCES.extend(also)
    tap.check(theirs, "nothing was compared")
    for (name, params, their), (_, _, our) in zip(theirs, ours, strict=True):
        compare(name, params, their, our, wrong)
    del DIFFERENCES[len(DIFFERENCES) - len(also):]
    tap.check(not wrong, "differences:\n" + "\n".join(wrong))


@tap.case("each difference is told of in the manual page")
def told_of():
    with open(source("man/busvisor-migrating.7"), encoding="utf-8") as file:
        page = " ".join(line for line in file.read().split("\n") if not line.startswith(".\\"))
    page = re.sub(r"\s+", " ", re.sub(r"\.(Li|It|Ic|Pa|Nm|Dv) ", "", page))
    for _, _, words in DIFFERENCES:
        tap.check(words in page, "%r is not in the page" % words)


@tap.case("the methods that there are, their signatures, and that each has a help text")
def methods():
    def steps(run):
        names = call(run, "system.listMethods")[1]
        tap.same(len(names), 41)
        for name in names:
            call(run, "system.methodSignature", name)
            call(run, "system.methodHelp", name)
        for name in ("", "x", "supervisor", "supervisor._update", "system.listMethods.x"):
            call(run, "system.methodSignature", name)
            call(run, "system.methodHelp", name)
            call(run, name) if name else None
    compare_steps(steps)


@tap.case("every method with arguments that mean nothing")
def junk():
    def steps(run):
        for name in call(run, "system.listMethods")[1]:
            for params in JUNK:
                if len(params) != DEEDS.get(name) and (len(params) or name not in DEEDS):
                    call(run, name, *params)
    compare_steps(steps)


@tap.case("what is told of the daemon")
def daemon():
    def steps(run):
        for name in ("getAPIVersion", "getVersion", "getSupervisorVersion", "getIdentification",
                     "getState"):
            call(run, name)
        with proxy(run) as server:
            tap.same(server.supervisor.getPID(), run.pid)
    compare_steps(steps)


@tap.case("what is told of processes in all their states")
def info():
    def steps(run):
        for name in ("hasty", "lost"):
            call(run, "startProcess", name)
        # Whether it is over before the answer is a matter of chance.
        outcome(run, "supervisor.startProcess", "once")
        call(run, "startProcess", "slow", False)
        call(run, "startProcess", "stubborn")
        processes.wait_for(lambda: os.path.exists(run.file("trapped")), "trapped")
        call(run, "stopProcess", "stubborn", False)
        wait_state(run, "once", "EXITED")
        wait_state(run, "hasty", "FATAL")
        for name in ("cat", "idle", "stubborn", "hasty", "once", "many:m1", "pair:left", "ear",
                     "talk", "cat:cat"):
            call(run, "getProcessInfo", name)
        wait_state(run, "stubborn", "STOPPED")
        wait_state(run, "slow", "RUNNING")
        call(run, "getProcessInfo", "stubborn")
        call(run, "getAllProcessInfo")
        for name in ("nobody", "", "many", "many:*", "pair:", "cat:dog", "left", "*", ":", "all",
                     "cat*", "many:m1 "):
            call(run, "getProcessInfo", name)
    compare_steps(steps)


@tap.case("start and stop of one process")
def start_stop():
    def steps(run):
        for name in ("cat", "idle", "lost", "plain", "unquoted", "hasty", "nobody", "many:m0",
                     "many", "pair:left", "left", "slow", "cat:*x"):
            call(run, "startProcess", name)
            call(run, "stopProcess", name)
        call(run, "startProcess", "slow", False)
        call(run, "startProcess", "slow", True)
        call(run, "stopProcess", "slow", False)
        wait_state(run, "slow", "STOPPED")
        call(run, "stopProcess", "slow", False)
        for wait in (0, 1, "", "x"):
            call(run, "startProcess", "idle", wait)
            call(run, "stopProcess", "idle", wait)
            wait_state(run, "idle", "STOPPED")
    compare_steps(steps)


@tap.case("start and stop of groups and of everything")
def groups():
    def steps(run):
        for name in ("many:*", "pair:", "nobody:*", "idle:*"):
            for deed in ("startProcess", "startProcess", "stopProcess", "stopProcess"):
                call(run, deed, name)
        for name in ("many", "pair", "nobody", "idle", "many:m0", "many:*", ""):
            for deed in ("startProcessGroup", "startProcessGroup", "stopProcessGroup",
                         "stopProcessGroup"):
                call(run, deed, name)
        call(run, "startProcessGroup", "pair", False)
        call(run, "stopProcessGroup", "pair")
        call(run, "stopAllProcesses")
        call(run, "stopAllProcesses")
    compare_steps(steps)


@tap.case("everything at once: each has its result")
def everything():
    def steps(run):
        kind, results = call(run, "startAllProcesses")
        # What ends at once may have ended already.
        results = [r for r in results if r["name"] != "once"]
        run.told[-1] = ("all", (), (kind, by_name(results)))
        kind, results = call(run, "startAllProcesses", False)
        results = [r for r in results if r["name"] not in ("hasty", "once")]
        run.told[-1] = ("all", (), (kind, by_name(results)))
    compare_steps(steps)


COMPLETION = """
[program:g]
command=/bin/sleep 1000
process_name=p%(process_num)d
numprocs=1
startsecs=3
[program:h]
command=/bin/sleep 1000
startsecs=0
autostart=false
[program:i]
command=/bin/sleep 1000
startsecs=1
autostart=false
[program:k]
command=/nonexistent
autostart=false
[group:all]
programs=g,h,i,k
""".replace("startsecs=3\n", "startsecs=3\nautostart=false\n")


@tap.case("results come in the order in which processes get there")
def completion():
    def steps(run):
        results = call(run, "startProcessGroup", "all")[1]
        tap.same([r["name"] for r in results], ["h", "k", "i", "p0"])
    compare_steps(steps, COMPLETION)


@tap.case("signals")
def signals():
    def steps(run):
        call(run, "startProcess", "many:*")
        for signal in ("HUP", "SIGHUP", "hup", " CONT ", "18", 18, "0", 0, "NONSENSE", "", 99, -1,
                       "1x", "SIGSIGHUP"):
            if signal not in ("HUP", "SIGHUP", "hup"):
                call(run, "signalProcess", "cat", signal)
            call(run, "signalProcess", "idle", signal)
            call(run, "signalProcess", "nobody", signal)
        for signal in ("CONT", "NONSENSE", 0, 99):
            for name in ("many:*", "pair:*", "nobody:*"):
                call(run, "signalProcess", name, signal)
            for name in ("many", "pair", "nobody", "cat", ""):
                call(run, "signalProcessGroup", name, signal)
            call(run, "signalAllProcesses", signal)
    compare_steps(steps)


def write_log(run, data):
    with open(run.file("idle.out"), "wb") as file:
        file.write(data)


LOGS = SECTIONS.replace("stdout_logfile=NONE", "stdout_logfile=%(here)s/idle.out")
RANGES = [(0, 0), (0, 4), (3, 0), (3, 4), (99, 0), (99, 9), (-3, 0), (-99, 0), (-3, 2), (0, -1),
          (3, -1), ("2", "3"), (10, 0), (9, 1), (True, 2)]


@tap.case("reading logs")
def reading():
    def steps(run):
        write_log(run, b"0123456789")
        for method in ("readProcessStdoutLog", "readProcessLog", "tailProcessStdoutLog",
                       "tailProcessLog"):
            for offset, length in RANGES:
                call(run, method, "idle", offset, length)
        for method in ("readProcessStdoutLog", "readProcessStderrLog", "tailProcessStdoutLog",
                       "tailProcessStderrLog"):
            for name in ("cat", "idle", "talk", "nobody", "many:*", "many"):
                call(run, method, name, 0, 10)
            call(run, method, "idle", 0, -1)
        os.unlink(run.file("idle.out"))
        call(run, "readProcessStdoutLog", "idle", 0, 0)
        call(run, "readProcessStdoutLog", "idle", -1, 5)
        call(run, "tailProcessStdoutLog", "idle", 0, 5)
        for offset, length in ((-1, 5), (0, -1), ("x", 0)):
            call(run, "readLog", offset, length)
            call(run, "readMainLog", offset, length)
        for method in ("readLog", "readMainLog"):
            with proxy(run) as server:
                text = getattr(server.supervisor, method)(0, 0)
                tap.check("supervisord started with pid" in text, text)
                tap.same(getattr(server.supervisor, method)(0, 5), text[:5])
    compare_steps(steps, LOGS)


@tap.case("reading logs that are no text")
def bytes_in_logs():
    need_supervisor()
    with Busvisor(LOGS) as run:
        wait_answering(run)
        write_log(run, "ä".encode() + b"\x1b[1m\0\xff\xfe" + "é".encode())
        for params in ((0, 0), (1, 0), (-1, 0)):
            kind, text = outcome(run, "supervisor.readProcessStdoutLog", "idle", *params)
            tap.same(kind, "result", params)
            tap.check(text and ("é" in text or params[0] < 0), repr(text))
        tap.same(outcome(run, "supervisor.readProcessStdoutLog", "idle", 0, 2), ("result", "ä"))
        tap.same(outcome(run, "supervisor.tailProcessStdoutLog", "idle", 0, 2),
                 ("result", ["é", 11, True]))
        run.end()


@tap.case("a large log comes in one answer, up to its bound")
def large_log():
    need_supervisor()
    data = bytes(b"%09d\n" % i for i in range(0)) + b"".join(b"%09d\n" % i for i in range(200000))

    def steps(run):
        write_log(run, data)
        for params in ((0, 0), (5, 0), (0, 1500000), (3, 700000), (-1600003, 0), (1999990, 100)):
            result = call(run, "readProcessStdoutLog", "idle", *params)
            tap.check(len(result[1]) > 5, params)
        call(run, "tailProcessStdoutLog", "idle", 0, 500000)
    compare_steps(steps, LOGS)


@tap.case("clearing logs")
def clearing():
    def steps(run):
        with proxy(run) as server:
            server.supervisor.sendProcessStdin("cat", "hello\n")
        processes.wait_for(lambda: run.read("cat.out") == "hello\n", "the log")
        for name in ("cat", "nobody", "many:*", "many:m1", "lost"):
            call(run, "clearProcessLogs", name)
            call(run, "clearProcessLog", name)
        tap.same(run.read("cat.out"), "")
        call(run, "clearAllProcessLogs")
        call(run, "clearLog")
        tap.check("supervisord started" not in run.read("main.log"), "not cleared")
    compare_steps(steps)


@tap.case("stdin, and events from outside")
def stdin():
    def steps(run):
        call(run, "sendProcessStdin", "cat", "grüße\n")
        processes.wait_for(lambda: run.read("cat.out") == "grüße\n", "the text")
        for name in ("idle", "nobody", "many:*", "hasty"):
            call(run, "sendProcessStdin", name, "x")
        call(run, "sendProcessStdin", "cat", 5)
        call(run, "sendProcessStdin", "cat", "")
        call(run, "sendRemoteCommEvent", "type", "dätä")
        call(run, "sendRemoteCommEvent", "", "")
    compare_steps(steps)


@tap.case("what is configured")
def configuration():
    def steps(run):
        call(run, "getAllConfigInfo")
        for config in run.told[-1][2][1]:
            # Ours besides, as in Supervisor's development version.
            if isinstance(run, Busvisor):
                tap.check(config.pop("autorestart") in (True, False, "unexpected"), config)
        run.write("supervisord.conf", HEAD + SECTIONS.replace("[program:idle]", "[program:other]"))
        call(run, "reloadConfig")
        call(run, "getAllConfigInfo")
        for config in run.told[-1][2][1]:
            config.pop("autorestart", None)
            # Under Supervisor they are unknown now, although they are there.
            for name in ("stdout_logfile", "stderr_logfile"):
                config[name] = re.sub(r"HERE/.*---same-X\.log", "auto", config[name])
    compare_steps(steps)


CHANGED = SECTIONS.replace("[program:idle]", "[program:other]").replace(
    "numprocs=3", "numprocs=2").replace("stopsignal=INT", "stopsignal=INT\numask=077")


@tap.case("groups come, go and change, as the real client does it")
def updating():
    def steps(run):
        call(run, "reloadConfig")
        for name in ("cat", "nobody", "", "many:m0"):
            call(run, "addProcessGroup", name)
            call(run, "removeProcessGroup", name)
        run.write("supervisord.conf", HEAD + CHANGED)
        added, changed, removed = call(run, "reloadConfig")[1][0]
        tap.same((added, sorted(changed), removed), (["other"], ["many", "talk"], ["idle"]))
        for name in removed + changed:
            call(run, "stopProcessGroup", name)
            call(run, "removeProcessGroup", name)
        for name in changed + added:
            call(run, "addProcessGroup", name)
        call(run, "reloadConfig")
        call(run, "getProcessInfo", "other")
        wait_state(run, "talk", "RUNNING")
        run.write("supervisord.conf", HEAD + CHANGED + "\n[program:bad]\ncommand=x\nstartsecs=s\n")
        result = call(run, "reloadConfig")
        run.told[-1] = run.told[-1][:2] + ((result[0], result[1], result[2].split(":")[0]),)
        tap.same(state(run, "talk"), "RUNNING")
    compare_steps(steps)


@tap.case("many calls in one")
def multicall():
    def steps(run):
        def inner(name, *params):
            return {"methodName": name, "params": list(params)}
        call(run, "system.multicall", [])
        call(run, "system.multicall", [
            inner("supervisor.getAPIVersion"), {"methodName": "supervisor.getIdentification"},
            inner("supervisor.startProcess", "idle"), inner("supervisor.startProcess", "slow"),
            inner("supervisor.startProcess", "idle"), inner("supervisor.stopProcess", "idle"),
            inner("supervisor.stopProcess", "idle"), inner("no.such"), inner("supervisor.getPID", 1),
            inner("supervisor.stopProcessGroup", "slow"), {}, inner("supervisor.readLog", -1, 1),
            inner("system.methodSignature", "system.multicall"),
            {"methodName": "supervisor.getAPIVersion", "params": []}])
        result = call(run, "system.multicall", [inner("system.multicall", [])])
        tap.same(result[1][0]["faultCode"], 2)
        run.told.pop()
    compare_steps(steps)


ENDING = """
[program:last]
command=/bin/sh -c 'trap "" TERM; touch %(here)s/trapped; while :; do sleep 0.05; done'
startsecs=0
stopwaitsecs=30
"""


@tap.case("while everything is being stopped every method says so")
def ending():
    def steps(run):
        processes.wait_for(lambda: os.path.exists(run.file("trapped")), "trapped")
        pid = outcome_pid(run)
        names = call(run, "system.listMethods")[1]
        call(run, "shutdown")
        wait_closing(run)
        for name in names:
            if not name.startswith("system."):
                signature = call(run, "system.methodSignature", name)[1]
                call(run, name, *["last" if t == "string" else 1 for t in signature[1:]])
        call(run, "system.multicall", [{"methodName": "supervisor.getPID", "params": []}])
        os.kill(pid, 9)

    def outcome_pid(run):
        with proxy(run) as server:
            return server.supervisor.getProcessInfo("last")["pid"]

    def wait_closing(run):
        processes.wait_for(lambda: outcome(run, "supervisor.getState")[0] == "fault", "the end")
    compare_steps(steps, ENDING, also=[
        (r"supervisor\.sendRemoteCommEvent",
         lambda p, t, o: o == ("fault", 6, "SHUTDOWN_STATE"), "refused while")])


tap.run(at_once=4)
