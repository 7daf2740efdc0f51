"""What a ListenerPool tells of itself: states of its listeners, queue, lag, counts; and what
busvisorctl listeners shows of that.
"""

import json
import os
import re
import signal

import listening
import processes
import tap
from busvisor import HERE, PYTHON, Daemon
from bus import OBJECT_MANAGER, POOL, ROOT, plain, pool_path

HOST = "busvisor-listener-host"

JOB = """
[program:job]
command=/bin/true
autostart=false
autorestart=false
startsecs=0
"""


def pool(name, mode="", more=""):
    return """
[eventlistener:%s]
command=%s %s/recorder.py %%(here)s/%s %s
events=PROCESS_STATE_EXITED
groups=job
startsecs=0
%s
""" % (name, PYTHON, HERE, name, mode, more)


def run_job(connection, count=1):
    """The serials of its ends."""
    return [c.serial for c in listening.run_job(connection, count)]


def status(connection, name):
    return connection.get_all(pool_path(name), POOL)


def wait_status(connection, name, **wanted):
    """Waits until these properties have these values, and the listeners these states; all."""
    def found():
        values = status(connection, name)
        values["states"] = [listener[4] for listener in values["Listeners"]]
        return values if all(values[k] == v for k, v in wanted.items()) else None
    return processes.wait_for(found, lambda: "%s, have %s" % (wanted, status(connection, name)))


@tap.case("a listener that is ready, one that is busy, and one that does not run")
def three():
    dead = JOB.replace("program:job", "eventlistener:dead").replace("autostart=false", """
events=PROCESS_STATE_EXITED
groups=job
autostart=false
startretries=0""")
    with Daemon(pool("quick") + pool("slow", "hold %(here)s/go") + dead + JOB) as daemon:
        connection = daemon.connect()
        serials = run_job(connection, 3)
        quick = wait_status(connection, "quick", Delivered=3, states=["READY"])
        tap.check(quick["Cursor"] >= serials[-1], quick)
        tap.same([(p, s, pid, state, n, serial, since)
                  for p, s, pid, _, state, n, serial, since in quick["Listeners"]],
                 [("quick", "RUNNING", connection.pid("quick"), "READY", 3, 0, 0)])
        tap.same({k: quick[k] for k in ("Queued", "InHand", "LagEvents", "LagUSec", "Retried",
                                        "Violations", "GivenUp", "Discarded")},
                 dict(Queued=0, InHand=0, LagEvents=0, LagUSec=0, Retried=0, Violations=0,
                      GivenUp=0, Discarded=0))
        slow = wait_status(connection, "slow", Queued=2, InHand=1, LagEvents=3, Delivered=0)
        listener = slow["Listeners"][0]
        tap.same(listener[4:7], ("BUSY", 0, serials[0]))
        tap.check(0 < listener[7] < connection.changes("job")[-1].monotonic + 60 * 10**6,
                  "since when it is busy: %d" % listener[7])
        tap.check(slow["LagUSec"] > 0 and slow["Cursor"] < serials[0], slow)
        dead = wait_status(connection, "dead", Queued=3)
        tap.same(dead["Listeners"], [("dead", "STOPPED", 0, 0, "", 0, 0, 0)])
        tap.same(dead["LagEvents"], 3)
        daemon.write("go", "")
        wait_status(connection, "slow", Queued=0, InHand=0, LagEvents=0, LagUSec=0, Delivered=3)


@tap.case("what is given up is counted, and is a dead letter until it is dropped")
def given_up():
    with Daemon(pool("watch", "refuse 2", "max_attempts=2") + JOB) as daemon:
        connection = daemon.connect()
        run_job(connection)
        wait_status(connection, "watch", GivenUp=1, Retried=1, DeadLetters=1, Delivered=0,
                    LagEvents=0)
        connection.call(pool_path("watch"), POOL, "DropDeadLetters", "at", ([],))
        connection.wait_signal(lambda s: s.member == "PropertiesChanged" and
                               s.path == pool_path("watch") and
                               plain(s.body[1]).get("DeadLetters") == 0, "no letter")
        wait_status(connection, "watch", GivenUp=1, DeadLetters=0)


@tap.case("a pool that nobody serves: what it has gathered, up to a bound, and what it has not")
def gathered():
    with Daemon(pool("idle", more="autostart=false\n") + JOB) as daemon:
        connection = daemon.connect()
        for done in range(2, 9, 2):
            serials = run_job(connection, 2)
            values = wait_status(connection, "idle", Queued=done, LagEvents=done)
            tap.same(values["Cursor"], serials[0] - 1)
        run_job(connection, 20)
        tap.check(wait_status(connection, "idle", LagEvents=28)["Queued"] <= 10, "Queued")


@tap.case("what there is no room for is counted where that is wanted")
def discarded():
    with Daemon(pool("full", "hold %(here)s/go", "overflow=discard\nbuffer_size=2\n") +
                JOB) as daemon:
        connection = daemon.connect()
        run_job(connection)
        wait_status(connection, "full", InHand=1)
        serials = run_job(connection, 5)
        wait_status(connection, "full", Discarded=3, Queued=2, InHand=1, LagEvents=3)
        daemon.write("go", "")
        values = wait_status(connection, "full", Delivered=3, LagEvents=0, Discarded=3)
        tap.check(values["Cursor"] >= serials[-1], values)


@tap.case("the lag of a durable pool is that of all runs; its counts are those of this one")
def durable():
    with Daemon(pool("watch", "hold %(here)s/go", "durable=true\n") + JOB) as daemon:
        connection = daemon.connect()
        run_job(connection, 3)
        daemon.write("go", "")
        wait_status(connection, "watch", Delivered=3, LagEvents=0)
        os.unlink(daemon.file("go"))
        os.kill(daemon.helper(HOST), signal.SIGSTOP)
        serials = run_job(connection, 2)[-2:]
        daemon.process.kill()
        daemon.process.wait()
        processes.end_all_below(os.getpid())
        daemon.start()
        connection = daemon.connect()
        values = wait_status(connection, "watch", LagEvents=2, InHand=1, Delivered=0)
        tap.same(values["Listeners"][0][6], serials[0])
        tap.check(values["LagUSec"] > 0, values)
        daemon.write("go", "")
        wait_status(connection, "watch", LagEvents=0, Delivered=2)


@tap.case("two that share a pool are told apart")
def members():
    two = "numprocs=2\nprocess_name=%(process_num)d\n"
    with Daemon(pool("watch", "hold %(here)s/go", two) + JOB) as daemon:
        connection = daemon.connect()
        serials = run_job(connection, 3)
        values = wait_status(connection, "watch", Queued=1, InHand=2)
        tap.same([listener[0] for listener in values["Listeners"]], ["0", "1"])
        tap.same(sorted(listener[6] for listener in values["Listeners"]), serials[:2])
        daemon.write("go", "")
        values = wait_status(connection, "watch", Delivered=3, InHand=0)
        tap.same(sorted(listener[5] for listener in values["Listeners"]), [1, 2])


@tap.case("refusals and slips are counted")
def refusals():
    with Daemon(pool("refuses", "refuse 2") + pool("babbles", "garbage") + JOB) as daemon:
        connection = daemon.connect()
        run_job(connection)
        wait_status(connection, "refuses", Retried=2, Delivered=1, Violations=0, LagEvents=0)
        wait_status(connection, "babbles", Retried=0, Delivered=1, LagEvents=0)
        tap.check(status(connection, "babbles")["Violations"] >= 1, "no slip")


@tap.case("the counts go on over the death of the listener-host, and meanwhile it holds nothing")
def host_killed():
    with Daemon(pool("watch", "refuse 1") + JOB) as daemon:
        connection = daemon.connect()
        run_job(connection, 2)
        wait_status(connection, "watch", Delivered=2, Retried=1)
        generation = status(connection, "watch")["Listeners"][0][3]
        connection.sync()
        known = len(connection.signals)
        os.kill(daemon.wait_helper(HOST), signal.SIGKILL)

        def is_detached(told):
            values = plain(told.body[1])
            return [listener[4] for listener in values.get("Listeners", ())] == [""]
        connection.wait_signal(
            lambda s: s.member == "PropertiesChanged" and s.path == pool_path("watch") and
            s in connection.signals[known:] and is_detached(s), "a listener that nobody holds")
        run_job(connection)
        values = wait_status(connection, "watch", Delivered=3, Retried=2, states=["READY"])
        tap.check(values["Listeners"][0][3] > generation, "generation %s" % values["Listeners"])
        tap.same(values["Listeners"][0][5], 1)


@tap.case("attempts are counted over the deaths of the listener-host")
def attempts():
    with Daemon(pool("watch", "refuse 1000", "max_attempts=4") + JOB) as daemon:
        connection = daemon.connect()
        serial = run_job(connection)[0]
        # Two attempts at once, the next ones after one and two seconds.
        wait_status(connection, "watch", Retried=2)
        host = daemon.wait_helper(HOST)
        os.kill(host, signal.SIGKILL)
        daemon.wait_helper(HOST, other_than=host)
        wait_status(connection, "watch", GivenUp=1, Retried=3)
        letters = connection.call(pool_path("watch"), POOL, "ListDeadLetters")[0]
        tap.same([(letter[0], letter[3]) for letter in letters], [(serial, 4)])
        daemon.wait_log(r"pool watch gives up event %d \(PROCESS_STATE_EXITED\) after 4 attempts, "
                        r"the last by watch: the result is not OK" % serial)


@tap.case("changes are announced, also of what no host reports; LagUSec is not")
def announced():
    with Daemon(pool("watch") + pool("idle", more="autostart=false\n") + JOB) as daemon:
        connection = daemon.connect()
        run_job(connection)
        wanted = {"watch": ("Delivered", 1), "idle": ("LagEvents", 1)}

        def last_told(name):
            told = [plain(s.body[1]) for s in connection.signals
                    if s.member == "PropertiesChanged" and s.path == pool_path(name)]
            tap.check(all("LagUSec" not in values for values in told), "LagUSec is told")
            return told[-1] if told else {}
        for name, (member, value) in wanted.items():
            connection.wait_signal(lambda s: last_told(name).get(member) == value, member)
        wait_status(connection, "idle", Queued=1)
        os.kill(daemon.wait_helper(HOST), signal.SIGSTOP)
        run_job(connection, 2)
        connection.wait_signal(lambda s: last_told("idle").get("LagEvents") == 3, "LagEvents")
        os.kill(daemon.wait_helper(HOST), signal.SIGCONT)


@tap.case("a pool that comes is announced with all of it, one that goes too")
def comes_and_goes():
    with Daemon(JOB) as daemon:
        connection = daemon.connect()
        daemon.write("supervisord.conf", daemon.sections + pool("late"))
        tap.same(daemon.ctl("update").returncode, 0)
        added = connection.wait_signal(
            lambda s: s.member == "InterfacesAdded" and s.body[0] == pool_path("late"), "the pool")
        values = plain(added.body[1][POOL])
        tap.same(values["Name"], "late")
        tap.same(set(values), set(status(connection, "late")))
        objects = connection.call(ROOT, OBJECT_MANAGER, "GetManagedObjects")[0]
        tap.check(POOL in objects[pool_path("late")], "it is not among the objects")
        daemon.write("supervisord.conf", daemon.sections)
        tap.same(daemon.ctl("update").returncode, 0)
        connection.wait_signal(lambda s: s.member == "InterfacesRemoved" and
                               s.body[0] == pool_path("late"), "its end")


@tap.case("the options of the section are properties, and a change is announced")
def options():
    with Daemon(pool("plain", more="autostart=false\n") + JOB) as daemon:
        connection = daemon.connect()
        names = ("Events", "FilterProcesses", "FilterGroups", "FilterExpected", "BufferSize",
                 "Overflow", "Protocol", "PayloadLength", "EventExtras", "EventTimeoutUSec",
                 "MaxAttempts", "ResultHandler", "Durable")
        values = status(connection, "plain")
        tap.same([values[n] for n in names], [
            ["PROCESS_STATE_EXITED"], [], ["job"], "any", 10, "keep", "tolerant", "characters",
            False, 0, 10, "supervisor.dispatchers:default_handler", False])
        daemon.write("supervisord.conf", daemon.sections.replace("groups=job", """
processes=job,a*
groups=
expected=false
buffer_size=20
overflow=discard
protocol=strict
payload_length=bytes
event_extras=true
event_timeout=90s
max_attempts=0
durable=true
result_handler=supervisor_stdout:event_handler
"""))
        tap.same(daemon.ctl("update").returncode, 0)
        told = connection.wait_signal(
            lambda s: s.member == "PropertiesChanged" and s.path == pool_path("plain") and
            plain(s.body[1]).get("BufferSize") == 20, "the new options")
        values = plain(told.body[1])
        tap.same([values[n] for n in names], [
            ["PROCESS_STATE_EXITED"], ["job", "a*"], [], "false", 20, "discard", "strict", "bytes",
            True, 90 * 10**6, 0, "supervisor_stdout:event_handler", True])
        tap.same(values, dict(values, **{n: status(connection, "plain")[n] for n in names}))


@tap.case("other events are wanted after a reload: the lag is that of these, above the cursor")
def other_events():
    with Daemon(pool("watch", more="autostart=false\n") + JOB) as daemon:
        connection = daemon.connect()
        serials = run_job(connection, 2)
        tap.same(wait_status(connection, "watch", Queued=2, LagEvents=2)["Cursor"], serials[0] - 1)
        daemon.write("supervisord.conf", daemon.sections.replace(
            "PROCESS_STATE_EXITED", "PROCESS_STATE_EXITED,PROCESS_STATE_STARTING"))
        tap.same(daemon.ctl("update").returncode, 0)
        tap.same(status(connection, "watch")["LagEvents"], 3)
        run_job(connection)
        tap.same(status(connection, "watch")["LagEvents"], 5)


def table(daemon, *arguments):
    """The lines of busvisorctl listeners, each a dictionary by the names of the columns."""
    result = daemon.ctl("listeners", *arguments)
    tap.same((result.returncode, result.stderr), (0, ""), result.stdout)
    lines = [line.split() for line in result.stdout.splitlines()]
    tap.check(all(len(line) == len(lines[0]) for line in lines), result.stdout)
    return [dict(zip(lines[0], line)) for line in lines[1:]]


@tap.case("busvisorctl listeners: one that is ready, one that is stuck, one without a process")
def command():
    sections = pool("quick") + pool("stuck", "hold %(here)s/go") + pool(
        "off", more="autostart=false\n") + JOB
    with Daemon(sections) as daemon:
        connection = daemon.connect()
        serials = run_job(connection, 2)
        wait_status(connection, "quick", Delivered=2, states=["READY"])
        wait_status(connection, "stuck", Queued=1, InHand=1)
        wait_status(connection, "off", Queued=2)
        lines = {(line["POOL"], line["LISTENER"]): line for line in table(daemon)}
        tap.same(sorted(lines), [(name, listener) for name in ("off", "quick", "stuck")
                                 for listener in ("-", name)])
        tap.same(lines["quick", "-"], dict(
            lines["quick", "-"], STATE="-", EVENT="-", HELD="-", QUEUED="0", LAG="0", AGE="-",
            DELIVERED="2", RETRIED="0", VIOLATIONS="0", DISCARDED="0", DEAD="0"))
        tap.same(lines["quick", "quick"], dict(
            lines["quick", "quick"], STATE="READY", EVENT="-", QUEUED="-", DELIVERED="2",
            RETRIED="-"))
        tap.same(lines["stuck", "-"], dict(lines["stuck", "-"], QUEUED="1", LAG="2",
                                           DELIVERED="0"))
        tap.same(lines["stuck", "stuck"], dict(lines["stuck", "stuck"], STATE="BUSY",
                                               EVENT=str(serials[0])))
        for column, line in (("HELD", lines["stuck", "stuck"]), ("AGE", lines["stuck", "-"])):
            tap.check(re.fullmatch(r"\d(\.\d|\d)?[sm]", line[column]), line)
        tap.same(lines["off", "off"]["STATE"], "STOPPED")
        tap.same([line["POOL"] for line in table(daemon, "stuck", "off")],
                 ["off", "off", "stuck", "stuck"])
        found = json.loads(daemon.ctl("--json", "listeners", "stuck").stdout)
        tap.same([entry["pool"] for entry in found], ["stuck"])
        tap.same((found[0]["lag_events"], found[0]["in_hand"]), (2, 1))
        listener = found[0]["listeners"][0]
        tap.same((listener["process"], listener["state"], listener["event"], listener["pid"]),
                 ("stuck", "BUSY", serials[0], connection.pid("stuck")))
        daemon.write("go", "")


@tap.case("busvisorctl listeners: names that there are not, no pool at all, no daemon")
def command_without():
    with Daemon(pool("watch") + JOB) as daemon:
        daemon.connect()
        result = daemon.ctl("listeners", "job", "watch")
        tap.same((result.returncode, result.stderr), (1, "job: ERROR (no such pool)\n"))
        tap.check(result.stdout.startswith("job: ERROR (no such pool)\nPOOL "), result.stdout)
        result = daemon.ctl("listeners", "--json", "job")
        tap.same((result.returncode, json.loads(result.stdout)), (1, []))
        tap.same(result.stderr, "job: ERROR (no such pool)\n")
    with Daemon(JOB) as daemon:
        daemon.connect()
        result = daemon.ctl("listeners")
        tap.same((result.returncode, result.stdout), (0, "No listener pools\n"))
        tap.same(json.loads(daemon.ctl("listeners", "--json").stdout), [])
        daemon.process.terminate()
        daemon.wait_end()
        tap.same(daemon.ctl("listeners").returncode, 4)


tap.run()
