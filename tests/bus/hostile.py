"""Somebody hostile on the daemon's own bus, under the same user: nothing crashes or grows without a
bound, programs go on, and others are answered."""

import attacks
import tap
from busvisor import Daemon, Folder, run_busvisord
from endurance import survive, title

MAX_JOBS = 4096  # of daemon/face/jobs.c


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
            refused = attacks.CALLS - MAX_JOBS
            intruder.wait_replies(1 + refused)
            tap.same(intruder.errors, {"org.freedesktop.DBus.Error.LimitsExceeded": refused})
            daemon.write("end", "")
            intruder.wait_replies(1 + attacks.CALLS)
            tap.same(intruder.errors["org.freedesktop.DBus.Error.LimitsExceeded"], refused)


tap.run()
