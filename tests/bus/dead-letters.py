"""Events that a pool gives up: kept, shown, tried again, dropped."""

import json
import os
import re
import signal

import processes
import tap
from bus import ERROR, EVENTS, POOL, ROOT, pool_path
from busvisor import HERE, PYTHON, Daemon

HOST = "busvisor-listener-host"
MESSAGE_BUS = "dbus-daemon"
PATH = pool_path("mail")

# The listener answers what stands in the file "answer", and waits while there is none.
SECTIONS = """
[eventlistener:mail]
command=%s %s/recorder.py %%(here)s/events answer %%(here)s/answer
events=REMOTE_COMMUNICATION
max_attempts=1
""" % (PYTHON, HERE)

OTHER = """
[eventlistener:other]
command=/bin/cat
events=TICK_3600
"""


def no_answer(daemon):
    os.unlink(daemon.file("answer"))


def send(connection, data=b"data"):
    """The serial of the event."""
    return connection.call(ROOT, EVENTS, "SendRemoteCommunication", "say", ("type", data))[0]


def events(daemon):
    return daemon.json_lines("events")


def serials(daemon):
    return [int(e["headers"]["serial"]) for e in events(daemon)]


def wait_deliveries(daemon, serial, count):
    processes.wait_for(lambda: serials(daemon).count(serial) >= count,
                       lambda: "delivery %d of %d, have %s" % (count, serial, serials(daemon)))


def letters(connection):
    """By serial: (type, reason, attempts, time, listener, whether it is tried again)."""
    return {letter[0]: letter[1:] for letter in connection.call(PATH, POOL, "ListDeadLetters")[0]}


def wait_letters(connection, expected):
    processes.wait_for(lambda: set(letters(connection)) == set(expected),
                       lambda: "dead letters %s, have %s" % (expected, letters(connection)))
    return letters(connection)


def change(connection, method, *wanted):
    """RetryDeadLetters or DropDeadLetters of the serials; how many that were."""
    return connection.call(PATH, POOL, method + "DeadLetters", "at", (list(wanted),))[0]


def wait_cursor(connection, serial):
    processes.wait_for(lambda: connection.get(PATH, POOL, "Cursor") >= serial, "the cursor")


@tap.case("what is given up is a dead letter, and one line in the log")
def given_up():
    with Daemon(SECTIONS) as daemon:
        connection = daemon.connect()
        daemon.replace("answer", "FAIL")
        serial = send(connection, b"a\xff")
        kind, reason, attempts, when, listener, retried = wait_letters(connection, [serial])[serial]
        tap.same((kind, attempts, listener, retried), ("REMOTE_COMMUNICATION", 1, "mail", False))
        tap.check("not OK" in reason, reason)
        item = connection.events_since(serial - 1)[0]
        tap.check(when >= item[1][2], "given up before it happened")
        shown = connection.call(PATH, POOL, "ShowDeadLetter", "t", (serial,))
        tap.same(shown[:6], (0, reason, 1, when, "mail", False))
        tap.same((shown[6][0], shown[6][1][1][0], bytes(shown[6][1][1][5])),
                 ("RemoteCommunication", serial, b"a\xff"))
        wait_cursor(connection, serial)
        lines = re.findall(r"^.* ERRO .*gives up.*$", daemon.read("main.log"), re.MULTILINE)
        tap.same(len(lines), 1)
        tap.check("pool mail gives up event %d (REMOTE_COMMUNICATION)" % serial in lines[0] and
                  reason in lines[0], lines[0])
        # Later events go on.
        daemon.replace("answer", "OK")
        wait_cursor(connection, send(connection))
        tap.same(set(letters(connection)), {serial})


@tap.case("a letter that is tried again is the same event, and gone when it is accepted")
def retried():
    with Daemon(SECTIONS) as daemon:
        connection = daemon.connect()
        daemon.replace("answer", "FAIL")
        first, second, third = [send(connection) for _ in range(3)]
        wait_letters(connection, [first, second, third])
        daemon.replace("answer", "OK")
        tap.same(change(connection, "Retry", second), 1)
        wait_letters(connection, [first, third])
        tap.same(change(connection, "Retry"), 2)
        wait_letters(connection, [])
        tap.same(serials(daemon), [first, second, third, second, first, third])
        for serial in (first, second, third):
            tap.same(len({e["line"] for e in events(daemon)
                          if int(e["headers"]["serial"]) == serial}), 1, "headers")
        tap.same(change(connection, "Retry"), 0)


@tap.case("a letter that is refused again stays, and its attempts are counted on")
def refused_again():
    with Daemon(SECTIONS) as daemon:
        connection = daemon.connect()
        daemon.replace("answer", "FAIL")
        serial = send(connection)
        tap.same(wait_letters(connection, [serial])[serial][2], 1)
        no_answer(daemon)
        change(connection, "Retry")
        wait_deliveries(daemon, serial, 2)
        tap.same(letters(connection)[serial][5], True, "it is tried again")
        tap.same(change(connection, "Retry"), 0)
        daemon.replace("answer", "FAIL")
        processes.wait_for(lambda: not letters(connection)[serial][5], "the second refusal")
        tap.same(letters(connection)[serial][2], 2)
        tap.same(serials(daemon), [serial] * 2)


@tap.case("kill -9 of the listener-host between retry and answer: the letter is delivered again")
def host_killed():
    with Daemon(SECTIONS) as daemon:
        connection = daemon.connect()
        daemon.replace("answer", "FAIL")
        serial = send(connection)
        wait_letters(connection, [serial])
        no_answer(daemon)
        change(connection, "Retry")
        wait_deliveries(daemon, serial, 2)
        os.kill(daemon.wait_helper(HOST), signal.SIGKILL)
        wait_deliveries(daemon, serial, 3)
        tap.same(letters(connection)[serial][5], True)
        daemon.replace("answer", "OK")
        wait_letters(connection, [])


@tap.case("what is given up while the bus is away is told when it is back")
def given_up_without_bus():
    with Daemon(SECTIONS) as daemon:
        connection = daemon.connect()
        serial = send(connection)
        wait_deliveries(daemon, serial, 1)
        message_bus = daemon.wait_helper(MESSAGE_BUS)
        # Halted it takes what is sent to it, and then loses it.
        os.kill(message_bus, signal.SIGSTOP)
        daemon.replace("answer", "FAIL")
        daemon.wait_log("pool mail gives up event %d" % serial)
        os.kill(message_bus, signal.SIGKILL)
        daemon.wait_helper(MESSAGE_BUS, other_than=message_bus)
        connection = daemon.connect()
        wait_letters(connection, [serial])
        wait_cursor(connection, serial)
        tap.same(serials(daemon), [serial])


@tap.case("what is dropped is gone, and is not there again when a last attempt fails")
def dropped():
    with Daemon(SECTIONS) as daemon:
        connection = daemon.connect()
        daemon.replace("answer", "FAIL")
        sent = [send(connection) for _ in range(3)]
        wait_letters(connection, sent)
        tap.same(change(connection, "Drop", sent[0]), 1)
        tap.same(set(letters(connection)), set(sent[1:]))
        no_answer(daemon)
        change(connection, "Retry", sent[1])
        wait_deliveries(daemon, sent[1], 2)
        tap.same(change(connection, "Drop"), 2)
        tap.same(letters(connection), {})
        daemon.replace("answer", "FAIL")
        last = send(connection)
        wait_letters(connection, [last])


@tap.case("letters that there are not")
def unknown():
    with Daemon(SECTIONS) as daemon:
        connection = daemon.connect()
        daemon.replace("answer", "FAIL")
        serial = send(connection)
        wait_letters(connection, [serial])
        for method, signature, body in (("ShowDeadLetter", "t", (serial + 1,)),
                                        ("RetryDeadLetters", "at", ([serial, serial + 1],)),
                                        ("DropDeadLetters", "at", ([serial, serial + 1],))):
            tap.same(connection.call_error(PATH, POOL, method, signature, body),
                     ERROR + "NoSuchDeadLetter", method)
        tap.same(letters(connection)[serial][5], False)


@tap.case("no more than 1,000 letters and 16 MiB are kept")
def bounds():
    with Daemon(SECTIONS) as daemon:
        connection = daemon.connect()
        daemon.replace("answer", "FAIL")
        sent = [send(connection) for _ in range(1002)]
        wait_letters(connection, sent[2:])
        for serial in sent[:2]:
            daemon.wait_log("WARN pool mail: the dead letter %d is dropped for newer ones$" % serial)
        large = [send(connection, b"x" * 900000) for _ in range(20)]
        wait_letters(connection, large[2:])


@tap.case("only the listener-host may bring letters")
def foreign_host():
    with Daemon(SECTIONS) as daemon:
        connection = daemon.connect()
        tick = ("Tick", ("(ttttuta{sv})", (1, 0, 1, 1, 5, 5, {})))
        for method, signature, body in (("GiveUp", "ttuss(sv)", (1, 0, 1, "mail", "why", tick)),
                                        ("FetchRetries", "tu", (0, 10)),
                                        ("SettleRetries", "at", ([1],))):
            tap.same(connection.call_error(PATH, POOL, method, signature, body),
                     "org.freedesktop.DBus.Error.AccessDenied", method)
        tap.same(letters(connection), {})


@tap.case("busvisorctl deadletters shows them and acts on them")
def command():
    def run(*arguments):
        result = daemon.ctl("deadletters", *arguments)
        return result.returncode, result.stdout, result.stderr

    with Daemon(SECTIONS + OTHER) as daemon:
        connection = daemon.connect()
        tap.same(run(), (0, "No dead letters\n", ""))
        tap.same(json.loads(run("--json")[1]), [])
        daemon.replace("answer", "FAIL")
        serial, other = send(connection, b"one"), send(connection, b"two")
        found = wait_letters(connection, [serial, other])
        line = (r"mail  +%d  REMOTE_COMMUNICATION +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}  "
                r"1 attempt, by mail: the result is not OK\n")
        for arguments in ((), ("list",), ("mail",), ("list", "mail", "other")):
            tap.check(re.fullmatch(line % serial + line % other, run(*arguments)[1]),
                      run(*arguments))
        tap.same(run("other"), (0, "No dead letters\n", ""))
        entry = {"pool": "mail", "serial": serial, "type": "REMOTE_COMMUNICATION",
                 "realtime": found[serial][3], "attempts": 1, "process": "mail",
                 "reason": "the result is not OK", "retried": False}
        tap.same(json.loads(run("--json", "list", "mail")[1])[0], entry)
        lines = run("show", "mail", str(serial))[1].splitlines()
        tap.same((len(lines), lines[0]), (3, "mail %d, poolserial 0" % serial))
        tap.check(lines[1].endswith(": 1 attempt, by mail: the result is not OK"), lines[1])
        tap.check('"one"' in lines[2], lines[2])
        shown = json.loads(run("show", "mail", str(serial), "--json")[1])
        event = shown.pop("event")
        tap.same(shown, dict(entry, poolserial=0))
        tap.same((event["serial"], event["type"], event["data"]),
                 (serial, "REMOTE_COMMUNICATION", "one"))
        daemon.replace("answer", "OK")
        tap.same(run("retry", "mail", str(serial)), (0, "mail: 1 to be tried again\n", ""))
        wait_letters(connection, [other])
        tap.same(json.loads(run("--json", "drop", "mail")[1]), {"pool": "mail", "dropped": 1})
        tap.same(run("retry", "mail"), (0, "mail: 0 to be tried again\n", ""))
        tap.same(run(), (0, "No dead letters\n", ""))


@tap.case("busvisorctl deadletters says what is wrong")
def command_errors():
    with Daemon(SECTIONS + OTHER) as daemon:
        daemon.connect()
        for arguments, text in ((("none",), "none: ERROR (no such pool)"),
                                (("list", "mail", "none"), "none: ERROR (no such pool)"),
                                (("drop", "none"), "none: ERROR (no such pool)"),
                                (("show", "mail"), "Error: deadletters show requires a pool and a "
                                 "serial"),
                                (("retry",), "Error: deadletters retry requires a pool"),
                                (("drop", "mail", "-"), "Error: bad serial '-'"),
                                (("show", "mail", "18446744073709551616"),
                                 "Error: bad serial '18446744073709551616'")):
            result = daemon.ctl("deadletters", *arguments)
            tap.same((result.returncode, result.stderr, result.stdout.splitlines()[0]),
                     (1, text + "\n", text), arguments)
        for way, action in (("show", "read"), ("retry", "retry"), ("drop", "drop")):
            result = daemon.ctl("deadletters", way, "mail", "7")
            tap.same((result.returncode, result.stdout, result.stderr),
                     (1, "", "busvisorctl: cannot %s dead letters (pool mail has no dead letter "
                      "7)\n" % action))


tap.run()
