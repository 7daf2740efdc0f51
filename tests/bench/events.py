"""Events: how many of them reach listeners in a second, and the CPU time that it takes.

    make bench BENCH=events
    BUSVISOR_BUILD=build /usr/bin/python3 -B tests/bench/events.py --rounds 9 --events 100000
    BUSVISOR_BUILD=build /usr/bin/python3 -B tests/bench/events.py --quick

Beside Supervisor and a bare chain: sd-bus over a dbus-daemon and the pipes of a listener, without
anything that is supervised, logged or kept. On one CPU, to which all of it is pinned, and on two.
The listener is a program in C that costs next to nothing. CPU time is that of daemon, bus and
listener-host together. Output comes from a program that prints lines, each of which is an event of
its own.
"""

import os
import subprocess

import listeners
import measure
import processes
from both import Busvisor, Folder, Supervisor

POOL = """
[eventlistener:%s]
command=%s
events=%s
"""
WRITER = """
[program:writer]
command=%s %d %d %%(here)s/go %%(here)s/done apart
startsecs=0
autorestart=false
stdout_events_enabled=true
stdout_logfile=NONE
"""
QUICK = """
[program:quick]
command=/bin/true
process_name=%(process_num)02d
numprocs=10
startsecs=0
start_interval=0
autorestart=true
stdout_logfile=NONE
stderr_logfile=NONE
"""
LINE_BYTES = 100
STATES = 3  # of one life: STARTING, RUNNING, EXITED
PATIENCE = 120  # seconds
WARM_UP = 0.5
CHAINS = {"pages of 64": ("pages", "64"), "pages of 16": ("pages", "16"), "signals": ("signals",),
          "pipes alone": ("alone",)}
SHARES = {"to Supervisor": [measure.THEIRS], "to bare chain": ["pages of 64"]}


def pool_sections(pools, events, more=""):
    return "".join(POOL % (pool, listeners.command("tally-" + pool), events) + more
                   for pool in pools)


def make_fifos(run):
    for name in ("go", "done"):
        os.mkfifo(run.file(name))


def start(kind, sections, pools, cpus):
    """A run on these CPUs alone."""
    run = kind(sections, "logfile_maxbytes=0\n", prepare=make_fifos,
               inherit=lambda: os.sched_setaffinity(0, cpus))
    run.pools = pools
    return run


def wait_listeners(run):
    def are_up():
        log = run.read("main.log")
        return all("success: %s entered RUNNING" % pool in log for pool in run.pools)
    processes.wait_for(are_up, "the listeners")


# State events


def states(kind, cpus, seconds):
    """Programs that end at once and are started again at once."""
    pools = ["watch"]
    with start(kind, pool_sections(pools, "PROCESS_STATE") + QUICK, pools, cpus) as run:
        wait_listeners(run)
        found = states_delivered(run, seconds)
        run.end()
    processes.end_all_below(os.getpid())
    return found


def states_delivered(run, seconds):
    [watch] = listeners.of(run, run.pools)
    spawned = measure.Lines(run.file("main.log"), "INFO spawned: ")
    found = measure.over(seconds, WARM_UP, {
        "generated": lambda: spawned.read() * STATES,
        "delivered": lambda: watch.seen().events,
    })
    return {"generated": found["generated"] / found["seconds"],
            "delivered": found["delivered"] / found["seconds"],
            "discarded": watch.seen().missing}


def bench_states(what, cpus, options):
    found = measure.medians(options.rounds, {
        name: lambda kind=kind: states(kind, cpus, options.seconds)
        for name, kind in measure.KINDS.items()})
    table = measure.Table(measure.THEIRS, measure.OURS)
    for figure, unit in (("generated", "/s"), ("delivered", "/s"), ("discarded", "")):
        table.add_figure("%s, state events: %s" % (what, figure), unit, found, figure, True)
    table.print()


# Output


def output(kind, pools, cpus, events):
    """A program that prints so many lines; all of them are delivered to each pool."""
    writer = WRITER % (measure.own_program("writer"), events * LINE_BYTES, LINE_BYTES)
    # Supervisor needs the room; it reads faster than it delivers.
    sections = pool_sections(pools, "PROCESS_LOG", "buffer_size=%d\n" % events) + writer
    with start(kind, sections, pools, cpus) as run:
        wait_listeners(run)
        found = output_delivered(run, events)
        run.end()
    processes.end_all_below(os.getpid())
    return found


def output_delivered(run, events):
    cpu = measure.total_cpu_ms(run)
    with open(run.file("go"), "wb"):
        pass
    tallies = listeners.of(run, run.pools)
    with open(run.file("done"), "rb") as done:
        for of_pool in tallies:
            of_pool.wait(events, PATIENCE)
        cpu = measure.total_cpu_ms(run) - cpu
        done.read()
    seen = [of_pool.seen() for of_pool in tallies]
    if any(s.events != events or s.missing or s.repeats for s in seen):
        raise RuntimeError("not each event once and in order: %s" % seen)
    seconds = (max(s.last_nsec for s in seen) - min(s.first_nsec for s in seen)) / 1e9
    deliveries = events * len(seen)
    return {"rate": deliveries / seconds, "cpu": cpu * 1000 / deliveries}


def chain(kind, cpus, events):
    with Folder() as folder:
        command = [measure.own_program("bare-chain"), *kind, str(events),
                   measure.own_program("listener"), folder.file("tally")]
        answer = subprocess.run(command, stdout=subprocess.PIPE, check=True,
                                preexec_fn=lambda: os.sched_setaffinity(0, cpus))
    rate, cpu = answer.stdout.split()
    return {"rate": float(rate), "cpu": float(cpu)}


def bench_output(what, pools, cpus, options):
    """Supervisor gets fewer events, as it would take so long."""
    events = options.events // len(pools)
    lanes = {
        measure.THEIRS: lambda: output(Supervisor, pools, cpus, events // 5),
        measure.OURS: lambda: output(Busvisor, pools, cpus, events)}
    if len(pools) == 1:
        lanes.update({name: lambda kind=kind: chain(kind, cpus, events)
                      for name, kind in CHAINS.items()})
    found = measure.medians(options.rounds, lanes)
    table = measure.Table(*lanes, against={k: v for k, v in SHARES.items() if v[0] in lanes})
    table.add_figure(what + ": delivered", "/s", found, "rate", more_is_better=True)
    table.add_figure(what + ": CPU per delivery", "us", found, "cpu")
    table.print()


def main():
    options = measure.arguments("measures how fast listeners get events", rounds=5, seconds=3.0,
                                events=50000, quick=False)
    if options.quick:
        options.rounds, options.seconds, options.events = 1, 1.0, 10000
    both_cpus = sorted(os.sched_getaffinity(0))[:2]
    for what, cpus in (("one CPU", both_cpus[-1:]), ("two CPUs", both_cpus)):
        bench_states(what, cpus, options)
        bench_output(what + ", output to 1 pool", ["watch"], cpus, options)
        bench_output(what + ", output to 10 pools", ["watch%d" % i for i in range(10)], cpus,
                     options)


main()
