"""Table: the rows of a matrix. One configuration made of all rows runs once under each of the two;
then each row looks at both and is a case of its own. All tables of a test run at the same time, as
they mostly wait.

A row names the options that it is for ("program.umask"), so that one can see whether all have one.
Where Busvisor differs on purpose, the row says how, and where the manual tells of it.
"""

import atexit
import contextlib
import os
import re
import signal
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
sys.path.insert(0, os.path.join(HERE, "..", "..", "bus"))

import processes  # noqa: E402
import tap  # noqa: E402
from both import Busvisor, Supervisor, need_supervisor  # noqa: E402
from busvisor import source  # noqa: E402
from seen import seen  # noqa: E402

# What Supervisor does need not be known beforehand.
ANY = object()

# All tables that have been made.
tables = []


class Deviation:
    """What Busvisor does instead, and words of man/busvisor-migrating.7 that tell of it."""

    def __init__(self, words, ours):
        """ours: the value, or a function of Supervisor's."""
        self.words = words
        self.ours = ours

    def expected(self, theirs):
        return self.ours(theirs) if callable(self.ours) else self.ours


class Row:
    def __init__(self, options, title, look, sections="", expected=ANY, differs=None, ready=None,
                 stop=(), stopped=None, leaves=(), at_end=False, root=False):
        """look(run): the value to compare, with the folder of the run masked; when the daemon has
        ended if at_end. expected: what it is under Supervisor. ready(run): when the row has what
        it wants; stop: processes to be stopped then, and stopped(run) when that has been. leaves:
        what the probe calls processes that go on without anybody to end them. root: only where
        the test is root."""
        self.options = [options] if isinstance(options, str) else list(options)
        self.title = title
        self.look = look
        self.sections = sections
        self.expected = expected
        self.differs = differs
        self.ready = ready
        self.stop = stop
        self.stopped = stopped
        self.leaves = leaves
        self.at_end = at_end
        self.root = root
        self.values = {}

    @property
    def description(self):
        return "%s: %s" % (", ".join(self.options) or "all", self.title)

    def runs_here(self):
        return not self.root or os.getuid() == 0

    def take(self, run):
        """What the row sees, or the exception that came of it."""
        try:
            self.values[type(run)] = masked(self.look(run), run.path)
        except Exception as error:  # its own case tells
            self.values[type(run)] = error

    def value(self, kind):
        tap.check(kind in self.values, "there was no complete run")
        if isinstance(self.values[kind], Exception):
            raise self.values[kind]
        return self.values[kind]

    def compare(self):
        if not self.runs_here():
            raise tap.Skip("needs root")
        theirs, ours = self.value(Supervisor), self.value(Busvisor)
        if self.expected is not ANY:
            tap.same(theirs, self.expected, "under Supervisor")
        if self.differs:
            tap.check(theirs != ours, "no longer a deviation: both have %r" % (ours,))
            tap.same(ours, self.differs.expected(theirs), "under Busvisor, other than Supervisor")
            tap.check(self.differs.words in manual(), "not in the manual: " + self.differs.words)
        else:
            tap.same(ours, theirs, "under Busvisor, as under Supervisor")


def masked(value, path):
    """The folder of the run is another in each."""
    if isinstance(value, str):
        return value.replace(path, "HERE")
    if isinstance(value, dict):
        return {masked(k, path): masked(v, path) for k, v in value.items()}
    if isinstance(value, (list, tuple, set)):
        return type(value)(masked(v, path) for v in value)
    return value


def manual():
    """The text of busvisor-migrating.7 on one line, without its marks."""
    with open(source("man/busvisor-migrating.7"), encoding="utf-8") as stream:
        text = re.sub(r"^\.(?:It|Li|Ic|Dv|Ev|Fl|Nm|Pa)\b", "", stream.read(), flags=re.MULTILINE)
    return " ".join(text.split())


class Table:
    """One configuration."""

    def __init__(self, name, stop_all=False, lacking=None, **settings):
        """stop_all: before the end, at which Supervisor takes a second for each group. lacking: why
        this one cannot be had here, if so. settings: those of both.Run."""
        self.name = name
        self.lacking = lacking
        self.stop_all = stop_all
        self.settings = settings
        self.rows = []
        self.runs = []
        self.exit_status = {}
        tables.append(self)

    def add(self, *arguments, **more):
        """A row; answers it."""
        row = Row(*arguments, **more)
        self.rows.append(row)
        return row

    def row(self, options, title, sections="", **more):
        """Marks a function of the run as what a row looks at."""
        def register(look):
            return self.add(options, title, look, sections, **more)
        return register

    def rows_here(self):
        return [r for r in self.rows if r.runs_here()]

    def _prepare(self, run):
        os.mkdir(run.file("seen"))
        os.chmod(run.file("seen"), 0o777)
        if self.settings.get("prepare"):
            self.settings["prepare"](run)

    def start(self, stack):
        """Both, which end with the stack at the latest."""
        settings = dict(self.settings, prepare=self._prepare)
        sections = "".join(dict.fromkeys(r.sections for r in self.rows_here()))
        for kind in (Supervisor, Busvisor):
            self.runs.append(stack.enter_context(kind(sections, **settings)))

    def work(self):
        """Up to where all rows can be looked at that look while the daemons run."""
        try:
            self._wait("ready")
            for run in self.runs:
                run.stop([name for r in self.rows_here() for name in r.stop])
            self._wait("stopped")
            self._look(at_end=False)
        except BaseException:
            for run in self.runs:
                tap.diagnostics("%s said:\n%s" % (type(run).__name__, run.read("main.log")))
            raise

    def begin_end(self):
        """Answers a function that waits for it."""
        for run in self.runs:
            self._tidy(run)
        waits = [(type(run), run.begin_end()) for run in self.runs]

        def wait():
            self.exit_status = {kind: each() for kind, each in waits}
            self._look(at_end=True)
        return wait

    def _tidy(self, run):
        for name in [name for r in self.rows_here() for name in r.leaves]:
            if processes.is_alive(seen(run, name)["pid"]):
                os.kill(seen(run, name)["pid"], signal.SIGKILL)
        if self.stop_all:
            run.control("stop", "all")

    def _wait(self, what):
        for row in self.rows_here():
            condition = getattr(row, what)
            for run in self.runs if condition else ():
                processes.wait_for(lambda: condition(run), "%s under %s, until %s" % (
                    row.description, type(run).__name__, what))

    def _look(self, at_end):
        for row in self.rows_here():
            for run in self.runs if row.at_end == at_end else ():
                row.take(run)

    def is_here(self):
        return not self.lacking and bool(self.rows_here())

    def compare(self, row):
        if self.lacking:
            raise tap.Skip(self.lacking)
        row.compare()


# Before the names of cases without which no other one works.
NEEDED = "for all rows: "


def register_runs(stack):
    @tap.case(NEEDED + "everything is started")
    def start():
        need_supervisor()
        for each in here():
            each.start(stack)
    for table in tables:
        @tap.case(NEEDED + table.name + " comes to where there is something to see")
        def work(table=table):
            need_supervisor()
            if not table.is_here():
                raise tap.Skip(table.lacking or "needs root")
            table.work()

    @tap.case(NEEDED + "everything ends, with the same exit status")
    def end():
        try:
            need_supervisor()
            for wait in [t.begin_end() for t in here()]:
                wait()
            left = processes.descendants(os.getpid())
            tap.same([processes.command_line(p) for p in left], [], "processes left behind")
        finally:
            stack.close()
            processes.end_all_below(os.getpid())
        for table in here():
            tap.same(table.exit_status[Busvisor], table.exit_status[Supervisor], table.name)


def here():
    return [t for t in tables if t.is_here()]


def run():
    """All tables. Does not return."""
    stack = contextlib.ExitStack()
    atexit.register(stack.close)
    if sys.argv[1:]:
        sys.argv.append(NEEDED)
    register_runs(stack)
    for table in tables:
        for row in table.rows:
            tap.case(row.description)(lambda t=table, r=row: t.compare(r))
    tap.run()
