"""Where listener pools are, and their dead letters, over ends of the daemon and restarts."""

import os
import re
import signal

import processes
import tap
from bus import EVENTS, POOL, ROOT, pool_path
from busvisor import HERE, PYTHON, Daemon, Folder, run_busvisord

# The listener answers what stands in the file "answer", and waits while there is none.
LISTENER = "%s %s/recorder.py %%(here)s/%%(group_name)s answer %%(here)s/answer" % (PYTHON, HERE)


def sections(durable="true", more="", pool="mail"):
    return """
[eventlistener:%s]
command=%s
events=REMOTE_COMMUNICATION
durable=%s
%s
""" % (pool, LISTENER, durable, more)


def send(connection):
    """The serial of the event."""
    return connection.call(ROOT, EVENTS, "SendRemoteCommunication", "say", ("type", b"data"))[0]


def events(daemon, pool="mail"):
    return daemon.json_lines(pool)


def serials(daemon, pool="mail"):
    return [int(e["headers"]["serial"]) for e in events(daemon, pool)]


def poolserials(daemon, pool="mail"):
    return [int(e["headers"]["poolserial"]) for e in events(daemon, pool)]


def wait_serials(daemon, expected, pool="mail"):
    processes.wait_for(lambda: len(serials(daemon, pool)) >= len(expected),
                       lambda: "events %s, have %s" % (expected, serials(daemon, pool)))
    tap.same(serials(daemon, pool), expected)


def wait_cursor(connection, serial, pool="mail"):
    processes.wait_for(lambda: connection.get(pool_path(pool), POOL, "Cursor") >= serial,
                       "the cursor to be at %d" % serial)


def letters(connection):
    return [l[0] for l in connection.call(pool_path("mail"), POOL, "ListDeadLetters")[0]]


def kill_and_start(daemon):
    """SIGKILL for the daemon and for all that it leaves behind; a connection to the next run."""
    daemon.process.kill()
    daemon.process.wait()
    processes.end_all_below(os.getpid())
    daemon.start()
    return daemon.connect()


def end_and_start(daemon):
    daemon.process.terminate()
    tap.same(daemon.wait_end(), 0)
    daemon.start()
    return daemon.connect()


@tap.case("kill -9 of the daemon with an event in hand: it comes again in the next run, the same")
def killed_in_hand():
    with Daemon(sections()) as daemon:
        connection = daemon.connect()
        sent = [send(connection) for _ in range(3)]
        wait_serials(daemon, sent[:1])
        connection = kill_and_start(daemon)
        daemon.replace("answer", "OK")
        wait_serials(daemon, sent[:1] + sent)
        tap.same(poolserials(daemon), [0, 0, 1, 2])
        tap.same(events(daemon)[1]["line"], events(daemon)[0]["line"])
        last = send(connection)
        wait_serials(daemon, sent[:1] + sent + [last])
        tap.same(poolserials(daemon)[-1], 3)
        tap.check(last > sent[-1], "serials go on")


@tap.case("what was answered before does not come again, however the daemon ends")
def answered():
    with Daemon(sections()) as daemon:
        daemon.replace("answer", "OK")
        connection = daemon.connect()
        expected = []
        for next_run in (kill_and_start, end_and_start, kill_and_start):
            expected += [send(connection) for _ in range(2)]
            wait_serials(daemon, expected)
            wait_cursor(connection, expected[-1])
            connection = next_run(daemon)
        expected.append(send(connection))
        wait_serials(daemon, expected)
        tap.same(poolserials(daemon), list(range(7)))


@tap.case("a clean end with an event in hand: the rest is delivered in the next run")
def ended_in_hand():
    with Daemon(sections()) as daemon:
        connection = daemon.connect()
        sent = [send(connection) for _ in range(3)]
        wait_serials(daemon, sent[:1])
        connection = end_and_start(daemon)
        daemon.wait_log("pool mail is stopped before it has answered all events; it goes on there")
        daemon.replace("answer", "OK")
        wait_serials(daemon, sent[:1] + sent)
        tap.same(poolserials(daemon), [0, 0, 1, 2])


@tap.case("a pool that is not durable begins anew, and what it did not get is counted")
def not_durable():
    with Daemon(sections("false")) as daemon:
        connection = daemon.connect()
        sent = [send(connection) for _ in range(3)]
        wait_serials(daemon, sent[:1])
        connection = kill_and_start(daemon)
        daemon.wait_log("INFO pool mail begins anew; 3 events before that were not delivered to it, "
                        "and stay in the event log$")
        daemon.replace("answer", "OK")
        last = send(connection)
        wait_serials(daemon, [sent[0], last])
        tap.same(poolserials(daemon), [0, 0])
        logged = [body[0] for _, body in connection.events_since(0, ["REMOTE_COMMUNICATION"])]
        tap.same(logged, sent + [last], "the event log")
        # Nothing is left to be counted.
        wait_cursor(connection, last)
        connection = end_and_start(daemon)
        tap.same(len(re.findall("pool mail begins anew", daemon.read("main.log"))), 1)


@tap.case("another section under the same name goes on as well")
def changed():
    with Daemon(sections()) as daemon:
        daemon.replace("answer", "OK")
        connection = daemon.connect()
        first = send(connection)
        wait_serials(daemon, [first])
        wait_cursor(connection, first)
        os.unlink(daemon.file("answer"))
        second = send(connection)
        wait_serials(daemon, [first, second])
        daemon.write("supervisord.conf", daemon.sections.replace(
            "events=", "events=PROCESS_GROUP,").replace("[eventlistener:mail]",
                                                        "[eventlistener:mail]\npriority=5\n"
                                                        "process_name=%(program_name)s_x"))
        connection = kill_and_start(daemon)
        daemon.replace("answer", "OK")
        processes.wait_for(lambda: len(events(daemon)) >= 4, "the events of both runs")
        tap.same([(e["headers"]["serial"], e["headers"]["poolserial"]) for e in events(daemon)[1:3]],
                 [(str(second), "1")] * 2)
        tap.same(events(daemon)[3]["headers"]["eventname"], "PROCESS_GROUP_ADDED")


@tap.case("SIGHUP: a durable pool goes on, another begins anew")
def restarted():
    plain = sections("false", "autostart=false", "plain")
    with Daemon(sections(more="autostart=false") + plain) as daemon:
        daemon.replace("answer", "OK")
        connection = daemon.connect()
        sent = [send(connection) for _ in range(2)]
        daemon.process.send_signal(signal.SIGHUP)
        daemon.wait_log("pool plain begins anew; 2 events before")
        connection.wait_signal(lambda s: s.member == "SupervisorStateChanged" and
                               s.body[4] == "RUNNING", "the restart")
        last = send(connection)
        for name in ("mail", "plain"):
            connection.start(name)
        wait_serials(daemon, sent + [last])
        wait_serials(daemon, [last], "plain")
        tap.same((poolserials(daemon), poolserials(daemon, "plain")), ([0, 1, 2], [0]))


@tap.case("dead letters outlast the daemon, and can be tried again afterwards")
def dead_letters():
    with Daemon(sections("false", "max_attempts=1")) as daemon:
        daemon.replace("answer", "FAIL")
        connection = daemon.connect()
        sent = [send(connection) for _ in range(3)]
        processes.wait_for(lambda: letters(connection) == sent, "the dead letters")
        tap.same(connection.call(pool_path("mail"), POOL, "DropDeadLetters", "at",
                                 ([sent[1]],))[0], 1)
        os.unlink(daemon.file("answer"))
        # One is being tried again when the daemon dies.
        connection.call(pool_path("mail"), POOL, "RetryDeadLetters", "at", ([sent[2]],))
        wait_serials(daemon, sent + [sent[2]])
        connection = kill_and_start(daemon)
        tap.same(letters(connection), [sent[0], sent[2]])
        daemon.replace("answer", "OK")
        processes.wait_for(lambda: letters(connection) == [sent[0]], "the second delivery")
        connection = end_and_start(daemon)
        tap.same(letters(connection), [sent[0]])
        connection.call(pool_path("mail"), POOL, "RetryDeadLetters", "at", ([],))
        processes.wait_for(lambda: not letters(connection), "the third delivery")
        wait_serials(daemon, sent + [sent[2]] * 2 + [sent[0]])
        for event in events(daemon):
            first = serials(daemon).index(int(event["headers"]["serial"]))
            tap.same(event["line"], events(daemon)[first]["line"])
        connection = end_and_start(daemon)
        tap.same(letters(connection), [])


@tap.case("a file with garbage in it is set aside, and nothing else comes of it")
def garbage():
    with Daemon(sections()) as daemon:
        daemon.replace("answer", "OK")
        connection = daemon.connect()
        first = send(connection)
        wait_serials(daemon, [first])
        wait_cursor(connection, first)
        daemon.process.terminate()
        daemon.wait_end()
        file = daemon.file("state/test/pools/mail.pool")
        with open(file, "r+b") as stream:
            stream.write(b"\xff" * 100)
        daemon.start()
        connection = daemon.connect()
        daemon.wait_log("WARN %s is damaged, and is set aside as" % file)
        last = send(connection)
        wait_serials(daemon, [first, last])
        tap.check(os.path.exists(file + ".damaged"), "the file was not set aside")


@tap.case("durable has no effect with event_log=none, which is told")
def no_log():
    text = "[supervisord]\nevent_log=none\n" + sections().replace("%(here)s", "/tmp")
    with Folder() as folder:
        result = run_busvisord(folder, "--check", "-c", folder.write("x.conf", text))
        tap.same(result.returncode, 0, result.stderr)
        tap.check(re.search(r"\[eventlistener:mail\] durable: has no effect with event_log=none",
                            result.stderr + result.stdout), result.stderr + result.stdout)
    with Daemon(sections().replace("\n[eventlistener",
                                   "\n[supervisord]\nevent_log=none\n[eventlistener", 1)) as daemon:
        daemon.wait_log(r"WARN .*durable: has no effect with event_log=none")
        daemon.connect()
        tap.same(os.listdir(daemon.file("state")), [])


tap.run()
