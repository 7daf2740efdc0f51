"""Who may do what on the bus of a system: root, the group of operators, whom polkit allows, and
everybody else, who sees states and no more."""

import functools
import xml.etree.ElementTree as tree

import bus
import processes
import tap
from authority import Authority
from broker import Broker
from bus import EVENTS, GROUP, MANAGER, POOL, PROCESS, PROPERTIES, ROOT, group_path, pool_path, \
    process_path
from busvisor import Daemon
from systembus import OPERATORS, STRANGER, SystemBus, SystemDaemon, connect_as, \
    needs_host_user, needs_mounts, needs_root

SECTIONS = """
[program:web]
command=/bin/sleep 1000
startsecs=0
[program:db]
command=/bin/sleep 1000
startsecs=0
[eventlistener:mail]
command=/bin/cat
events=TICK_3600
"""

WEB = process_path("web")
WAITING_MAX = 16  # of one user, of daemon/face/access.c
OTHER_STRANGER = 1  # whom every system has
REFUSALS = ("org.freedesktop.DBus.Error.AccessDenied",
            "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired")

# Everything that nobody may call without a right, with the action of polkit that gives it.
GUARDED = [
    (WEB, PROCESS, "Start", "t", (1,), "control"),
    (WEB, PROCESS, "Stop", "t", (1,), "control"),
    (WEB, PROCESS, "Restart", "t", (1,), "control"),
    (WEB, PROCESS, "Signal", "s", ("CONT",), "control"),
    (WEB, PROCESS, "WriteStdin", "ay", (b"",), "control"),
    (WEB, PROCESS, "ReadLog", "sxx", ("stdout", 0, 0), "logs"),
    (WEB, PROCESS, "TailLog", "sxx", ("stdout", 0, 0), "logs"),
    (WEB, PROCESS, "OpenLog", "s", ("stdout",), "logs"),
    (WEB, PROCESS, "ClearLogs", None, (), "logs"),
    (WEB, PROCESS, "ReopenLogs", None, (), "logs"),
    (group_path("web"), GROUP, "Start", "t", (1,), "control"),
    (group_path("web"), GROUP, "Stop", "t", (1,), "control"),
    (group_path("web"), GROUP, "Restart", "t", (1,), "control"),
    (group_path("web"), GROUP, "Signal", "s", ("CONT",), "control"),
    (ROOT, MANAGER, "Start", "ast", (["web"], 1), "control"),
    (ROOT, MANAGER, "Stop", "ast", (["web"], 1), "control"),
    (ROOT, MANAGER, "Restart", "ast", (["web"], 1), "control"),
    (ROOT, MANAGER, "Signal", "ass", (["web"], "CONT"), "control"),
    (ROOT, MANAGER, "Shutdown", None, (), "control"),
    (ROOT, PROPERTIES, "Set", "ssv", (MANAGER, "LogLevel", ("s", "debug")), "control"),
    (ROOT, MANAGER, "PlanReload", None, (), "reload"),
    (ROOT, MANAGER, "AddGroup", "s", ("web",), "reload"),
    (ROOT, MANAGER, "RemoveGroup", "s", ("web",), "reload"),
    (ROOT, MANAGER, "ListConfigurations", None, (), "reload"),
    (ROOT, MANAGER, "DescribeConfigurations", None, (), "reload"),
    (ROOT, MANAGER, "Reload", None, (), "reload"),
    (ROOT, MANAGER, "ReadLog", "xx", (0, 0), "logs"),
    (ROOT, MANAGER, "TailLog", "xx", (0, 0), "logs"),
    (ROOT, MANAGER, "OpenLog", None, (), "logs"),
    (ROOT, MANAGER, "ClearLog", None, (), "logs"),
    (ROOT, MANAGER, "ClearLogs", "as", (["web"],), "logs"),
    (ROOT, MANAGER, "ReopenLogs", None, (), "logs"),
    (ROOT, EVENTS, "Subscribe", "as", (["PROCESS_LOG"],), "logs"),
    (ROOT, EVENTS, "EventsSince", "tasu", (0, ["PROCESS_LOG"], 1), "logs"),
    (ROOT, EVENTS, "SendRemoteCommunication", "say", ("x", b""), "control"),
    (pool_path("mail"), POOL, "ListDeadLetters", None, (), "logs"),
    (pool_path("mail"), POOL, "ShowDeadLetter", "t", (1,), "logs"),
    (pool_path("mail"), POOL, "RetryDeadLetters", "at", ([],), "control"),
    (pool_path("mail"), POOL, "DropDeadLetters", "at", ([],), "control"),
    (ROOT, MANAGER, "AttachListenerHost", "s", ("",), None),
    (ROOT, MANAGER, "AttachRpcHost", "s", ("",), None),
]


def refusal(connection, path, interface, member, signature=None, body=()):
    """The text of the refusal; "" where the call was let through, to whatever end."""
    try:
        connection.call(path, interface, member, signature, body)
    except bus.BusError as error:
        return error.text if error.name in REFUSALS else ""
    return ""


def running(daemon):
    """A connection of root's, when the programs run."""
    connection = daemon.connect()
    connection.call(ROOT, MANAGER, "Start", "ast", (["web"], 0))
    return connection


def case_on_each(description):
    """Marks a function as a case on the bus of a system by each program that may be one."""
    def register(function):
        for name, kind in (("", SystemBus), (", on dbus-broker", Broker)):
            tap.case(description + name)(functools.partial(function, kind))
        return function
    return register


@case_on_each("everybody sees states, and every method that acts or shows output is refused by name")
def strangers(kind):
    needs_root()
    with SystemDaemon(SECTIONS, on=kind) as daemon:
        pid = running(daemon).pid("web")
        stranger = daemon.connect_as(STRANGER)
        for row in GUARDED:
            text = refusal(stranger, *row[:5])
            tap.check("is only for root" in text, "%s: %s" % (row[2], text))
            tap.check(not row[5] or "org.busvisor1." + row[5] in text, "%s: %s" % (row[2], text))
        tap.same(stranger.state("web"), "RUNNING")
        tap.check(stranger.call(ROOT, MANAGER, "ListProcesses"), "no processes")
        tap.check(stranger.call(ROOT, MANAGER, "ListUsage"), "no processes")
        tap.check(stranger.events_since(0, ["PROCESS_STATE"]), "no states")
        tap.same(stranger.pid("web"), pid, "the program went on undisturbed")


# What everybody may call; ApplyReload has its own arguments, and needs what PlanReload needs.
FREE = {"GetProcess", "GetGroup", "GetPool", "GetProcessByPID", "ListProcesses", "ListUsage",
        "ListGroups", "ListPools", "ListLogs", "Unsubscribe",
        "FindSerial", "ApplyReload"}
# Refused to whoever is not in the seat of the listener-host, root or not.
FOR_THE_HOST = {"TakeListener", "Commit", "GiveUp", "FetchRetries", "SettleRetries", "Fetch",
                "RestartListener"}


def methods(introspection):
    for interface in tree.fromstring(introspection).iter("interface"):
        if interface.get("name").startswith(bus.NAME):
            for method in interface.iter("method"):
                yield interface.get("name"), method.get("name")


@tap.case("no method is missing in the list of those that are refused")
def complete():
    with Daemon(SECTIONS) as daemon:
        connection = daemon.connect()
        guarded = {(row[1], row[2]) for row in GUARDED}
        for path in (ROOT, WEB, group_path("web"), pool_path("mail")):
            text = connection.call(path, bus.INTROSPECTABLE, "Introspect")[0]
            for interface, method in methods(text):
                listed = method in FREE or (interface == POOL and method in FOR_THE_HOST)
                tap.check(listed or (interface, method) in guarded,
                          "%s.%s is in no list" % (interface, method))


@case_on_each("what is the listener-host's is refused to root too")
def host_only(kind):
    needs_root()
    with SystemDaemon(SECTIONS, on=kind) as daemon:
        text = refusal(running(daemon), pool_path("mail"), POOL, "TakeListener", "st", ("mail", 1))
        tap.check("only for the listener-host" in text, text)


@tap.case("on the private bus the hosts' user is refused too, and polkit is not asked")
def private():
    needs_host_user()
    with Daemon("[supervisord]\nhost_user=%d\n" % STRANGER + SECTIONS) as daemon:
        connection = running(daemon)
        host = connect_as(daemon, STRANGER)
        for row in GUARDED:
            text = refusal(host, *row[:5])
            tap.check("is only for root" in text, "%s: %s" % (row[2], text))
        tap.check(host.call(ROOT, MANAGER, "ListProcesses"), "no processes")
        tap.check(connection.events_since(), "the owner may read all events without naming them")
        tap.same(connection.state("web"), "RUNNING")


@case_on_each("the group of operators acts, but is not the listener-host")
def operators(kind):
    needs_mounts()
    with SystemDaemon(SECTIONS, with_group=True, on=kind) as daemon:
        running(daemon)
        operator = daemon.connect_as(STRANGER, groups=[OPERATORS])
        for row in GUARDED:
            if row[2] not in ("Shutdown", "Reload"):
                text = refusal(operator, *row[:5])
                tap.same(text == "", row[5] is not None, "%s: %s" % (row[2], text))
        other = daemon.connect_as(STRANGER, groups=[OPERATORS + 1])
        tap.check("is only for root" in refusal(other, *GUARDED[0][:5]), "another group acted")


@case_on_each("polkit is asked with process and group, and its answer counts")
def polkit(kind):
    needs_root()

    def rule(action, details):
        if action == "org.busvisor1.control" and details.get("process") == "web":
            return "yes"
        return "challenge" if details.get("group") == "db" else "no"

    with SystemDaemon(SECTIONS, on=kind) as daemon:
        running(daemon)
        user = daemon.connect_as(STRANGER)
        with Authority(daemon.address, rule) as authority:
            user.call(WEB, PROCESS, "Stop", "t", (0,))
            tap.same(user.state("web"), "STOPPED")
            user.call(ROOT, MANAGER, "Start", "ast", (["web"], 0))
            text = refusal(user, ROOT, MANAGER, "Stop", "ast", (["web", "db"], 0))
            tap.check("org.busvisor1.control" in text, text)
            text = refusal(user, WEB, PROCESS, "TailLog", "sxx", ("stdout", 0, 9))
            tap.check("org.busvisor1.logs" in text, text)
            text = refusal(user, process_path("db"), PROCESS, "Stop", "t", (0,))
            tap.check("needs a password" in text, text)
            tap.same(user.state("web"), "RUNNING")
        kind, who = authority.questions[0][0]
        tap.same((kind, who["name"]), ("system-bus-name", ("s", user.unique_name)))
        asked = [(action, details) for _, action, details, _ in authority.questions]
        tap.same(asked[:3], [
            ("org.busvisor1.control", {"process": "web", "group": "web"}),
            ("org.busvisor1.control", {"names": "web", "process": "web", "group": "web"}),
            ("org.busvisor1.control", {"names": "web db"})])
        tap.same(authority.questions[4][3], 0, "a password must not be asked for")


@case_on_each("a polkit that does not answer holds up nobody else, and few of each user wait for it")
def silent(kind):
    needs_root()
    with SystemDaemon(SECTIONS, on=kind) as daemon:
        running(daemon)
        user = daemon.connect_as(STRANGER)
        with Authority(daemon.address, lambda action, details: None) as authority:
            large = refusal(user, WEB, PROCESS, "ReadLog", "sxx", ("x" * 70000, 0, 0))
            tap.check("is only for root" in large, large)
            calls = [user.send(WEB, PROCESS, "Stop", "t", (0,)) for _ in range(WAITING_MAX + 1)]
            try:
                user.wait_reply(calls[-1])
                raise AssertionError("the last call was let through")
            except bus.BusError as error:
                tap.same(error.name, "org.freedesktop.DBus.Error.LimitsExceeded")
            tap.same(user.state("web"), "RUNNING")
            processes.wait_for(lambda: len(authority.questions) >= WAITING_MAX, "the questions")
            tap.same(len(authority.questions), WAITING_MAX)
            other = daemon.connect_as(OTHER_STRANGER)
            others = other.send(WEB, PROCESS, "Stop", "t", (0,))
            processes.wait_for(lambda: len(authority.questions) > WAITING_MAX, "the other user's")
        # Its end is the answer to those that wait.
        for who, call in [(user, call) for call in calls[:-1]] + [(other, others)]:
            try:
                who.wait_reply(call)
                raise AssertionError("the call was let through")
            except bus.BusError as error:
                tap.same(error.name, "org.freedesktop.DBus.Error.AccessDenied")
        tap.same(user.state("web"), "RUNNING")


tap.run()
