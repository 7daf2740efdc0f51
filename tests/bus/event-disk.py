"""The event log on the disk: what outlives the daemon, and what happens when the disk takes nothing."""

import glob
import os
import resource
import signal
import subprocess
import time

import processes
import tap
from busvisor import Daemon, clean_environment, program
from bus import EVENTS, MANAGER, ROOT, BusError, plain

PROGRAMS = """
[program:job]
command=/bin/true
autostart=false
autorestart=false
startsecs=0
"""


def extras(event):
    return plain(event[1][-1])


def serials(events):
    return [args[0] for _, args in events]


def run_job(connection):
    """The serial of its end."""
    connection.start("job")
    return connection.wait_state("EXITED", "job").serial


def restart(daemon, number):
    """Ends it by the signal and starts it again; a new connection."""
    daemon.process.send_signal(number)
    daemon.wait_end()
    processes.end_all_below(os.getpid())
    daemon.start()
    return daemon.connect()


def segments(daemon):
    return sorted(glob.glob(daemon.file("state/test/events/*")))


def check_dense(connection):
    """All events of all runs, each once."""
    following = connection.get(ROOT, EVENTS, "NextSerial")
    found = connection.events_since()
    # A tick may have come meanwhile.
    tap.same(serials(found), list(range(1, max(following, len(found) + 1))))
    return found


@tap.case("after SIGKILL and after an orderly end serials go on, and events of earlier runs are there")
def runs():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        ids = [connection.get(ROOT, MANAGER, "RunId")]
        ends = [run_job(connection)]
        for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGKILL):
            connection = restart(daemon, number)
            tap.check(connection.get(ROOT, EVENTS, "NextSerial") > ends[-1], "serials begin anew")
            ids.append(connection.get(ROOT, MANAGER, "RunId"))
            ends.append(run_job(connection))
        tap.same(len(set(ids)), 4)
        found = check_dense(connection)
        exits = [e for e in found if e[0] == "ProcessStateChanged" and e[1][6] == "EXITED"]
        tap.same([(e[1][0], extras(e)["exit_code"], extras(e).get("run_id")) for e in exits],
                 [(end, 0, run_id) for end, run_id in zip(ends, ids[:3] + [None])])
        begins = [e for e in found if e[0] == "SupervisorStateChanged" and e[1][4] == "RUNNING"]
        tap.same([extras(e).get("run_id") for e in begins], ids[:3] + [None])
        tap.same(serials(connection.events_since(types=["SUPERVISOR_STATE_CHANGE_RUNNING"])),
                 serials(begins))
        tap.same(len(segments(daemon)), 4)
        tap.check("WARN" not in daemon.read("main.log").replace("WARN received SIG", ""),
                  "a warning in the log")


@tap.case("whatever the daemon has told somebody is in the event log after SIGKILL")
def told():
    with Daemon("""
            [program:busy]
            command=/bin/true
            startsecs=0
            autorestart=true
            start_interval=0
            """) as daemon:
        for _ in range(5):
            connection = daemon.connect()
            connection.wait_signal(lambda s: s.member == "ProcessStateChanged", "an event")
            os.kill(daemon.process.pid, signal.SIGKILL)
            seen = {}
            try:
                while True:
                    connection.sync()
            except (OSError, BusError):
                seen = {s.body[0]: s.member for s in connection.signals if s.interface == EVENTS}
            connection = restart(daemon, signal.SIGKILL)
            kept = {args[0]: member for member, args in connection.events_since()}
            tap.same({s: kept.get(s) for s in seen}, seen)
            tap.check(connection.get(ROOT, EVENTS, "NextSerial") > max(seen), "serials went back")


@tap.case("FindSerial answers where the events of a time begin")
def find_serial():
    def find(connection, usec):
        return connection.call(ROOT, EVENTS, "FindSerial", "t", (usec,))[0]
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        run_job(connection)
        connection = restart(daemon, signal.SIGKILL)
        last = run_job(connection)
        found = connection.events_since()
        for _, args in found:
            first = min(a[0] for _, a in found if a[2] >= args[2])
            tap.same(find(connection, args[2]), first - 1)
        tap.same(find(connection, 0), 0)
        tap.check(find(connection, (time.time_ns() // 1000) + 10**9) >= last, "not the end")


@tap.case("what is damaged between two runs is told, and nothing else is missing")
def damaged():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        run_job(connection)
        before = serials(check_dense(connection))
        os.kill(daemon.process.pid, signal.SIGKILL)
        daemon.wait_end()
        with open(segments(daemon)[0], "r+b") as file:
            content = file.read()
            at = content.index(b"\x40\x03job", 64 + 60)  # not the first record
            file.seek(at)
            file.write(b"?")
            file.seek(0, os.SEEK_END)
            file.write(content[64:84])  # and a torn record at the end
        processes.end_all_below(os.getpid())
        daemon.start()
        connection = daemon.connect()
        match = daemon.wait_log(r"WARN the event log's file .* is damaged: \d+ bytes between the events "
                                r"(\d+) and (\d+) are passed over$|WARN the event log's file .* torn")[0]
        after = serials(connection.events_since())
        lost = set(before) - set(after)
        tap.same(len(lost), 1, match[0])
        tap.check(set(range(1, max(after) + 1)) - set(after) == lost, "events are missing")


@tap.case("files that are not ours are left alone, and told")
def foreign():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        run_job(connection)
        daemon.process.send_signal(signal.SIGTERM)
        daemon.wait_end()
        others = {"notes": "mine", "00000000000000000900.events": "x" * 200}
        for name, text in others.items():
            daemon.write("state/test/events/" + name, text)
        daemon.start()
        connection = daemon.connect()
        daemon.wait_log(r"WARN the file .*/events/notes in the folder of the event log is none of .*")
        daemon.wait_log(r"WARN the event log does without the file .*900\.events, which is left alone")
        tap.check(run_job(connection) > 900, "a serial that may have been given is given again")
        tap.check(serials(connection.events_since())[0] == 1, "old events are lost")
        for name, text in others.items():
            tap.same(daemon.read("state/test/events/" + name), text)


@tap.case("event_log=none writes nothing")
def none():
    with Daemon("[supervisord]\nevent_log=none\n" + PROGRAMS) as daemon:
        connection = daemon.connect()
        run_job(connection)
        tap.same([connection.get(ROOT, EVENTS, p) for p in ("LogPath", "LogPersistent", "LogBytes")],
                 ["", False, 0])
        check_dense(connection)
        tap.same(os.listdir(daemon.file("state")), [])


@tap.case("event_log names a folder, which is for one daemon alone")
def named():
    with Daemon("[supervisord]\nevent_log=%(here)s/sub/mine\nevent_log_sync=true\n" +
                PROGRAMS) as daemon:
        connection = daemon.connect()
        run_job(connection)
        tap.same(connection.get(ROOT, EVENTS, "LogPath"), daemon.file("sub/mine/events"))
        processes.wait_for(lambda: connection.get(ROOT, EVENTS, "LogBytes") == sum(
            os.stat(f).st_size for f in glob.glob(daemon.file("sub/mine/events/*"))), "the size")
        tap.same(connection.get(ROOT, EVENTS, "LogPersistent"), True)
        tap.same(os.listdir(daemon.file("state")), [])
        os.makedirs(daemon.file("run2"))
        second = subprocess.run(
            [program("busvisord"), "-n", "-c", daemon.configuration, "--bus", "private",
             "-l", daemon.file("second.log"), "-j", daemon.file("second.pid")],
            env=dict(clean_environment(), RUNTIME_DIRECTORY=daemon.file("run2")),
            capture_output=True, text=True, timeout=processes.WAIT_LIMIT, check=False)
        tap.same(second.returncode, 2)
        tap.check("%s: another busvisord uses it" % daemon.file("sub/mine") in second.stderr,
                  second.stderr)
        run_job(connection)
        check_dense(connection)


@tap.case("event_log_maxbytes bounds the files")
def bounded():
    with Daemon("""
            [supervisord]
            loglevel=info
            event_log_maxbytes=1MB

            [program:talks]
            command=/usr/bin/seq 1500000
            stdout_events_enabled=true
            stdout_logfile=NONE
            startsecs=0
            autorestart=false
            """) as daemon:
        connection = daemon.connect()
        connection.wait_state("EXITED", "talks")
        # In memory there may be more than in so small files.
        oldest, _, _, found = connection.call(ROOT, EVENTS, "EventsSince", "tasu", (0, [], 1))
        tap.check(oldest > 1, "nothing has left")
        tap.same(found[0][1][1][0], oldest)
        found = serials(connection.events_since())
        tap.same(found, list(range(found[0], found[0] + len(found))))
        size = sum(os.stat(f).st_size for f in segments(daemon))
        tap.check(200000 < size <= 1024 * 1024, "%d bytes" % size)


def persistence(connection):
    return [s.body[1]["LogPersistent"][1] for s in connection.signals
            if s.member == "PropertiesChanged" and s.body[0] == EVENTS]


@tap.case("who looks for something rare gets an answer, and all others do meanwhile")
def rare():
    with Daemon("[supervisord]\nloglevel=info\n" + PROGRAMS) as daemon:
        connection = daemon.connect()
        other = daemon.connect()
        last = run_job(connection)
        # One block of the file with both, larger than what is read in one go; then more than memory has.
        for _ in range(8):
            connection.call(ROOT, EVENTS, "SendRemoteCommunication", "say", ("x", bytes(950000)))
        arguments = ("tasu", (last, ["PROCESS_STATE"], 0))
        calls = [connection.send(ROOT, EVENTS, "EventsSince", *arguments) for _ in range(50)]
        other.sync()
        for call in calls:
            _, following, _, events = connection.wait_reply(call)
            tap.check(following >= last + 9, "it ended too early")
            tap.same(events, [])
        first = connection.call(ROOT, EVENTS, "EventsSince", "tasu", (last, [], 0))[3]
        tap.same(first[0][1][1][0], last + 1)


@tap.case("a disk that is full leaves events in memory, and the daemon at work")
def full():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        run_job(connection)
        # So that the file is larger than the main log, which is to have room.
        data = os.urandom(100000)
        (last,) = connection.call(ROOT, EVENTS, "SendRemoteCommunication", "say", ("fill", data))
        (file,) = segments(daemon)
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, (os.stat(file).st_size + 10, hard))
        for _ in range(3):
            run_job(connection)
        connection.sync()
        tap.same(persistence(connection), [False])
        tap.same(connection.get(ROOT, EVENTS, "LogPersistent"), False)
        check_dense(connection)
        resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, (hard, hard))
        run_job(connection)
        tap.same(len(daemon.wait_log(r"WARN cannot write the event log in .*: File too large; events are "
                                     r"kept in memory only$")), 1)
        # What was written before is whole.
        connection = restart(daemon, signal.SIGKILL)
        kept = [args[0] for _, args in connection.events_since() if args[0] <= last]
        tap.same(kept, list(range(1, last + 1)))
        tap.same(connection.get(ROOT, EVENTS, "LogPersistent"), True)


class NoFolder(Daemon):
    """In the place of the state folder there is a file."""

    def start(self):
        if not os.path.exists(self.file("state/test")):
            self.write("state/test", "")
        super().start()


@tap.case("a state folder that cannot be made keeps nobody from starting")
def no_folder():
    with NoFolder(PROGRAMS) as daemon:
        connection = daemon.connect()
        run_job(connection)
        daemon.wait_log(r"WARN cannot write the event log in .*: Not a directory; events are kept in "
                        r"memory only$")
        tap.same(connection.get(ROOT, EVENTS, "LogPersistent"), False)
        check_dense(connection)


@tap.case("a file that somebody removes is begun anew")
def removed():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        run_job(connection)
        os.unlink(segments(daemon)[0])
        # It is looked after every five seconds, which is when ticks come.
        connection.wait_signal(lambda s: s.member == "Tick", "a tick")
        daemon.wait_log(r"WARN the event log's file .* was removed; another one is begun$")
        last = run_job(connection)
        connection = restart(daemon, signal.SIGKILL)
        tap.check(connection.get(ROOT, EVENTS, "NextSerial") > last, "serials begin anew")
        tap.check(last in serials(connection.events_since()), "the new file is not there")


tap.run()
