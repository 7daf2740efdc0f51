"""busvisorctl events: what has happened, from the log, and then what happens."""

import base64
import json
import os
import re
import shutil
import signal
import subprocess

import processes
import tap
from bus import EVENTS, PROCESS, ROOT, StateChange, process_path
from busvisor import Daemon, clean_environment, program
from terminal import CONTROL_C, Terminal

PROGRAMS = r"""
[program:talk]
command=/bin/sh -c 'echo "out \"1\""; printf "\033[31mred\302\233\377\n" >&2; exit 3'
autostart=false
autorestart=false
startsecs=0
stdout_events_enabled=true
stderr_events_enabled=true
stdout_logfile=none
stderr_logfile=none

[program:tell]
command=/bin/echo "<!--XSUPERVISOR:BEGIN-->hello<!--XSUPERVISOR:END-->"
autostart=false
autorestart=false
startsecs=0
stdout_capture_maxbytes=1KB

[program:hasty]
command=/bin/true
autostart=false
startsecs=1
startretries=0

[program:idle]
command=/bin/sleep 1000
autostart=false
startsecs=0

[group:pair]
programs=one,two

[program:one]
command=/bin/true
autostart=false
autorestart=false
startsecs=0

[program:two]
command=/bin/true
autostart=false
autorestart=false
startsecs=0
"""

KEYS = """serial realtime monotonic type group process state from_state pid tries expected exit_code
    term_signal channel tick_period when supervisor_state remote_type asked_by data
    data_base64""".split()


def events(daemon, *options, status=0):
    result = daemon.ctl("events", *options)
    tap.same((result.returncode, result.stderr), (status, ""), " ".join(options))
    return result.stdout.splitlines()


def as_json(daemon, *options):
    return [json.loads(line) for line in events(daemon, "--json", *options)]


def serials(daemon, *options):
    return [event["serial"] for event in as_json(daemon, *options)]


def run(connection, group, name=None):
    connection.call(process_path(group, name), PROCESS, "Start", "t", (0,))
    connection.wait_state("EXITED", group, name)


def send(connection, kind, data):
    return connection.call(ROOT, EVENTS, "SendRemoteCommunication", "say", (kind, data))[0]


def has_logged(connection, *kinds):
    """Waits until the log has events of all these types."""
    def found():
        return all(connection.events_since(0, [kind]) for kind in kinds)
    processes.wait_for(found, "events of %s" % (kinds,))


# What the lines of JSON have to say, from what the bus says.

def with_data(data):
    try:
        return {"data": data.decode()}
    except UnicodeDecodeError:
        return {"data_base64": base64.b64encode(data).decode()}


def of_state(args):
    change = StateChange(*args)
    extras = {key: value[1] for key, value in change.extras.items()}
    found = {"type": "PROCESS_STATE_" + change.state, "group": change.group,
             "process": change.process, "state": change.state, "from_state": change.from_state,
             "pid": change.pid, "tries": change.tries, **extras}
    if change.state == "EXITED":
        found["expected"] = bool(change.expected)
    return found


def of_output(kind):
    def convert(args):
        group, process, pid, channel, data = args[4:9]
        return {"type": "%s_%s" % (kind, channel.upper()), "group": group, "process": process,
                "pid": pid, "channel": channel, **with_data(bytes(data))}
    return convert


def of_remote(args):
    return {"type": "REMOTE_COMMUNICATION", "remote_type": args[4],
            "asked_by": args[6]["asked_by"][1], **with_data(bytes(args[5]))}


CONVERTERS = {
    "ProcessStateChanged": of_state,
    "ProcessLog": of_output("PROCESS_LOG"),
    "ProcessCommunication": of_output("PROCESS_COMMUNICATION"),
    "RemoteCommunication": of_remote,
    "SupervisorStateChanged": lambda args: {"type": "SUPERVISOR_STATE_CHANGE_" + args[4],
                                            "supervisor_state": args[4]},
    "Tick": lambda args: {"type": "TICK_%d" % args[4], "tick_period": args[4], "when": args[5]},
    "ProcessGroupAdded": lambda args: {"type": "PROCESS_GROUP_ADDED", "group": args[4]},
    "ProcessGroupRemoved": lambda args: {"type": "PROCESS_GROUP_REMOVED", "group": args[4]},
}


def expected(member, args):
    times = {"serial": args[0], "realtime": args[2], "monotonic": args[3]}
    found = {**times, **CONVERTERS[member](args)}
    return {key: found[key] for key in KEYS if key in found}


def make_all_kinds(daemon, connection):
    run(connection, "talk")
    run(connection, "tell")
    connection.call(process_path("idle"), PROCESS, "Start", "t", (0,))
    connection.call(process_path("idle"), PROCESS, "Stop", "t", (0,))
    connection.start("hasty")
    connection.wait_state("FATAL", "hasty")
    send(connection, "deploy", "now \u00e9".encode())
    send(connection, "bytes", b"\0\xff")
    tap.same(daemon.ctl("remove", "hasty").returncode, 0)
    has_logged(connection, "PROCESS_LOG_STDOUT", "PROCESS_LOG_STDERR", "PROCESS_COMMUNICATION",
               "PROCESS_STATE_FATAL", "PROCESS_GROUP_REMOVED", "TICK_5")


@tap.case("events of all kinds, as JSON: every key, in order, to the value")
def all_kinds():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        make_all_kinds(daemon, connection)
        lines = events(daemon, "--json")
        shown = {json.loads(line)["serial"]: line for line in lines}
        known = [expected(*event) for event in connection.events_since(0, ["EVENT"])]
        for event in known[:len(lines)]:
            line = json.loads(shown[event["serial"]])
            tap.same((list(line), line), (list(event), event))
            tap.check(re.fullmatch(r"[^\x00-\x1f\x7f-\x9f]*", shown[event["serial"]]), line)
        kinds = {json.loads(line)["type"] for line in lines}
        tap.check(len(kinds) >= 15, kinds)


@tap.case("as text: a line for each, and nothing in it that a terminal would obey")
def text():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        run(connection, "talk")
        has_logged(connection, "PROCESS_LOG_STDOUT", "PROCESS_LOG_STDERR")
        lines = events(daemon, "--process", "talk")
        pattern = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} +\d+  PROCESS_\S+ +talk +\S.*"
        tap.check(all(re.fullmatch(pattern, line) for line in lines), lines)
        log = next(line for line in lines if "LOG_STDERR" in line)
        tap.check(log.endswith(r', "\x1b[31mred\x9b\xff\n"'), log)
        out = next(line for line in lines if "LOG_STDOUT" in line)
        tap.check(out.endswith(r', "out \"1\"\n"'), out)
        exit_line = next(line for line in lines if "EXITED" in line)
        tap.check(re.search(r"exit code 3, unexpected, from RUNNING, pid \d+$", exit_line),
                  exit_line)


@tap.case("a stretch by serials, the last ones, the other way round")
def stretches():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        run(connection, "pair", "one")
        every = serials(daemon)
        tap.same(every[:8], list(range(1, 9)))
        last = every[-1]
        tap.same(serials(daemon, "--since", "3", "--until", "6"), [3, 4, 5, 6])
        tap.same(serials(daemon, "-S", "5", "-U", "5"), [5])
        tap.same(serials(daemon, "-U6", "-n2"), [5, 6])
        tap.same(serials(daemon, "-U6", "-n", "0"), [])
        tap.same(serials(daemon, "-U6", "--lines=all"), list(range(1, 7)))
        tap.same(serials(daemon, "-U6", "--reverse"), [6, 5, 4, 3, 2, 1])
        tap.same(serials(daemon, "-U6", "-S3", "-n2", "--reverse"), [6, 5])
        tap.same(serials(daemon, "-S0", "-U%d" % last), every)
        result = daemon.ctl("events", "--since", str(last + 1000))
        tap.same((result.returncode, result.stdout), (0, ""))
        tap.check(re.search(r"event %d is yet to come, the next one is \d+" % (last + 1000),
                            result.stderr), result.stderr)


@tap.case("more than a window of them from the end, few of which are asked for")
def windows():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        run(connection, "pair", "one")
        for number in range(300):
            send(connection, "deploy", b"%d" % number)
        run(connection, "pair", "two")
        exits = serials(daemon, "--type", "process_state_exited")
        tap.same(len(exits), 2)
        tap.same(serials(daemon, "--type=PROCESS_STATE_EXITED", "-n2"), exits)
        tap.same(serials(daemon, "--process=one,two", "--type=PROCESS_STATE_EXITED", "-n5"), exits)
        tap.same(serials(daemon, "--process=one", "-n1"), exits[:1])
        remote = [e["data"] for e in as_json(daemon, "--type=REMOTE_COMMUNICATION", "-n250")]
        tap.same(remote, [str(number) for number in range(50, 300)])
        every = serials(daemon, "--type=PROCESS_STATE,REMOTE_COMMUNICATION")
        tap.same(serials(daemon, "--type=PROCESS_STATE", "--type=REMOTE_COMMUNICATION",
                         "--reverse"), every[::-1])


@tap.case("large ones, the other way round and in pages")
def large():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        sent = [send(connection, "deploy", bytes([number]) * 900000) for number in range(33, 58)]
        shown = as_json(daemon, "--type=REMOTE_COMMUNICATION")
        tap.same([(e["serial"], e["data"][0], len(e["data"])) for e in shown],
                 [(s, chr(33 + i), 900000) for i, s in enumerate(sent)])
        tap.same(serials(daemon, "--type=REMOTE_COMMUNICATION", "--reverse"), sent[::-1])


@tap.case("by type, process and group")
def filters():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        for name in ("one", "two"):
            run(connection, "pair", name)
        run(connection, "tell")

        def names(*options):
            return {(e.get("group"), e.get("process"))
                    for e in as_json(daemon, "--type=PROCESS_STATE,PROCESS_GROUP", *options)}
        tap.same(names("--process=o*"), {("pair", "one")})
        tap.same(names("--process=pair:*"), {("pair", "one"), ("pair", "two")})
        tap.same(names("--process=t*"), {("pair", "two"), ("tell", "tell")})
        tap.same(names("--group=p[ab]ir"), {("pair", "one"), ("pair", "two"), ("pair", None)})
        tap.same(names("--group", "pair,tell", "--process", "tell"), {("tell", "tell")})
        tap.same({e["type"] for e in as_json(daemon, "--type", "supervisor_state_change")},
                 {"SUPERVISOR_STATE_CHANGE_RUNNING"})


@tap.case("a stretch by times, in the forms in which they are printed")
def times():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        run(connection, "pair", "one")
        run(connection, "pair", "two")
        every = as_json(daemon)
        stamps = [line[:23] for line in events(daemon, "-U%d" % every[-1]["serial"])]
        for i, event in enumerate(every):
            usec = event["realtime"]
            since = [e["serial"] for e in every if e["realtime"] >= usec]
            stretch = ["-U%d" % every[-1]["serial"]]
            tap.same(serials(daemon, "-S@%d.%06d" % divmod(usec, 10**6), *stretch), since)
            until = [e["serial"] for e in every if e["realtime"] <= usec]
            tap.same(serials(daemon, "-U@%d.%06d" % divmod(usec, 10**6)), until)
            since = [e["serial"] for e in every if e["realtime"] // 1000 >= usec // 1000]
            for stamp in (stamps[i], stamps[i].replace(".", ","), stamps[i].replace(" ", "T")):
                tap.same(serials(daemon, "--since", stamp, *stretch), since)
        tap.same(serials(daemon, "--since", "-1h", *stretch), [e["serial"] for e in every])
        tap.same(serials(daemon, "--since", "+1h"), [])
        tap.same(serials(daemon, "--until", "1 hour ago"), [])


@tap.case("what --since asks for and is gone is told of")
def gone():
    with Daemon("[supervisord]\nevent_log=none\n" + PROGRAMS) as daemon:
        connection = daemon.connect()
        for _ in range(40):
            send(connection, "deploy", b"x" * 900000)
        oldest = connection.get(ROOT, EVENTS, "OldestSerial")
        tap.check(oldest > 2, "nothing has left the log")
        for since, told in (("2", "events 2 to %d are" % (oldest - 1)),
                            ("-1h", "events before %d are" % oldest)):
            result = daemon.ctl("events", "--json", "--since", since)
            tap.same((result.returncode, result.stderr),
                     (0, "busvisorctl: %s no longer in the event log\n" % told))
            tap.same(json.loads(result.stdout.split("\n")[0])["serial"], oldest)
        tap.same(serials(daemon)[0], oldest)
        tap.same(serials(daemon, "-n1000")[0], oldest)


# On a bus that others are on too: whoever may own a name there may call everything.
SHARED_BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path=%s</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
  </policy>
</busconfig>
"""
NOBODY = 65534


class OnSharedBus(Daemon):
    def start(self):
        socket = self.file("shared-bus")
        file = self.write("shared-bus.conf", SHARED_BUS % socket)
        self.message_bus = subprocess.Popen(["dbus-daemon", "--nofork", "--config-file=" + file],
                                            stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        processes.wait_for(lambda: os.path.exists(socket), "the bus")
        self.arguments = ["--bus", self.address]
        super().start()

    @property
    def address(self):
        return "unix:path=" + self.file("shared-bus")

    def as_user(self, user, *arguments):
        """A copy of busvisorctl, as the build folder may not be open to everybody."""
        return subprocess.run(
            [shutil.copy(program("busvisorctl"), self.file("busvisorctl")),
             "--address=" + self.address, "events", *arguments], user=user,
            env=clean_environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=processes.WAIT_LIMIT, check=False)

    def end_bus(self):
        self.message_bus.kill()
        self.message_bus.wait()


@tap.case("on a shared bus the owner sees all, and others what is for everybody")
def shared_bus():
    with OnSharedBus(PROGRAMS) as daemon:
        connection = daemon.connect()
        run(connection, "talk")
        has_logged(connection, "PROCESS_LOG_STDERR")
        tap.check({"PROCESS_LOG_STDERR", "PROCESS_STATE_EXITED"} <=
                  {event["type"] for event in as_json(daemon)}, "the owner sees less")
        if os.geteuid() == 0:
            result = daemon.as_user(NOBODY, "--json")
            kinds = {json.loads(line)["type"] for line in result.stdout.splitlines()}
            tap.same((result.returncode, result.stderr), (0, ""))
            tap.check("PROCESS_STATE_EXITED" in kinds and "PROCESS_LOG_STDERR" not in kinds, kinds)
            for options in ([], ["--follow"]):
                result = daemon.as_user(NOBODY, "--type", "PROCESS_LOG", *options)
                tap.same((result.returncode, result.stdout), (1, ""))
                tap.check("not allowed to" in result.stderr, result.stderr)
        daemon.end_bus()


@tap.case("what is wrong with the command line, and what would be right")
def usage():
    with Daemon(PROGRAMS) as daemon:
        daemon.connect()
        for options, status, message in (
                (["--type", "TICK,PROCES_LOG"], 2, "PROCES_LOG; did you mean PROCESS_LOG?"),
                (["--since", "5 parsecs ago"], 2, "'5 parsecs ago' is no time"),
                (["--since", "5", "--until", "4"], 2, "--since lies behind --until"),
                (["--since", "today", "--until", "yesterday"], 2, "--since lies behind"),
                (["--follow", "--until", "5"], 2, "--until makes no sense with --follow"),
                (["--follow", "--reverse"], 2, "--reverse makes no sense with --follow"),
                (["-n", "few"], 2, "--lines takes a number")):
            result = daemon.ctl("events", *options)
            tap.same((result.returncode, result.stdout), (status, ""), str(options))
            tap.check(message in result.stderr, result.stderr)
        result = daemon.ctl("status", "--since", "5")
        tap.same(result.returncode, 2)
        tap.check("--since makes no sense with status" in result.stderr, result.stderr)
        tap.same(daemon.ctl("events", "PROCESS_STATE").returncode, 1)
        nowhere = "--address=unix:path=" + daemon.file("nowhere")
        tap.same(daemon.ctl(nowhere, "events", address=False).returncode, 4)


# Following

class Follower:
    """busvisorctl events --follow --json, its output in the files NAME.shown and NAME.told."""

    def __init__(self, daemon, name, *options):
        self.daemon, self.name = daemon, name
        with open(daemon.file(name + ".shown"), "wb") as out, \
                open(daemon.file(name + ".told"), "wb") as err:
            self.process = subprocess.Popen(
                [program("busvisorctl"), "--address=" + daemon.address, "events", "--follow",
                 "--json", *options],
                stdout=out, stderr=err, stdin=subprocess.DEVNULL, env=clean_environment())

    def events(self):
        return self.daemon.json_lines(self.name + ".shown")

    def serials(self):
        return [event["serial"] for event in self.events()]

    def wait_serial(self, serial):
        processes.wait_for(lambda: serial in self.serials(),
                           lambda: "event %d in %s" % (serial, self.serials()))

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(processes.WAIT_LIMIT)


@tap.case("following begins with what was, and misses nothing where it goes over into what is")
def follow():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        for number in range(200):
            send(connection, "before", b"%d" % number)
        follower = Follower(daemon, "a", "--since", "1", "--type", "REMOTE_COMMUNICATION")
        for number in range(200):
            send(connection, "while", b"%d" % number)
        processes.wait_for(follower.events, "the first event")
        last = [send(connection, "after", b"%d" % number) for number in range(200)][-1]
        follower.wait_serial(last)
        tap.same(follower.end(signal.SIGINT), 0)
        tap.same([(e["remote_type"], e["data"]) for e in follower.events()],
                 [(kind, str(number)) for kind in ("before", "while", "after")
                  for number in range(200)])
        tap.same(daemon.read("a.told"), "")


@tap.case("following begins with the last ten, or as many as are asked for")
def follow_lines():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        sent = [send(connection, "deploy", b"") for _ in range(20)]
        for options, count in (([], 10), (["-n3"], 3), (["-n", "all"], 22)):
            follower = Follower(daemon, "a", "--type", "REMOTE_COMMUNICATION", *options)
            processes.wait_for(follower.events, "the first event")
            sent.append(send(connection, "deploy", b""))
            follower.wait_serial(sent[-1])
            tap.same(follower.end(), 0)
            tap.same(follower.serials(), sent[-1 - count:], str(options))


@tap.case("following goes on where it was after the bus was killed")
def follow_bus():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        follower = Follower(daemon, "a", "--since=1", "--type=PROCESS_STATE,REMOTE_COMMUNICATION")
        sent = [send(connection, "deploy", b"before")]
        follower.wait_serial(sent[-1])
        os.kill(daemon.wait_helper("dbus-daemon"), signal.SIGKILL)
        connection = processes.wait_for(daemon.try_connect, "the daemon on a new bus")
        sent += [send(connection, "deploy", b"%d" % number) for number in range(50)]
        follower.wait_serial(sent[-1])
        run(connection, "pair", "one")
        follower.wait_serial(connection.changes("pair", "one")[-1].serial)
        tap.same(follower.end(), 0)
        shown = follower.serials()
        tap.same([s for s in shown if s in sent], sent)
        tap.same(shown, sorted(set(shown)))
        tap.same(daemon.read("a.told"), "busvisorctl: lost busvisord, waiting for it\n")


@tap.case("whoever was halted, so that the bus could keep no more for him, gets all of it")
def halted():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        follower = Follower(daemon, "a", "--since=1", "--type=REMOTE_COMMUNICATION")
        sent = [send(connection, "deploy", b"before")]
        follower.wait_serial(sent[-1])
        follower.process.send_signal(signal.SIGSTOP)
        sent += [send(connection, "deploy", b"x" * 900000) for _ in range(30)]
        follower.process.send_signal(signal.SIGCONT)
        sent += [send(connection, "deploy", b"after")]
        follower.wait_serial(sent[-1])
        tap.same(follower.end(), 0)
        tap.same(follower.serials(), sent)
        tap.same(daemon.read("a.told"), "")


def restart(daemon, number):
    daemon.process.send_signal(number)
    daemon.wait_end()
    daemon.start()
    return daemon.connect()


@tap.case("following goes on where it was when the daemon was killed, or ended, and started anew")
def follow_daemon():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        followers = [Follower(daemon, "a", "--since=1"),
                     Follower(daemon, "b", "-nall", "--type=REMOTE_COMMUNICATION,PROCESS_STATE")]
        sent = []
        for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGKILL):
            sent += [send(connection, "deploy", b"before") for _ in range(20)]
            for follower in followers:
                follower.wait_serial(sent[-20])
            connection = restart(daemon, number)
            sent += [send(connection, "deploy", b"after") for _ in range(20)]
            for follower in followers:
                follower.wait_serial(sent[-1])
        tap.same([follower.end() for follower in followers], [0, 0])
        every = as_json(daemon, "-U%d" % sent[-1])
        tap.same(followers[0].events()[:len(every)], every)
        tap.same([s for s in followers[1].serials() if s <= sent[-1]],
                 [e["serial"] for e in every
                  if re.match("REMOTE|PROCESS_STATE", e["type"])])
        tap.check(sent == sorted(set(sent)), "serials went back")
        tap.same(len([e for e in every if e["type"] == "SUPERVISOR_STATE_CHANGE_RUNNING"]), 4)
        tap.same(daemon.read("a.told"), "busvisorctl: lost busvisord, waiting for it\n" * 3)


@tap.case("following tells when the daemon came back without its log")
def follow_new_log():
    with Daemon("[supervisord]\nevent_log=none\n" + PROGRAMS) as daemon:
        connection = daemon.connect()
        follower = Follower(daemon, "a", "--since=1", "--type=REMOTE_COMMUNICATION")
        sent = [send(connection, "deploy", b"%d" % number) for number in range(5)]
        follower.wait_serial(sent[-1])
        connection = restart(daemon, signal.SIGKILL)
        sent = [send(connection, "deploy", b"%d" % number) for number in range(5, 25)]
        follower.wait_serial(sent[-1])
        tap.same(follower.end(), 0)
        tap.same([e["data"] for e in follower.events()], [str(number) for number in range(25)])
        tap.same(daemon.read("a.told"),
                 "busvisorctl: lost busvisord, waiting for it\n"
                 "busvisorctl: busvisord has begun a new event log, its serials begin anew\n")


def piped(daemon, command, ignore_pipe=False):
    """A line of the shell with "events" for the command; (status, stdout, stderr)."""
    script = "events() { %s --address=%s events \"$@\"; }; %s" % (
        program("busvisorctl"), daemon.address, command)
    if ignore_pipe:
        script = "trap '' PIPE; " + script
    result = subprocess.run(["bash", "-c", script], env=clean_environment(), text=True,
                            stdin=subprocess.DEVNULL, capture_output=True, check=False,
                            timeout=processes.WAIT_LIMIT)
    return result.returncode, result.stdout, result.stderr


@tap.case("who reads no further ends it, silently")
def head():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        for number in range(40):
            send(connection, "deploy", b"x" * 10000)
        for ignored in (False, True):
            for command in ("events -S1 | head -n1", "events --json -S1 -f | head -n1"):
                status, out, err = piped(daemon, command, ignored)
                tap.same((status, out.count("\n"), err), (0, 1, ""), command)
        status, _, err = piped(daemon, "events >/dev/full")
        tap.same(status, 1)
        tap.check("cannot write to stdout" in err, err)


@tap.case("Ctrl-C ends it, not the shell")
def in_the_shell():
    with Daemon(PROGRAMS) as daemon:
        daemon.connect()
        with Terminal([program("busvisorctl"), "--address=" + daemon.address],
                      dict(clean_environment(), HOME=daemon.path)) as terminal:
            terminal.wait("^supervisor> ")
            terminal.type("events -n 1 --type 'supervisor_state_change, tick_3600'\n")
            terminal.wait("SUPERVISOR_STATE_CHANGE_RUNNING")
            terminal.wait("^supervisor> ")
            terminal.type("events --follow --since 1\n")
            terminal.wait("SUPERVISOR_STATE_CHANGE_RUNNING")
            terminal.type(CONTROL_C)
            terminal.wait("^supervisor> ")
            terminal.type("pid\n")
            terminal.wait("^%d$" % daemon.process.pid)
            terminal.type("quit\n")
            tap.same(terminal.wait_end(), 0)


tap.run()
