"""What busvisorctl prints for programs: JSON from every command."""

import json
import subprocess

import processes
import tap
from busvisor import Daemon, clean_environment, program
from bus import NO_WAIT, PROCESS, process_path

PROGRAMS = """
[program:cat]
command=/bin/cat
startsecs=0

[program:idle]
command=/bin/sleep 1000
autostart=false
startsecs=0

[program:lost]
command=/nonexistent/program
autostart=false

[program:talker]
command=/bin/sh -c 'printf "gr\\303\\274n\\n"; exec sleep 1000'
startsecs=0

[eventlistener:mail]
command=/bin/cat
events=TICK_3600
autostart=false
"""


def started(daemon):
    connection = daemon.connect()
    for name in ("cat", "talker"):
        processes.wait_for(lambda: connection.state(name) == "RUNNING", name)
    return connection


def parse(daemon, *arguments, code=0):
    """What is on stdout, which is JSON whatever happens."""
    result = daemon.ctl("--json", *arguments)
    tap.same(result.returncode, code, "%s: %s" % (arguments, result))
    return json.loads(result.stdout)


@tap.case("start, stop, restart, signal and clear: one entry for each process")
def operations():
    keys = ["name", "group", "process", "action", "result", "error", "message"]
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        for arguments, outcome in (
                (["start", "idle"], "started"), (["restart", "idle"], "restarted"),
                (["signal", "CONT", "idle"], "signalled"), (["clear", "idle"], "cleared"),
                (["stop", "idle"], "stopped"), (["--no-block", "start", "idle"], "starting"),
                (["--no-block", "restart", "idle"], "restarting"),
                (["--no-block", "stop", "idle"], "stopping")):
            entries = parse(daemon, *arguments)
            tap.same([list(e) for e in entries], [keys])
            tap.same((entries[0]["name"], entries[0]["result"], entries[0]["error"]),
                     ("idle", outcome, ""))
        entries = parse(daemon, "start", "lost", "nobody", code=1)
        tap.same([(e["name"], e["result"], e["error"]) for e in entries], [
            ("lost", "error", "org.busvisor1.Error.NoFile"),
            ("nobody", "error", "org.busvisor1.Error.NoSuchProcess")])
        tap.check("nonexistent" in entries[0]["message"], entries)
        entries = parse(daemon, "signal", "NOPE", "cat", code=1)
        tap.same(entries[0]["error"], "org.busvisor1.Error.BadSignal")
        tap.same(parse(daemon, "stop", "idle")[0]["error"], "org.busvisor1.Error.NotRunning")


@tap.case("pid, version, help, avail, reread, listeners, deadletters")
def questions():
    with Daemon(PROGRAMS) as daemon:
        connection = started(daemon)
        tap.same(parse(daemon, "pid"), {"pid": daemon.process.pid})
        tap.same(parse(daemon, "pid", "cat"), [
            {"name": "cat", "group": "cat", "process": "cat", "pid": connection.pid("cat")}])
        tap.same(len(parse(daemon, "pid", "all")), 5)
        tap.same(parse(daemon, "pid", "nobody", code=1), [])
        tap.same(list(parse(daemon, "version")), ["version", "client_version"])
        names = [e["name"] for e in parse(daemon, "help")]
        tap.check("status" in names and "help" in names, names)
        tap.same([list(e) for e in parse(daemon, "help", "stop")],
                 [["name", "synopsis", "summary", "text"]])
        tap.same(len(parse(daemon, "avail")), 5)
        tap.same(parse(daemon, "reread"), [])
        tap.same([p["pool"] for p in parse(daemon, "listeners")], ["mail"])
        tap.same(parse(daemon, "deadletters"), [])
        tap.same([p["pool"] for p in parse(daemon, "listeners", "m*")], ["mail"])
        tap.same(parse(daemon, "deadletters", "drop", "ma?l"), {"pool": "mail", "dropped": 0})
        result = daemon.ctl("--json", "help", "nothing")
        tap.same((result.stdout, result.stderr), ("", "*** No help on nothing\n"))


@tap.case("tail and maintail: pieces, one in a line")
def logs():
    with Daemon(PROGRAMS) as daemon:
        connection = started(daemon)
        processes.wait_for(lambda: connection.call(
            process_path("talker"), PROCESS, "ReadLog", "sxx", ("stdout", 0, 0))[0], "the log")
        tap.same(parse(daemon, "tail", "talker"),
                 {"name": "talker", "channel": "stdout", "data": "gr\u00fcn\n"})
        # In the middle of a character.
        tap.same(parse(daemon, "tail", "-3", "talker"),
                 {"name": "talker", "channel": "stdout", "data_base64": "vG4K"})
        tap.same(parse(daemon, "tail", "-3", "talk*", "stdout")["data_base64"], "vG4K")
        main = [json.loads(l) for l in daemon.ctl("--json", "maintail", "-0").stdout.splitlines()]
        tap.same({e["name"] for e in main}, {"supervisord"})
        tap.check("spawned: 'cat'" in "".join(e["data"] for e in main), main)
        result = daemon.ctl("--json", "tail", "nobody")
        tap.same((result.returncode, result.stdout, result.stderr),
                 (1, "", "nobody: ERROR (no such process name)\n"))


@tap.case("tail -f and fg: an object a line")
def streams():
    with Daemon(PROGRAMS) as daemon:
        connection = started(daemon)
        with subprocess.Popen(
                [program("busvisorctl"), "--address=" + daemon.address, "--json", "fg", "cat"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                env=clean_environment()) as running:
            running.stdin.write("a line\n")
            running.stdin.flush()
            tap.same(json.loads(running.stdout.readline()),
                     {"name": "cat", "channel": "stdout", "data": "a line\n"})
            connection.call(process_path("cat"), PROCESS, "Stop", "t", (NO_WAIT,))
            tap.same(json.loads(running.stdout.readline()), {"name": "cat", "ended": True})
        with subprocess.Popen(
                [program("busvisorctl"), "--address=" + daemon.address, "--json", "tail", "-f",
                 "cat"], stdout=subprocess.PIPE, text=True, env=clean_environment()) as running:
            tap.same(json.loads(running.stdout.readline())["data"], "a line\n")
            daemon.ctl("clear", "cat")
            tap.same(json.loads(running.stdout.readline()),
                     {"name": "cat", "channel": "stdout", "truncated": True})
            running.terminate()


@tap.case("update, add and remove")
def changes():
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        tap.same(parse(daemon, "update"), [])
        with open(daemon.configuration, "a", encoding="utf-8") as stream:
            stream.write("[program:new]\ncommand=/bin/cat\nautostart=false\n"
                         "[program:newer]\ncommand=/bin/cat\nautostart=false\n")
        tap.same([e["kind"] for e in parse(daemon, "update", "--dry-run")], ["group-added"] * 2)
        tap.same(parse(daemon, "update", "new"), [
            {"kind": "group-added", "group": "new", "process": "", "reason":
             parse(daemon, "update", "--dry-run")[0]["reason"], "options": [], "error": "",
             "message": ""}])
        tap.same(parse(daemon, "update", "nobody", code=1), [])
        entries = parse(daemon, "add", "new*", "new", "nobody", code=1)
        tap.same([(e["group"], e["action"], e["result"], e["error"]) for e in entries], [
            ("newer", "add", "added", ""),
            ("new", "add", "error", "org.busvisor1.Error.AlreadyAdded"),
            ("nobody", "add", "error", "org.busvisor1.Error.NoSuchProcess")])
        entries = parse(daemon, "remove", "new*")
        tap.same([(e["group"], e["result"]) for e in entries],
                 [("new", "removed"), ("newer", "removed")])
        tap.same([e["error"] for e in parse(daemon, "--no-block", "update", "n*")], ["", ""])


@tap.case("convert, reload and shutdown; what is wrong is on stderr")
def the_rest():
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        tap.same(parse(daemon, "convert", daemon.configuration)["supervisord"]["identifier"],
                 "test")
        tap.same([e["name"] for e in parse(daemon, "open", daemon.address, code=0)],
                 [e["name"] for e in parse(daemon, "status", code=3)])
        for arguments in (["start"], ["exit"], ["fly"], ["status", "--lines=3"]):
            result = daemon.ctl("--json", *arguments)
            tap.same(result.stdout, "", str(arguments))
            tap.check(result.returncode != 0 and result.stderr, result)
        for words in (["stop", "nobody"], ["restart", "nobody"], ["status", "nobody"],
                      ["start", "cat", "nobody"]):
            result = daemon.ctl("--json", *words)
            tap.check(result.returncode != 0 and json.loads(result.stdout) is not None, result)
            tap.same(result.stderr, "nobody: ERROR (no such process)\n", str(words))
        tap.same(parse(daemon, "reload"), {"action": "reload", "result": "restarting"})
        processes.wait_for(lambda: daemon.ctl("--json", "shutdown").returncode == 0, "the end")
        tap.same(daemon.wait_end(), 0)


tap.run()
