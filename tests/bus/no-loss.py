"""No event is lost: a program prints numbers as communication events through a pool with room for
ten, while all that stands between them dies at random moments. Each number reaches the listener at
least once; they come in order but for marked repeats, that is those with a serial seen before.
Where the daemon itself dies too, and the pool is durable, this holds for each number that was
logged: what a program prints while nobody is there is no event.

    BUSVISOR_EVENTS=100000 BUSVISOR_KILLS=60 BUSVISOR_SEED=7 \\
        BUSVISOR_BUILD=build /usr/bin/python3 -B tests/bus/no-loss.py

The seed and the number of repeats are printed.
"""

import os
import random
import signal
import time

import processes
import tap
from busvisor import HERE, PYTHON, Daemon

EVENTS = int(os.environ.get("BUSVISOR_EVENTS", "4000"))
KILLS = int(os.environ.get("BUSVISOR_KILLS", "6"))
SEED = int(os.environ.get("BUSVISOR_SEED", random.randrange(1000000)))
# The limits are there so that nothing hangs; helpers that die often are started later and later.
tap.CASE_LIMIT += KILLS * 10 + EVENTS // 100
processes.WAIT_LIMIT += KILLS * 10 + EVENTS // 100

HOST = "busvisor-listener-host"
MESSAGE_BUS = "dbus-daemon"

SECTIONS = """
[supervisord]
loglevel=info

[program:writer]
command=%s %s/numbered.py %%(here)s %d
stdout_capture_maxbytes=1MB
stdout_logfile=NONE
startsecs=0

[eventlistener:tally]
command=%s %s/tally.py %%(here)s/tally %s
events=PROCESS_COMMUNICATION
buffer_size=10
startsecs=0
"""


class Numbers(Daemon):
    """A daemon with the writer and the listener that writes down what arrives."""

    def __init__(self, refuses, more=""):
        seed = str(SEED) if refuses else ""
        super().__init__(SECTIONS % (PYTHON, HERE, EVENTS // KILLS, PYTHON, HERE, seed) + more)
        self.arrived = []  # (serial, number, answer), in order
        self.read_bytes = 0

    def start(self, first=0):
        """The writer begins with the number first."""
        self.write("first", str(first))
        self.set_goal(first)
        super().start()

    def set_goal(self, goal):
        self.replace("goal", str(goal))

    def update(self):
        """Reads what has arrived since."""
        if not os.path.exists(self.file("tally")):
            return
        with open(self.file("tally"), "rb") as stream:
            stream.seek(self.read_bytes)
            for line in stream:
                if not line.endswith(b"\n"):
                    break
                serial, number, answer = line.split()
                self.arrived.append((int(serial), int(number), answer))
                self.read_bytes += len(line)

    def kill(self):
        """Ends the daemon, and what it leaves behind ends by itself; it can be started again."""
        self.process.kill()
        self.process.wait()
        processes.wait_for(self._nothing_left, "the end of what the daemon left behind")

    def logged(self):
        """The numbers in the event log, with their serials."""
        events = self.connect().events_since(types=["PROCESS_COMMUNICATION"])
        return {int(arguments[8]): arguments[0] for _, arguments in events}

    def wait_all(self, numbers):
        """Waits until each of the set has been taken."""
        missing, looked_at = set(numbers), 0

        def all_there():
            nonlocal looked_at
            self.update()
            missing.difference_update(n for _, n, answer in self.arrived[looked_at:]
                                      if answer == b"OK")
            looked_at = len(self.arrived)
            return not missing
        processes.wait_for(all_there, lambda: "%d of %d events, the first: %s" % (
            len(missing), len(numbers), sorted(missing)[:10]))


def victims(daemon):
    """What can be killed at the moment: process ids by name."""
    children = processes.children(daemon.process.pid)
    listeners = [p for p in children if any(a.endswith("/tally.py")
                                            for a in processes.command_line(p))]
    found = {"host": daemon.helper(HOST), "bus": daemon.helper(MESSAGE_BUS),
             "listener": listeners[0] if listeners else None}
    return {name: pid for name, pid in found.items() if pid}


def kill_one(daemon, dice, killed):
    """Of those that can be killed one of which fewest were; waits until there is any."""
    alive = processes.wait_for(lambda: victims(daemon), "a victim")
    fewest = min(killed.count(name) for name in alive)
    name = dice.choice(sorted(name for name in alive if killed.count(name) == fewest))
    try:
        os.kill(alive[name], signal.SIGKILL)
    except ProcessLookupError:
        pass  # another victim took it along
    killed.append(name)


def check_order(arrived):
    """Answers the number of repeats, refused ones apart."""
    numbers, refused, repeats, last = {}, set(), 0, (-1, -1)
    for serial, number, answer in arrived:
        if serial in numbers:
            tap.same(number, numbers[serial], "the number of serial %d" % serial)
            repeats += serial not in refused
        else:
            tap.check((serial, number) > last and number > last[1],
                      "%d (serial %d) came behind %d (serial %d)" % (number, serial, *last[::-1]))
            last = serial, number
        numbers[serial] = number
        (refused.add if answer == b"FAIL" else refused.discard)(serial)
    return repeats


def run(refuses):
    dice = random.Random(SEED)
    killed = []
    with Numbers(refuses) as daemon:
        daemon.set_goal(EVENTS)
        while len(killed) < KILLS:
            time.sleep(dice.uniform(0.2, 1.8))  # once in a second
            kill_one(daemon, dice, killed)
        daemon.wait_all(set(range(EVENTS)))
        repeats = check_order(daemon.arrived)
    refusals = sum(answer == b"FAIL" for _, _, answer in daemon.arrived)
    tap.diagnostics("seed %d: killed %s; %d events, 0 lost, %d repeats, %d refusals" % (
        SEED, " ".join(killed), EVENTS, repeats, refusals))


@tap.case("host, listener and bus are killed at random: every event arrives, in order")
def killed():
    run(refuses=False)


@tap.case("the same with a listener that refuses one in ten")
def killed_and_refused():
    run(refuses=True)


# Between the numbers that are printed under one daemon and under the next.
STRIDE = 10 ** 7


def run_with_daemon(dice):
    """Every third victim is the daemon. Answers the numbers that were logged, the deliveries, and
    how often the daemon was started."""
    killed, first = [], 0
    with Numbers(refuses=False, more="durable=true\n") as daemon:
        daemon.set_goal(EVENTS)
        for turn in range(KILLS):
            time.sleep(dice.uniform(0.2, 1.8))
            if turn % 3 < 2:
                kill_one(daemon, dice, killed)
                continue
            killed.append("daemon")
            daemon.kill()
            first += STRIDE
            daemon.start(first)
            daemon.set_goal(first + EVENTS)
        processes.wait_for(lambda: max(daemon.logged(), default=0) >= first, "the last writer")
        # So that the log does not grow any more.
        tap.same(daemon.ctl("stop", "writer").returncode, 0)
        logged = daemon.logged()
        daemon.wait_all(set(logged))
    return logged, daemon.arrived, killed


@tap.case("the daemon is killed too, and its pool is durable: every event that was logged arrives")
def daemon_killed():
    logged, arrived, killed = run_with_daemon(random.Random(SEED))
    repeats = check_order(arrived)
    tap.same({number: serial for serial, number, _ in arrived}, logged, "serials of the numbers")
    tap.diagnostics("seed %d: killed %s; %d events logged, 0 lost, %d repeats" % (
        SEED, " ".join(killed), len(logged), repeats))


tap.run()
