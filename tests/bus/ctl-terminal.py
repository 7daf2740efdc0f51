"""Tables on a terminal: cut to its width, and in color where that is wanted; never elsewhere."""

import processes
import tap
from busvisor import Daemon, clean_environment, program
from terminal import Terminal

PROGRAMS = """
[program:a_program_with_a_name_that_is_longer_than_most_of_them_are]
command=/bin/cat
startsecs=0

[program:lost]
command=/nonexistent/program
"""

NAME = "a_program_with_a_name_that_is_longer_than_most_of_them_are"

TABLES = (["status"], ["avail"], ["watch", "-n1"], ["events", "--lines", "3"], ["reread", "-v"],
          ["listeners"])


def started(daemon):
    connection = daemon.connect()
    processes.wait_for(lambda: connection.state(NAME) == "RUNNING", "RUNNING")
    processes.wait_for(lambda: connection.state("lost") == "FATAL", "FATAL")


def shown(daemon, *arguments, **environment):
    """What is on a terminal of 40 columns, every byte of it."""
    with Terminal([program("busvisorctl"), "--address=" + daemon.address, *arguments],
                  clean_environment(), size=(24, 40), **environment) as terminal:
        terminal.wait_end()
        return terminal


@tap.case("lines are cut to the width, with an ellipsis")
def width():
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        for table in TABLES:
            lines = shown(daemon, *table).text.splitlines()
            tap.check(lines and all(len(line) <= 40 for line in lines), (table, lines))
        lines = shown(daemon, "status").screen()
        tap.same(lines[0], NAME[:39] + "\u2026")
        # Where names are short, the rest has the room of their column.
        tap.same(shown(daemon, "status", "lost").screen()[0].split()[:2], ["lost", "FATAL"])
        tap.check(shown(daemon, "status", "lost").text.startswith("lost  FATAL     can't find"),
                  shown(daemon, "status", "lost").text)
        for table in TABLES:
            tap.check("\u2026" not in daemon.ctl(*table).stdout, table)
        tap.check("RUNNING   pid " in daemon.ctl("status").stdout, "status is cut in a pipe")


@tap.case("colors on a terminal, unless they are not wanted")
def colors():
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        for options, environment, colored in (
                ([], {}, True), (["--no-color"], {}, False), ([], {"NO_COLOR": "1"}, False),
                ([], {"NO_COLOR": ""}, True)):
            data = shown(daemon, "status", "lost", *options, **environment).data
            tap.same(b"\x1b[31mFATAL" in data, colored, (options, environment))
        for table in TABLES:
            tap.check("\x1b" not in daemon.ctl(*table).stdout, table)
        # Terminals that know nothing of colors, or of which nothing is known.
        for kind in (["TERM=dumb"], ["TERM="], ["-u", "TERM"]):
            with Terminal(["env", *kind, program("busvisorctl"), "--address=" + daemon.address,
                           "status"], clean_environment()) as terminal:
                terminal.wait_end()
                tap.check(b"\x1b" not in terminal.data, terminal.data)


@tap.case("JSON and properties are never cut or colored")
def whole():
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        for command in (["status", "--json"], ["show", NAME]):
            terminal = shown(daemon, *command)
            tap.check(NAME in terminal.text and b"\x1b" not in terminal.data, terminal.data)


tap.run()
