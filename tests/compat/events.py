"""The same work under Supervisor and under Busvisor: a listener gets the same events, the log the
same lines. Process ids, serials and times differ by nature and are masked."""

import collections
import os
import re

from both import Busvisor, Supervisor, need_supervisor, recorder_command

import processes
import tap

SECTIONS = """
[eventlistener:watch]
command=%s
events=PROCESS_STATE,SUPERVISOR_STATE_CHANGE
buffer_size=1000

[program:exit0]
command=/bin/sh -c 'exit 0'
startsecs=0
autorestart=false

[program:exit1]
command=/bin/sh -c 'exit 1'
startsecs=0
autorestart=false

[program:exit1-again]
command=/bin/sh -c 'test -e %%(here)s/again && exec sleep 1000; touch %%(here)s/again; exit 1'
startsecs=0
autorestart=unexpected

[program:exit3]
command=/bin/sh -c 'sleep 0.3; exit 3'
startsecs=0
exitcodes=3
autorestart=unexpected

[program:killed]
command=/bin/sh -c 'kill -9 $$'
startsecs=0
autorestart=false

# Supervisor may notice an end a second or two late: startsecs is longer than that.
[program:quick]
command=/bin/sh -c 'exit 0'
startsecs=10
startretries=2

[program:never]
command=/nonexistent/program
startretries=1

[program:forbidden]
command=%%(here)s/supervisord.conf
startretries=0

[program:nowhere]
command=/bin/true
directory=/nonexistent/folder
startsecs=10
startretries=0

[program:asked]
command=/bin/sleep 1000
startsecs=1

[program:asked-gently]
command=/bin/sh -c 'trap "exit 0" TERM; while :; do sleep 0.1; done'
startsecs=1

[program:by-hand]
command=/bin/sleep 1000
autostart=false
startsecs=0

[program:pair]
command=/bin/sleep 1000
process_name=%%(program_name)s_%%(process_num)d
numprocs=2
startsecs=0
""" % recorder_command()

# How often a state has to be seen before the requests are made, and after.
BEFORE = {"exit0": "EXITED", "exit1": "EXITED", "exit1-again": "RUNNING RUNNING", "exit3": "EXITED",
          "killed": "EXITED", "quick": "FATAL", "never": "FATAL", "forbidden": "FATAL",
          "nowhere": "FATAL", "asked": "RUNNING", "asked-gently": "RUNNING", "pair_0": "RUNNING",
          "pair_1": "RUNNING", "watch": "RUNNING"}
AFTER = {"asked": "STOPPED", "asked-gently": "STOPPED", "by-hand": "RUNNING"}
AT_END = {"exit1-again": "STOPPED", "by-hand": "STOPPED", "pair_0": "STOPPED", "pair_1": "STOPPED"}

REQUESTS = (("stop", "asked"), ("stop", "asked-gently"), ("start", "by-hand"))


def masked(payload):
    return re.sub(r"\bpid:[1-9]\d*", "pid:N", payload)


def payloads(run):
    """Per process, or "" for the daemon itself: the event names and masked payloads in order."""
    found = collections.defaultdict(list)
    for event in run.events():
        match = re.match(r"processname:(\S+) ", event["payload"])
        told = (event["headers"]["eventname"], masked(event["payload"]))
        found[match.group(1) if match else ""].append(told)
    return found


def has_reached(run, states):
    seen = payloads(run)
    return all([n for n, _ in seen[name]].count("PROCESS_STATE_" + wanted.split()[0]) >=
               len(wanted.split()) for name, wanted in states.items())


def wait_reached(run, states):
    def lacking():
        return "%s: %s, has %s" % (type(run).__name__, states, dict(payloads(run)))
    processes.wait_for(lambda: has_reached(run, states), lacking)


# With startsecs=0 Supervisor writes this line only if it looks before the process ends.
BY_CHANCE = re.compile(r"INFO success: .* > than 0 seconds")


def log_lines(run):
    """Per process, the lines of the main log that tell of its states, without date and pid."""
    found = collections.defaultdict(list)
    for line in run.read("main.log").splitlines():
        text = re.sub(r"^\S+ \S+ ", "", line)
        match = re.match(r"\w{4} (?:spawned: '|success: |exited: |gave up: |stopped: )([\w-]+)",
                         text)
        if match and not BY_CHANCE.match(text):
            found[match.group(1)].append(re.sub(r"with pid \d+$", "with pid N", text))
    return found


Outcome = collections.namedtuple("Outcome", "payloads lines answers spawn_errors status headers")


def outcome(run):
    answers = [run.control(*request) for request in REQUESTS]
    wait_reached(run, AFTER)
    answers.append(run.control("stop", "nobody"))
    status = run.end()
    errors = re.findall(r"INFO (spawnerr: .*)$", run.read("main.log"), re.MULTILINE)
    errors = [e.replace(run.path, "HERE") for e in errors]
    keys = {tuple(re.findall(r"(\w+):", e["line"])) for e in run.events()}
    return Outcome(payloads(run), log_lines(run), [(a.returncode, a.stdout) for a in answers],
                   collections.Counter(errors), status, keys)


_outcomes = []


def run_at_once():
    """Both at the same time, as both mostly wait."""
    try:
        with Supervisor(SECTIONS) as supervisor, Busvisor(SECTIONS) as busvisor:
            for run in (supervisor, busvisor):
                wait_reached(run, BEFORE)
            _outcomes.extend([outcome(supervisor), outcome(busvisor)])
    finally:
        left = processes.end_all_below(os.getpid())
    tap.same(left, [], "processes left behind")


def run_both():
    """The outcome of the one run that all cases look at."""
    need_supervisor()
    tap.check(_outcomes, "there was no complete run")
    return _outcomes


@tap.case("both run the same configuration to its end")
def to_the_end():
    need_supervisor()
    run_at_once()
    supervisor, busvisor = run_both()
    tap.same(busvisor.status, supervisor.status, "exit status")
    for name, wanted in {**BEFORE, **AFTER, **AT_END}.items():
        tap.check(supervisor.payloads[name], "Supervisor told nothing of %s (%s)" % (name, wanted))


def events_case(name):
    @tap.case("the same events of " + name)
    def same_events():
        supervisor, busvisor = run_both()
        theirs, ours = supervisor.payloads[name], busvisor.payloads[name]
        # What happens as it shuts down Supervisor may lose: it stops the listener with events that
        # wait for it.
        if name in AT_END and len(theirs) in (len(ours) - 2, len(ours) - 1):
            tap.same([n for n, _ in ours[-2:]], ["PROCESS_STATE_STOPPING", "PROCESS_STATE_STOPPED"])
            ours = ours[:len(theirs)]
        tap.same(ours, theirs, "events of " + name)


def lines_case(name):
    @tap.case("the same lines in the main log about " + name)
    def same_lines():
        supervisor, busvisor = run_both()
        tap.same(busvisor.lines[name], supervisor.lines[name], "lines about " + name)


# To Supervisor a folder that is not there is an exit with status 127; Busvisor knows better, and
# has it as the spawn error.
KNOWS_BETTER = {"nowhere": "spawnerr: couldn't chdir to /nonexistent/folder: ENOENT"}

for each in sorted({**BEFORE, **AFTER}):
    events_case(each)
    if each not in KNOWS_BETTER:
        lines_case(each)


@tap.case("the same events of the daemon itself")
def daemon_events():
    supervisor, busvisor = run_both()
    tap.same(busvisor.payloads[""], supervisor.payloads[""])


@tap.case("no process has events in one of them only")
def no_more():
    supervisor, busvisor = run_both()
    tap.same(sorted(busvisor.payloads), sorted(supervisor.payloads))


@tap.case("the same spawn errors in the main log")
def spawn_errors():
    supervisor, busvisor = run_both()
    tap.same(busvisor.spawn_errors - collections.Counter(KNOWS_BETTER.values()),
             supervisor.spawn_errors)


@tap.case("the control programs answer the same")
def answers():
    supervisor, busvisor = run_both()
    tap.same(busvisor.answers, supervisor.answers)


@tap.case("headers have the same keys in the same order")
def headers():
    supervisor, busvisor = run_both()
    tap.same(busvisor.headers, supervisor.headers)


tap.run()
