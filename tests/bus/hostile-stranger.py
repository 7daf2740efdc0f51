"""Somebody hostile on the bus of a system, who has no right to anything there."""

import attacks
import tap
from authority import Authority
from bus import MANAGER, ROOT
from endurance import survive, title
from intruder import Intruder, message
from systembus import STRANGER, SystemDaemon, acting_as, needs_root

LIMITS = "org.freedesktop.DBus.Error.LimitsExceeded"
ANSWERS = 100  # that one connection may wait for on a bus of a system, and some to spare


def stranger(daemon):
    def connect(**options):
        with acting_as(STRANGER):
            return Intruder(daemon.address, **options)
    return connect


def attacked(attack):
    def case():
        needs_root()
        with SystemDaemon(attacks.SECTIONS) as daemon:
            daemon.connect().close()
            survive(daemon, attack, stranger(daemon), daemon.system.process.pid)
    return case


for each in attacks.ALL:
    tap.case("%s: %s" % (each.__name__.replace("_", " "), title(each)))(attacked(each))


def questions(connect):
    """Thousands of calls that polkit is to decide on, which says nothing."""
    intruders = []
    try:
        for _ in range(attacks.CALLS // ANSWERS):
            intruders.append(connect())
            intruders[-1].send(message(ROOT, MANAGER, "Start", "ast", (["slow"], 0)), ANSWERS)
        yield
        intruders[-1].wait_replies(2)
        tap.check(LIMITS in intruders[-1].errors, "%s" % intruders[-1].errors)
    finally:
        for intruder in intruders:
            intruder.close()


@tap.case("thousands of calls that polkit is to decide on, which says nothing")
def undecided():
    needs_root()
    with SystemDaemon(attacks.SECTIONS) as daemon:
        daemon.connect().close()
        with Authority(daemon.address, lambda action, details: None):
            survive(daemon, questions, stranger(daemon), daemon.system.process.pid)


tap.run()
