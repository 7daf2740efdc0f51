"""What a program is started with: identity, folder, environment, descriptors, signals, limits. All
three kinds of sections give it the same."""

import os
import re
import resource
import signal
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import table  # noqa: E402  and with it the folders of the rest
from busvisor import read  # noqa: E402
from seen import KINDS, has_seen, probe, section, seen  # noqa: E402
from table import ANY, Deviation  # noqa: E402

# What both pass on or keep from programs: they are started with it.
START_UMASK, START_DESCRIPTORS = 0o026, 300
START_NICE = min(os.nice(0) + 3, 19)
START_VARIABLES = {"OUTSIDE": "from outside", "BOTH": "outer", "HOME": "/home/outer",
                   "USER": "outer", "LOGNAME": "outer", "SHELL": "/bin/outer"}


def inherit():
    os.umask(START_UMASK)
    os.nice(3)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1, signal.SIGRTMAX])
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (START_DESCRIPTORS, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (12345, 12345))
    os.dup2(0, 77, inheritable=True)


def ignored():
    """As the kernel writes it: what Python ignores, what inherit() adds, and what this test has
    been started with, but for what a daemon handles."""
    own = int(re.search(r"^SigIgn:\s*(\w+)", read("/proc/self/status"), re.MULTILINE).group(1), 16)
    for number in ("HUP", "INT", "QUIT", "TERM", "CHLD", "USR2"):
        own &= ~(1 << signal.Signals["SIG" + number] - 1)
    for number in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGALRM):
        own |= 1 << number - 1
    return "%016x" % own


def prepare(run):
    os.mkdir(run.file("bin"))
    os.symlink(probe("").split()[0], run.file("bin/look"))


HEAD = """environment=GLOBAL="for all",BOTH=global,QUOTED="a,b;c='d' e",SUPERVISOR_ENABLED="2"
minfds=777
"""

child = table.Table("children", more_of_head=HEAD, inherit=inherit, prepare=prepare,
                    environment=START_VARIABLES)


def name_of(option, number, kind):
    return "%s-%d-%s" % (option.replace("_", "-"), number, kind)


_count = 0


def row(option, title, lines, look, expected=ANY, kinds=KINDS, command=None, differs=None,
        root=False):
    """A program of each kind with the lines, and a look at what it saw. @ is its name."""
    global _count
    _count += 1
    for kind in kinds:
        name = name_of(option, _count, kind)
        text = section(kind, name, lines.replace("@", name),
                       command.replace("@", name) if command else None)
        child.add("%s.%s" % (kind, option), title,
                  lambda run, name=name: look(seen(run, name)), text, differs=differs, root=root,
                  ready=has_seen(name),
                  expected=expected(name) if callable(expected) else expected)


def field(*keys):
    """The one field, or several as a tuple."""
    def look(told):
        values = tuple(told[k] for k in keys)
        return values[0] if len(keys) == 1 else values
    return look


def variables(*names):
    """Of the environment, None where it is not set."""
    return lambda told: {n: told["environment"].get(n) for n in names}


# command

row("command", "words are split as a shell does", "", field("arguments"),
    lambda name: [probe("").split()[0], "HERE/seen/" + name, "a b", "c 'd'", "e f", 'g"h', "",
                  "$HOME", "*", "~"],
    command=probe("@") + """ "a b" "c 'd'" e\\ f 'g"h' "" $HOME * ~""")
row("command", "goes on in the next line", "", field("arguments"),
    lambda name: [probe("").split()[0], "HERE/seen/" + name, "one", "two"],
    command=probe("@") + "\n    one\n    two")
row("command", "is found by PATH, and argv[0] is as written", "environment=PATH=%(here)s/bin\n",
    field("arguments"), lambda name: ["look", "HERE/seen/" + name],
    command="look %(here)s/seen/@")
row("command", "names that stand for something", "",
    lambda told: told["arguments"][2:],
    lambda name: [name, name, "HERE", "from outside", os.uname().nodename, "100%", "000"],
    command=probe("@") + ' %(program_name)s %(group_name)s %(here)s "%(ENV_OUTSIDE)s"'
    " %(host_node_name)s 100%% %(process_num)03d")

# What comes from the daemon


PIPES = {n: ["pipe", "write", "blocking"] for n in "12"}
DEVICES = {n: ["device", "read and write", "blocking"] for n in "12"}


def whole(option, title, look, expected=ANY, differs=None):
    row(option, title, "", look, expected, differs=differs)


def relations(told):
    return {"leads its process group": told["process_group"] == told["pid"],
            "leads its session": told["session"] == told["pid"]}


whole("command", "a process group of its own, the session of the daemon", relations,
      {"leads its process group": True, "leads its session": False})
whole("command", "three descriptors", field("descriptors"))
row("stdout_logfile", "NONE: output that nobody wants",
    "stdout_logfile=NONE\nstderr_logfile=NONE\n",
    lambda told: {n: told["descriptors"][n] for n in "12"}, PIPES,
    kinds=[k for k in KINDS if k != "eventlistener"], differs=Deviation(
        "stdout is /dev/null rather than a pipe whose contents are thrown away", DEVICES))
row("stdout_logfile", "NONE, with events", "stdout_logfile=NONE\nstderr_logfile=NONE\n"
    "stdout_events_enabled=true\nstderr_events_enabled=true\n",
    lambda told: {n: told["descriptors"][n] for n in "12"}, PIPES)
whole("command", "stderr is not stdout", field("stderr_is_stdout"), False)
whole("command", "the signal mask that the daemon was started with", field("SigBlk"),
      "%016x" % (1 << signal.SIGUSR1 - 1 | 1 << signal.SIGRTMAX - 1))
whole("command", "no signal is caught or pending", field("SigCgt", "SigPnd"),
      ("0" * 16, "0" * 16))
whole("command", "what is ignored", field("SigIgn"), ignored(),
      Deviation("All signals have their default action", "0" * 16))
whole("command", "nice, pdeathsig, no_new_privs",
      field("nice", "parent_death_signal", "no_new_privileges"), (START_NICE, 0, 0))
whole("command", "limits but for descriptors and processes", lambda told: [
    l for what in ("soft_limits", "hard_limits") for i, l in enumerate(told[what])
    if i not in (resource.RLIMIT_NOFILE, resource.RLIMIT_NPROC)])
whole("user", "the daemon's user and groups", field("uids", "gids", "groups"))
whole("umask", "that of the daemon", field("umask"), START_UMASK)
whole("directory", "that of the daemon", field("directory"), "HERE")
child.add("supervisord.minfds", "the limit of descriptors is raised to it",
          lambda run: [seen(run, "limits")[w][resource.RLIMIT_NOFILE]
                       for w in ("soft_limits", "hard_limits")],
          section("program", "limits"), ready=has_seen("limits"))
child.add("supervisord.minfds", "so is the soft one, to no more",
          lambda run: seen(run, "limits")["soft_limits"][resource.RLIMIT_NOFILE],
          section("program", "limits"), 777)

# environment

OURS = ("BUSVISOR_BUS_ADDRESS",)
# Differ by the name of the program.
NAMES = ("SUPERVISOR_PROCESS_NAME", "SUPERVISOR_GROUP_NAME")


def environment(told):
    return {k: v for k, v in told["environment"].items() if k not in OURS}


whole("environment", "all of it", environment)
whole("environment", "nothing of our own but the address of the bus",
      lambda told: sorted(set(told["environment"]) & set(OURS)), [],
      Deviation("Children have BUSVISOR_BUS_ADDRESS besides", ["BUSVISOR_BUS_ADDRESS"]))
whole("environment", "the user's variables stay the daemon's",
      variables("HOME", "USER", "LOGNAME", "SHELL"),
      {k: START_VARIABLES[k] for k in ("HOME", "USER", "LOGNAME", "SHELL")})
whole("environment", "who it is", variables("SUPERVISOR_ENABLED", *NAMES),
      lambda name: {"SUPERVISOR_ENABLED": "2", NAMES[0]: name, NAMES[1]: name})
row("environment", "goes before that of [supervisord], that before the daemon's",
    'environment=BOTH=own,OWN="x y",EMPTY=""\n',
    variables("BOTH", "OWN", "EMPTY", "GLOBAL", "QUOTED", "OUTSIDE"),
    {"BOTH": "own", "OWN": "x y", "EMPTY": "", "GLOBAL": "for all", "QUOTED": "a,b;c='d' e",
     "OUTSIDE": "from outside"})
row("environment", "goes before what Supervisor sets",
    "environment=SUPERVISOR_PROCESS_NAME=mine,SUPERVISOR_SERVER_URL=none\n",
    variables("SUPERVISOR_PROCESS_NAME", "SUPERVISOR_SERVER_URL"),
    {"SUPERVISOR_PROCESS_NAME": "mine", "SUPERVISOR_SERVER_URL": "none"})
row("environment", "names that stand for something",
    'environment=A="%(program_name)s/%(process_num)d",B="%(ENV_OUTSIDE)s",C="%(ENV_GLOBAL)s"\n',
    variables("A", "B", "C"),
    lambda name: {"A": name + "/0", "B": "from outside", "C": "for all"})
child.add("supervisord.environment", "is not that of the daemon itself", lambda run:
          b"GLOBAL=" in open("/proc/%d/environ" % run.pid, "rb").read(), expected=False)

# serverurl

row("serverurl", "that of the first server if unset", "",
    variables("SUPERVISOR_SERVER_URL"), {"SUPERVISOR_SERVER_URL": "unix://HERE/http"})
row("serverurl", "AUTO is unset", "serverurl=auto\n",
    variables("SUPERVISOR_SERVER_URL"), {"SUPERVISOR_SERVER_URL": "unix://HERE/http"})
row("serverurl", "is passed on unchecked", "serverurl=any text\n",
    variables("SUPERVISOR_SERVER_URL"), {"SUPERVISOR_SERVER_URL": "any text"})

# Names, numbers, folder, umask, user, stderr

row("process_name", "of what stands in it", "process_name=x-%(program_name)s-%(process_num)02d\n",
    variables(*NAMES), lambda name: {NAMES[0]: "x-%s-00" % name, NAMES[1]: name})
row("directory", "is entered", "directory=/usr/share\n", field("directory"), "/usr/share")
row("directory", "PWD stays as it was", "directory=/usr/share\n", variables("PWD"))
row("directory", "names that stand for something",
    "directory=%(here)s/%(ENV_D)s\nenvironment=D=seen\n", field("directory"), "HERE/seen")
row("umask", "is set", "umask=0137\n", field("umask"), 0o137)
row("umask", "zero is set", "umask=0\n", field("umask"), 0)
row("user", "becomes that user, with its groups", "user=nobody\n",
    field("uids", "gids", "groups"), root=True)
row("user", "by number", "user=65534\n", field("uids", "gids", "groups"), root=True)
row("user", "changes no variable", "user=nobody\n",
    variables("HOME", "USER", "LOGNAME", "SHELL", "PATH"), root=True)
row("user", "that is the daemon's already", "user=root\n", field("uids", "gids", "groups"),
    ([0] * 3, [0] * 3, os.getgroups()), root=True)
row("redirect_stderr", "makes them one", "redirect_stderr=true\n",
    field("stderr_is_stdout", "descriptors"), kinds=[k for k in KINDS if k != "eventlistener"])


def many(kind):
    name = "many-" + kind
    text = section(kind, name, "process_name=%(program_name)s-%(process_num)d\nnumprocs=3\n"
                   "numprocs_start=7\n", probe(name) + "-%(process_num)d %(numprocs)d")
    copies = ["%s-%d" % (name, i) for i in (7, 8, 9)]
    child.add([kind + ".numprocs", kind + ".numprocs_start"], "as many, counted from there",
              lambda run: {c: seen(run, c)["arguments"][2] for c in copies}, text,
              {c: "3" for c in copies}, ready=has_seen(*copies))


for each in KINDS:
    many(each)

child.add("group.programs", "name the group of their programs",
          lambda run: [seen(run, n)["environment"]["SUPERVISOR_GROUP_NAME"] for n in ("g1", "g2")],
          section("program", "g1") + section("program", "g2") + "\n[group:both]\nprograms=g1,g2\n",
          ["both", "both"], ready=has_seen("g1", "g2"))

if __name__ == "__main__":
    table.run()
