"""What comes to syslog, from programs and from the daemon."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import table  # noqa: E402  and with it the folders of the rest
from both import SUPERVISORD, Supervisor  # noqa: E402
from private_dev import Syslog, enter, replace_dev  # noqa: E402
from seen import KINDS, files, section, writer  # noqa: E402
from table import ANY, Deviation  # noqa: E402

STREAMS = (("stdout", 1), ("stderr", 2))

lacking = enter() if __name__ == "__main__" else "not the main program"
if not lacking:
    replace_dev()
log = None if lacking else Syslog()


def sender(run):
    return os.path.basename(SUPERVISORD) if isinstance(run, Supervisor) else "busvisord"


def told(run):
    """Priority and text of what the daemon sent, without the date and its name."""
    log.settle()
    pattern = re.compile(r"(<\d+>)\w{3} [ \d]\d \d\d:\d\d:\d\d %s: (.*)$" % sender(run), re.DOTALL)
    return [m.groups() for m in map(pattern.match, log.messages) if m]


def told_by(run, name):
    return [(p, t) for p, t in told(run) if t.split(" ")[0] == name]


programs = table.Table("programs", lacking=lacking)
_count = 0


def row(option, title, lines, portions, expected=ANY, kinds=("program",), streams=STREAMS,
        differs=None):
    """Looks at what came to syslog and at the files. STREAM and FD as in the other tables."""
    global _count
    for kind in kinds:
        for stream, fd in streams:
            _count += 1
            name = "%s-%d" % (option.replace("STREAM", stream).replace("_", "-"), _count)
            text = section(kind, name, ("stdout_logfile=NONE\nstderr_logfile=NONE\n" + lines)
                           .replace("STREAM", stream).replace("@", name),
                           writer(*(p.replace("FD", str(fd)) for p in portions)))
            programs.add("%s.%s" % (kind, option.replace("STREAM", stream)), title,
                         lambda run, n=name: (told_by(run, n), files(run, n)), text,
                         expected(name, stream) if callable(expected) else expected,
                         ready=lambda run, n=name: "exited: %s (" % n in run.read("main.log"),
                         at_end=True, differs=differs)


def lines_of(*texts):
    return lambda name, stream: ([("<14>", "%s %s" % (name, t)) for t in texts], {})


SYSLOG = "STREAM_syslog=true\n"
row("STREAM_syslog", "false: nothing", "", ["FD:one\\n"], lines_of(), KINDS)
row("STREAM_syslog", "a message for each line", SYSLOG, ["FD:one\\ntwo\\n", "FD:three\\n"],
    lines_of("one", "two", "three"))
row("STREAM_syslog", "of the other kinds", SYSLOG, ["FD:one\\n"], kinds=KINDS[1:])
row("STREAM_syslog", "and a file", SYSLOG + "STREAM_logfile=%(here)s/@.log\n", ["FD:one\\n"],
    lambda name, _: ([("<14>", name + " one")], {name + ".log": ("0644", "one\n")}))
row("STREAM_syslog", "blanks and empty lines", SYSLOG, ["FD:  one  \\n\\n\\ttwo\\n"])
row("STREAM_syslog", "a line in two portions", SYSLOG, ["FD:one\\ntw", "FD:o\\n"],
    lines_of("one", "tw", "o"), differs=Deviation(
        "are the program's lines; Supervisor sends the pieces that it happens to read",
        lambda theirs: ([theirs[0][0], (theirs[0][1][0], theirs[0][1][1] + "o")], {})))
row("STREAM_logfile", "syslog instead of a path", "STREAM_logfile=syslog\n", ["FD:one\\n"],
    lines_of("one"))
row("redirect_stderr", "into syslog", "redirect_stderr=true\nstdout_syslog=true\n",
    ["1:one\\n", "2:two\\n"], lines_of("one", "two"), streams=STREAMS[:1])

daemon = table.Table("daemon", more_of_head="logfile=syslog\n", lacking=lacking)


def of_program(run):
    """The lines about the one program. Supervisor sends the end of the line as well."""
    return [re.sub(r"^\S+ \S+ (\w{4} .*?)\s*$", r"\1", re.sub(r"pid \d+", "pid N", t))
            for _, t in told(run) if "ends" in t and "success" not in t]


daemon.add("supervisord.logfile", "syslog: the lines of the main log", of_program,
           section("program", "ends", "", "/bin/false"),
           ["INFO spawned: 'ends' with pid N", "WARN exited: ends (exit status 1; not expected)"],
           ready=lambda run: len(of_program(run)) == 2)
daemon.add("supervisord.logfile", "syslog: there is no such file",
           lambda run: [os.path.exists(run.file(f)) for f in ("syslog", "main.log")],
           expected=[False, False])

if __name__ == "__main__":
    table.run()
