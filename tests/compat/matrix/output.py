"""What programs write: which files there are, what is in them, when they are rotated."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import table  # noqa: E402  and with it the folders of the rest
from seen import KINDS, files, section, writer  # noqa: E402
from table import ANY, Deviation  # noqa: E402

NOT_LISTENERS = [k for k in KINDS if k != "eventlistener"]
STREAMS = (("stdout", 1), ("stderr", 2))

output = table.Table("output")


def ended(*names):
    """A condition: the log tells of the end of each, and with it all has been written."""
    def condition(run):
        log = run.read("main.log")
        return all("exited: %s (" % n in log for n in names)
    return condition


_count = 0


def row(option, title, lines, portions, look, expected=ANY, kinds=("program",), streams=STREAMS,
        **more):
    """A program of each kind for each stream. In the lines and in the portions, STREAM and FD are
    that of the row, and @ is the name of the program. look(run, name, stream) and expected(name,
    stream)."""
    global _count
    for kind in kinds:
        for stream, fd in streams:
            _count += 1
            name = "%s-%d" % (option.replace("_", "-"), _count)
            lines_here = lines.replace("STREAM", stream).replace("@", name)
            command = writer(*(p.replace("FD", str(fd)).replace("@", name) for p in portions))
            named = "%s_%s" % (stream, option) if option in CHANNEL else option
            output.add("%s.%s" % (kind, named), title,
                       lambda run, n=name, s=stream: look(run, n, s),
                       section(kind, name, lines_here, command),
                       expected(name, stream) if callable(expected) else expected,
                       ready=ended(name), at_end=True, **more)


CHANNEL = ("logfile", "logfile_maxbytes", "logfile_backups", "capture_maxbytes", "events_enabled",
           "syslog")


def of_name(run, name, _stream):
    return files(run, name)


FILE = "STREAM_logfile=%(here)s/@.log\n"
OTHER_NONE = "stdout_logfile=NONE\nstderr_logfile=NONE\n"

# Which files

row("logfile", "a path", OTHER_NONE + FILE, ["FD:one\\n", "FD:two\\377\\n"], of_name,
    lambda name, _: {name + ".log": ("0644", "one\ntwo\\xff\n")}, kinds=KINDS)
row("logfile", "names that stand for something", OTHER_NONE +
    "STREAM_logfile=%(here)s/@-%(program_name)s-%(process_num)02d-%(group_name)s.log\n",
    ["FD:text"], of_name,
    lambda name, _: {"%s-%s-00-%s.log" % (name, name, name): ("0644", "text")})
row("logfile", "NONE", OTHER_NONE, ["FD:text"], of_name, {})
row("logfile", "off", "stdout_logfile=off\nstderr_logfile=off\n", ["FD:text"], of_name, {})
row("logfile", "the other one goes elsewhere", FILE, ["1:out", "2:error"], of_name)


def two_automatic(name, _stream):
    return {"%s-stderr---same-RANDOM.log" % name: ("0600", "error\n"),
            "%s-stdout---same-RANDOM.log" % name: ("0600", "out\n")}


row("logfile", "AUTO", "stdout_logfile=AUTO\nstderr_logfile=auto\n", ["1:out\\n", "2:error\\n"],
    of_name, two_automatic)
row("logfile", "AUTO if unset", "", ["1:out\\n", "2:error\\n"], of_name, two_automatic,
    kinds=KINDS)
row("logfile", "AUTO, rotated", OTHER_NONE + "STREAM_logfile=AUTO\nSTREAM_logfile_maxbytes=10\n",
    ["FD*3:ten bytes\\n"], of_name, differs=Deviation(
        "keep mode 0600", lambda theirs: {f: ("0600", t) for f, (_, t) in theirs.items()}))


def said_by_daemon(run, name, _stream):
    return re.findall(r"^%s: .*$" % name, run.read("output"), re.MULTILINE)


row("logfile", "/dev/stdout is the daemon's",
    "STREAM_logfile=/dev/stdout\nSTREAM_logfile_maxbytes=0\n",
    ["FD:@: text\\n", "FD:@: more\\n"], said_by_daemon,
    lambda name, _: [name + ": text", name + ": more"])

# Rotation

TWENTY = ["FD*20:abcdefghijklmnopqrstuvwxyz\\n"]


def rotation(title, lines, suffixes, kinds=("program",)):
    """The names are known, the texts compared."""
    option = "logfile_backups" if "backups" in lines else "logfile_maxbytes"
    row(option, title, OTHER_NONE + FILE + lines, TWENTY, of_name, kinds=kinds)
    row(option, title + ", names", OTHER_NONE + FILE + lines, TWENTY,
        lambda run, name, _: sorted(files(run, name)),
        lambda name, _: [name + ".log" + s for s in suffixes])


rotation("rotated at this size", "STREAM_logfile_maxbytes=100\n",
         ["", ".1", ".2", ".3", ".4", ".5"], NOT_LISTENERS)
rotation("never", "STREAM_logfile_maxbytes=0\n", [""])
rotation("in kilobytes", "STREAM_logfile_maxbytes=1KB\n", [""])
rotation("smaller than one portion", "STREAM_logfile_maxbytes=10\nSTREAM_logfile_backups=2\n",
         ["", ".1", ".2"])
rotation("ten if unset", "STREAM_logfile_maxbytes=20\n",
         [""] + sorted(".%d" % i for i in range(1, 11)))
rotation("so many", "STREAM_logfile_maxbytes=100\nSTREAM_logfile_backups=3\n",
         ["", ".1", ".2", ".3"], NOT_LISTENERS)
# The portions of a listener come through another process, and may come together.


def in_order(run, name, _stream):
    """The text of all its files, the oldest first, and whether there is more than one."""
    texts = [files(run, name).get("%s.log%s" % (name, n), (None, ""))[1]
             for n in [".%d" % i for i in range(10, 0, -1)] + [""]]
    return "".join(texts), texts[-2] != ""


row("logfile_maxbytes", "a listener's stdout is rotated", OTHER_NONE + FILE +
    "STREAM_logfile_maxbytes=100\n", TWENTY, in_order,
    ("".join("%d abcdefghijklmnopqrstuvwxyz\n" % i for i in range(1, 21)), True),
    kinds=["eventlistener"], streams=STREAMS[:1])
row("logfile_backups", "of a listener's stdout, names", OTHER_NONE + FILE +
    "STREAM_logfile_maxbytes=100\nSTREAM_logfile_backups=1\n", TWENTY,
    lambda run, name, _: sorted(files(run, name)), lambda name, _: [name + ".log", name + ".log.1"],
    kinds=["eventlistener"], streams=STREAMS[:1])
for each in ("logfile_maxbytes", "logfile_backups"):
    row(each, "of a listener's stderr", OTHER_NONE + FILE +
        "STREAM_logfile_maxbytes=100\nSTREAM_logfile_backups=3\n", TWENTY, of_name,
        kinds=["eventlistener"], streams=STREAMS[1:])
rotation("none", "STREAM_logfile_maxbytes=100\nSTREAM_logfile_backups=0\n", [""])

# stderr into stdout

row("redirect_stderr", "one file, in the order of writing",
    "redirect_stderr=true\nstdout_logfile=%(here)s/@.log\nstderr_logfile=%(here)s/@.err\n",
    ["1:one\\n", "2:two\\n", "1:three\\n"], of_name,
    lambda name, _: {name + ".log": ("0644", "one\ntwo\nthree\n")},
    kinds=NOT_LISTENERS, streams=STREAMS[:1])

# The main log of a daemon that says everything

debug = table.Table("debug", more_of_head="loglevel=debug\n")


def in_main_log(run, name, stream):
    return re.findall(r"DEBG ('%s' %s output:\n.*)$" % (name, stream), run.read("main.log"),
                      re.MULTILINE)


debug.add(["supervisord.loglevel", "program.stdout_logfile"], "debug: without a file, too",
          lambda run: in_main_log(run, "nowhere", "stdout"),
          section("program", "nowhere", OTHER_NONE, writer("1:one\\n")),
          ["'nowhere' stdout output:\none"], ready=ended("nowhere"), at_end=True)
debug.add("supervisord.loglevel", "debug: what programs write is in the main log",
          lambda run: (in_main_log(run, "talker", "stdout"), in_main_log(run, "talker", "stderr")),
          section("program", "talker", "", writer("1:one\\n", "1:two\\n", "2:three\\n")),
          (["'talker' stdout output:\none", "'talker' stdout output:\ntwo"],
           ["'talker' stderr output:\nthree"]), ready=ended("talker"), at_end=True)

if __name__ == "__main__":
    table.run()
