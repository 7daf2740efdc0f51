"""What becomes of the bytes that programs write, besides their files: events, messages between the
tags, sequences of terminals."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import table  # noqa: E402  and with it the folders of the rest
from both import recorder_command  # noqa: E402
from seen import KINDS, events_of, files, has_event, section, writer  # noqa: E402
from table import ANY, Deviation  # noqa: E402

STREAMS = (("stdout", 1), ("stderr", 2))
BEGIN, END = "<!--XSUPERVISOR:BEGIN-->", "<!--XSUPERVISOR:END-->"
# Longer than a tag: Supervisor keeps what is shorter until more comes.
LONG = "abcdefghijklmnopqrstuvwxyz, the end\\n"

WATCH = """
[eventlistener:watch]
command=%s
events=PROCESS_LOG,PROCESS_COMMUNICATION,PROCESS_STATE_EXITED
buffer_size=100000
stdout_logfile=NONE
stderr_logfile=NONE
""" % recorder_command()

_count = 0


class Channels(table.Table):
    """Its rows are programs that write in portions. In the lines and the portions STREAM and FD are
    those of the row, and @ is the name of the program."""

    def __init__(self, name, **settings):
        super().__init__(name, stop_all=True, **settings)
        self.add("eventlistener.events", "the listener of this test",
                 lambda run: bool(run.events()), WATCH, True)

    def channel(self, option, title, lines, portions, expected=ANY, kinds=("program",),
                streams=STREAMS, look=None, **more):
        """The row looks at the text in the file and the events, or at look(run, name)."""
        global _count
        for kind in kinds:
            for stream, fd in streams:
                _count += 1
                named = option.replace("STREAM", stream)
                name = "%s-%d" % (named.rpartition(".")[2].replace("_", "-"), _count)

                def fill(text, name=name, stream=stream, fd=fd):
                    return (text.replace("STREAM", stream).replace("FD", str(fd))
                            .replace("@", name))
                self.add(named if "." in named else "%s.%s" % (kind, named), title,
                         lambda run, n=name: (look or text_and_events)(run, n),
                         section(kind, name, fill(FILE + lines), writer(*map(fill, portions))),
                         expected(name, stream) if callable(expected) else expected,
                         ready=has_event(name, "EXITED"), **more)


FILE = "stdout_logfile=NONE\nstderr_logfile=NONE\nSTREAM_logfile=%(here)s/@.log\n"


def text_and_events(run, name):
    text = files(run, name).get(name + ".log", (None, None))[1]
    return text, [e for e in events_of(run, name) if e[0] != "PROCESS_STATE_EXITED"]


def messages(*texts):
    """The events that carry them."""
    return lambda name, stream: [("PROCESS_COMMUNICATION_" + stream.upper(),
                                  "processname:%s groupname:%s pid:N\n%s" % (name, name, t))
                                 for t in texts]


def pieces(*texts):
    return lambda name, stream: [("PROCESS_LOG_" + stream.upper(),
                                  "processname:%s groupname:%s pid:N channel:%s\n%s" % (
                                      name, name, stream, t)) for t in texts]


def text_with(text, events):
    return lambda name, stream: (text, events(name, stream))


channels = Channels("channels")

# Between the tags

CAPTURE = "STREAM_capture_maxbytes=100\n"
DECODED = LONG.replace("\\n", "\n")


def capture(title, portions, expected, lines=CAPTURE, **more):
    channels.channel("STREAM_capture_maxbytes", title, lines, portions, expected, **more)


capture("zero: no tags", ["FD:" + BEGIN + "data" + END + LONG],
        text_with(BEGIN + "data" + END + DECODED, messages()), "")
capture("a message in one portion", ["FD:%s: %sdata%s%s" % ("before", BEGIN, END, LONG)],
        text_with("before: " + DECODED, messages("data")), kinds=["program", "fcgi-program"])
capture("two in one portion", ["FD:%sone%s and %stwo%s%s" % (BEGIN, END, BEGIN, END, LONG)],
        text_with(" and " + DECODED, messages("one", "two")))
capture("nothing between the tags", ["FD:" + BEGIN + END + LONG],
        text_with(DECODED, messages("")))
capture("tags that are cut", ["FD:" + LONG + BEGIN[:5], "FD:" + BEGIN[5:9],
                              "FD:" + BEGIN[9:] + "data" + END[:1], "FD:" + END[1:] + LONG],
        text_with(DECODED * 2, messages("data")))
capture("what only begins like a tag", ["FD:" + LONG + BEGIN[:9], "FD: and no more. " + LONG],
        text_with(DECODED + BEGIN[:9] + " and no more. " + DECODED, messages()))
capture("the tag of the beginning again is data",
        ["FD:" + BEGIN + "one" + BEGIN + "two" + END + LONG],
        text_with(DECODED, messages("one" + BEGIN + "two")))
capture("the end of the program in between", ["FD:" + LONG + BEGIN + "data without an end"],
        text_with(DECODED, messages()))
capture("not more than so much, in portions",
        ["FD:" + BEGIN] + ["FD:" + str(i) * 30 for i in range(5)] + ["FD:" + END + LONG],
        text_with(DECODED, messages("2" * 30 + "3" * 30 + "4" * 30)), differs=Deviation(
            "keep exactly so many of their last bytes", lambda theirs: (theirs[0], [
                (n, p.replace("2" * 30, "1" * 10 + "2" * 30)) for n, p in theirs[1]])))
capture("a portion larger than that", ["FD:%s%s%s%s" % (BEGIN, "0" * 50 + "1" * 100, END, LONG)],
        text_with(DECODED, messages("0" * 50 + "1" * 100)), differs=Deviation(
            "keep exactly so many of their last bytes", lambda theirs: (theirs[0], [
                (n, p.replace("0" * 50, "")) for n, p in theirs[1]])))
capture("the last few bytes", ["FD:" + LONG, "FD:the rest\\n"], text_with(DECODED, messages()),
        differs=Deviation("The last bytes of a program are not lost while it captures",
                          (DECODED + "the rest\n", [])))

# Events

EVENTS = "STREAM_events_enabled=true\n"


def events(title, portions, expected, lines=EVENTS, **more):
    channels.channel("STREAM_events_enabled", title, lines, portions, expected, **more)


events("false: none", ["FD:one\\n"], text_with("one\n", pieces()), "", kinds=KINDS)
events("one for each portion", ["FD:one\\ntwo", "FD:\\nthree\\n"],
       text_with("one\ntwo\nthree\n", pieces("one\ntwo", "\nthree\n")))
events("without a file", ["FD:one\\n"],
       lambda name, stream: (None, pieces("one\n")(name, stream)),
       EVENTS + "STREAM_logfile=NONE\n")
events("of the fcgi-program", ["FD:one\\n"], text_with("one\n", pieces("one\n")),
       kinds=["fcgi-program"])
events("characters of more than one byte", ["FD:\\303\\244\\342\\202\\254\\n"],
       text_with("\u00e4\u20ac\n", pieces("\u00e4\u20ac\n")))
events("what is no UTF-8", ["FD:one \\377\\n"], ANY)
events("what stands between the tags as well", ["FD:" + BEGIN + "data" + END + LONG], ANY,
       EVENTS + CAPTURE)

# What comes when the program has ended

LATE = """
[program:late]
command=/bin/sh -c 'cd %(here)s; exec 2>/dev/null; (until grep -q "exited: late" main.log; do
  sleep 0.05; done; echo late; echo >seen/late) & echo early'
startsecs=0
autorestart=false
stdout_logfile=%(here)s/late.log
stderr_logfile=NONE
"""
channels.add("program.stdout_logfile", "what a child of it writes later",
             lambda run: run.read("late.log"), LATE, "early\n",
             Deviation("nor is what its children print when it has ended", "early\nlate\n"),
             ready=lambda run: run.read("seen/late"), at_end=True)

# A listener's stdout is for the protocol, its stderr like that of a program.

channels.channel("STREAM_capture_maxbytes", "of a listener", CAPTURE,
                 ["FD:" + BEGIN + "data" + END + LONG], kinds=["eventlistener"])
channels.channel("STREAM_events_enabled", "of a listener", EVENTS, ["FD:one\\n"],
                 kinds=["eventlistener"])

# Sequences of terminals

stripped = Channels("stripped", more_of_head="strip_ansi=true\n")
RED = "\\033[31mred\\033[0m \\033[1;32mgreen\\033[m\\n"
COLOURED = RED.replace("\\033", "\033").replace("\\n", "\n")
stripped.channel("supervisord.strip_ansi", "colours", "", ["FD:" + RED],
                 text_with("red green\n", pieces()), kinds=KINDS)
stripped.channel("supervisord.strip_ansi", "in events", EVENTS, ["FD:" + RED],
                 text_with("red green\n", pieces("red green\n")))
stripped.channel("supervisord.strip_ansi", "movements of the cursor", "",
                 ["FD:\\033[2J\\033[1;1Htop\\033[K\\033[3Aup\\033[s\\033[u\\n"],
                 text_with("topup\n", pieces()))
channels.channel("supervisord.strip_ansi", "false: they pass", "", ["FD:" + RED],
                 text_with(COLOURED, pieces()))
stripped.channel("supervisord.strip_ansi", "a sequence that is cut", "",
                 ["FD:\\033[3", "FD:1mred\\n"], ("1mred\n", []), differs=Deviation(
                     "every control sequence of ECMA-48, also one that comes in two reads",
                     ("red\n", [])))
stripped.channel("supervisord.strip_ansi", "other sequences", "",
                 ["FD:\\033[5Xone\\033[2Gtwo, and on\\n"], ("", []), differs=Deviation(
                     "does not know the last letter it swallows the text that follows",
                     ("onetwo, and on\n", [])))

if __name__ == "__main__":
    table.run()
