"""Somebody hostile on the daemon's own bus, under the same user: nothing crashes or grows without a
bound, programs go on, and others are answered."""

import signal

import attacks
import tap
from busvisor import Daemon, Folder, run_busvisord
from endurance import survive, title

LIMITS = "org.freedesktop.DBus.Error.LimitsExceeded"
MAX_CALLS = 1024  # of a connection that are not answered yet, see daemon/private-bus.c


def attacked(attack):
    def case():
        with Daemon(attacks.SECTIONS) as daemon:
            daemon.connect().close()
            survive(daemon, attack, attacks.connector(daemon.address),
                    daemon.helper("dbus-daemon"))
    return case


for each in attacks.ALL:
    tap.case("%s: %s" % (each.__name__.replace("_", " "), title(each)))(attacked(each))


@tap.case("the name stays whose it is, and a second busvisord does without it")
def second():
    with Daemon(attacks.SECTIONS) as daemon, Folder() as folder:
        client = daemon.connect()
        owner = client.call_bus("GetNameOwner", "s", ("org.busvisor1",))
        for _ in attacks.name_stealing(attacks.connector(daemon.address)):
            pass
        folder.write("supervisord.conf", "[supervisord]\nlogfile=%(here)s/log\npidfile=%(here)s/pid\n")
        result = run_busvisord(folder, "-n", "-c", folder.file("supervisord.conf"),
                               "--bus", daemon.address)
        tap.check(result.returncode != 0 and "taken already" in result.stderr + folder.read("log"),
                  "%d: %s" % (result.returncode, result.stderr))
        tap.same(client.call_bus("GetNameOwner", "s", ("org.busvisor1",)), owner)
        daemon.write("end", "")


@tap.case("too many jobs are refused by name, and those that wait are answered in the end")
def refused():
    with Daemon(attacks.SECTIONS) as daemon:
        daemon.connect().close()
        daemon.wait_file("armed")
        with attacks.connector(daemon.address)() as intruder:
            intruder.send(attacks.message(attacks.process_path("stubborn"), attacks.PROCESS,
                                          "Restart", "t", (0,)), attacks.CALLS)
            n_refused = attacks.CALLS - MAX_CALLS
            intruder.wait_replies(1 + n_refused)
            tap.same(intruder.errors, {LIMITS: n_refused})
            daemon.write("end", "")
            intruder.wait_replies(1 + attacks.CALLS)
            tap.same(intruder.errors[LIMITS], n_refused)


@tap.case("who asks once is answered before who has asked a thousand times, though later")
def fairness():
    question = attacks.message(attacks.ROOT, attacks.OBJECT_MANAGER, "GetManagedObjects")
    with Daemon(attacks.SECTIONS) as daemon:
        daemon.connect().close()
        connect = attacks.connector(daemon.address)
        with connect() as many, connect() as one:
            daemon.process.send_signal(signal.SIGSTOP)
            many.send(question, MAX_CALLS - 1)
            many.send(attacks.bus_message("GetId"))
            many.wait_replies(2)  # now the bus has all of it
            one.send(question)
            one.send(attacks.bus_message("GetId"))
            one.wait_replies(2)
            daemon.process.send_signal(signal.SIGCONT)
            one.wait_replies(3)
            many.wait_replies(MAX_CALLS + 1)
            tap.same((one.errors, many.errors), ({}, {}))
            tap.check(one.last_serial < many.last_serial, "it was answered last")
        daemon.write("end", "")


@tap.case("a call that brings descriptors is refused by the bus")
def with_descriptors():
    with Daemon(attacks.SECTIONS) as daemon:
        daemon.connect().close()
        with attacks.connector(daemon.address)() as intruder, \
                open("/dev/null", encoding="ascii") as null:
            data = attacks.raw(attacks.ROOT.encode(), attacks.MANAGER.encode(), b"ListProcesses",
                               more=[(attacks.UNIX_FDS, "u", 1)])
            intruder.send_descriptors(data, [null.fileno()])
            intruder.send(attacks.message(attacks.ROOT, attacks.MANAGER, "ListProcesses"))
            intruder.wait_replies(3)
            tap.same(intruder.errors, {"org.freedesktop.DBus.Error.AccessDenied": 1})
        daemon.write("end", "")


tap.run()
