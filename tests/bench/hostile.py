"""Hostile: how long a well-behaved client waits for an answer, while somebody attacks the daemon.

    make bench BENCH=hostile
    BUSVISOR_BUILD=build /usr/bin/python3 -B tests/bench/hostile.py --seconds 10 --attack never_reads

The client asks for the state of a process, one question after the other. The attacks are those of
tests/bus/attacks.py on the daemon's private bus, each of them over and over while the client is
measured; beside no attack at all.
"""

import signal
import subprocess
import sys

import measure  # first: with it the other modules are found
import attacks
import bus
import callers
from busvisor import PYTHON, Daemon

QUESTION = (bus.NAME, bus.process_path("stays"), bus.PROPERTIES, "GetAll", bus.PROCESS)
FIGURES = (("half", "us"), ("most", "us"))


def attack_for_ever(address, name):
    """In a process of its own, from when there is a line on its stdin."""
    attack = getattr(attacks, name)
    print(flush=True)
    sys.stdin.readline()
    while True:
        try:
            for _ in attack(attacks.connector(address)):
                pass
        except OSError:
            pass  # the bus has had enough of it


def measured(name, seconds):
    """Against a daemon of its own."""
    with Daemon(attacks.SECTIONS) as daemon:
        daemon.connect().close()
        daemon.wait_file("armed")
        if not name:
            found = callers.ask_bus(daemon.address, QUESTION, seconds)
        else:
            with subprocess.Popen([PYTHON, "-B", sys.argv[0], daemon.address, name],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  bufsize=0) as attacker:
                attacker.stdout.readline()
                try:
                    found = callers.ask_bus(daemon.address, QUESTION, seconds,
                                            begin=lambda: attacker.stdin.write(b"\n"))
                finally:
                    attacker.send_signal(signal.SIGKILL)
        daemon.write("end", "")
    return found


def main():
    options = measure.arguments("measures a client's latency while the daemon is attacked",
                                rounds=3, seconds=3.0, attack="")
    names = [a.__name__ for a in attacks.ALL if options.attack in ("", a.__name__)]
    found = measure.medians(options.rounds, {
        name: lambda name=name: measured(name, options.seconds)._asdict() for name in [""] + names})
    widest = max(map(len, names)) + 10
    print("".ljust(widest), *(t.rjust(14) for t in ("p50", "times", "p99", "times")))
    for name in [""] + names:
        cells = []
        for figure, unit in FIGURES:
            value, calm = found[name][figure], found[""][figure]
            cells += [measure.figure(value, unit), "%.1f" % (value / calm)]
        print((name.replace("_", " ") or "no attack").ljust(widest), *(c.rjust(14) for c in cells))


if sys.argv[1:2] and not sys.argv[1].startswith("-"):
    attack_for_ever(*sys.argv[1:])
main()
