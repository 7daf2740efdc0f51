"""Debian's supervisorctl against both servers: what goes on until it is interrupted."""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bus"))

import tap  # noqa: E402
from control import Terminal, compare, control, write  # noqa: E402
from terminal import CONTROL_C  # noqa: E402


def wait_ready_to_follow(terminal):
    terminal.wait("Press Ctrl-C to exit <==")


@tap.case("tail -f and maintail -f")
def follow():
    def steps(run):
        write(run, "cat.out", "before\n")
        for line, file in ((["tail", "-f", "cat"], "cat.out"),
                           (["tail", "-f", "cat", "stdout"], "cat.out"),
                           (["tail", "-f", "cat", "stderr"], "cat.err")):
            with Terminal(run, *line) as terminal:
                wait_ready_to_follow(terminal)
                if file == "cat.out":
                    terminal.wait("before")
                with open(run.file(file), "a", encoding="utf-8") as log:
                    log.write("after\n")
                terminal.wait("after")
                terminal.type(CONTROL_C)
                code, text = terminal.finish()
                # Where the client was when it was interrupted is a matter of chance.
                yield line, code, re.sub(r"\^C.*", "^C", text)
            write(run, file, "before\n")
        for line in ("tail -f nobody", "tail -f idle", "tail -f cat nowhere", "tail -f many:*"):
            yield line, control(run, *line.split())
        with Terminal(run, "maintail", "-f") as terminal:
            terminal.wait("cat entered RUNNING state")
            terminal.type(CONTROL_C)
            yield terminal.finish()[0]
    compare(steps)


@tap.case("fg")
def foreground():
    def steps(run):
        for line in ("fg", "fg nobody", "fg idle", "fg cat idle", "fg many:*"):
            yield line, control(run, *line.split())
        with Terminal(run, "fg", "cat") as terminal:
            wait_ready_to_follow(terminal)
            terminal.type("hello there\n")
            # Typed, and what the program has made of it.
            terminal.wait("hello there")
            terminal.wait("hello there")
            terminal.type(CONTROL_C)
            code, text = terminal.finish()
            # Its reading thread is ended by an exception wherever it is, and inside asyncore that
            # exception is printed: a matter of chance, too.
            yield code, re.sub(r"^\S* Cannot connect, error: <class 'SystemExit'>.*\n", "", text,
                               flags=re.MULTILINE)
    compare(steps)


tap.run()
