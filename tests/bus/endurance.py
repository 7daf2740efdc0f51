"""Endurance: the daemon under an attack, and what is to be seen of it afterwards."""

import processes
import tap

MIB = 1024  # of the kernel's KiB
# Of the daemon, at most. Messages are of up to 16 MiB, and sd-bus keeps the room for one.
DAEMON_GROWTH = 96 * MIB
# A queue of the bus is of up to 64 MiB, and there are some.
BUS_GROWTH = 1024 * MIB


def memory(pid):
    """What is resident of it, in KiB."""
    with open("/proc/%d/status" % pid, encoding="ascii", errors="replace") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


def survive(daemon, attack, connect, bus_pid):
    """A well-behaved client is answered meanwhile, and nothing has changed after it.

    connect(): makes an Intruder."""
    client = daemon.connect()
    daemon.wait_file("armed")
    program = client.pid("stays")
    pids = {"busvisord": (daemon.process.pid, DAEMON_GROWTH), "the bus": (bus_pid, BUS_GROWTH)}
    before = {name: memory(pid) for name, (pid, _) in pids.items()}
    sanitized = processes.is_sanitized(daemon.process.pid)
    for _ in attack(connect):
        tap.same(client.state("stays"), "RUNNING")
    tap.same(client.pid("stays"), program, "the program")
    for name, (pid, bound) in pids.items():
        tap.check(processes.is_alive(pid), name + " is gone")
        growth = memory(pid) - before[name]
        tap.diagnostics("%s has grown by %d KiB" % (name, growth))
        tap.check(sanitized or growth < bound, "%s has grown by %d KiB" % (name, growth))
    for complaint in ("bus was lost", "taken nothing"):
        tap.check(complaint not in daemon.read("main.log"), "the daemon lost its bus")
    daemon.write("end", "")


def title(attack):
    """The first line of what it says of itself."""
    text = attack.__doc__.splitlines()[0].rstrip(".")
    return text[0].lower() + text[1:]
