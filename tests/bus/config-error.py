"""A file with an error: one line that says where, exit 2, and nothing was started."""

import os
import re

import processes
import tap
from busvisor import Folder, run_busvisord

GOOD = "[supervisord]\nlogfile=%(here)s/main.log\npidfile=%(here)s/pid\nnodaemon=true\n" \
       "[program:first]\ncommand=/bin/sh -c 'touch %(here)s/started; exec sleep 1000'\n"
N_GOOD = GOOD.count("\n")

INI_ERRORS = (
    ("a program without command", "[program:bad]\nautostart=true\n", 1),
    ("a number that is none", "[program:bad]\ncommand=/bin/cat\nstartsecs=soon\n", 3),
    ("an unknown signal", "[program:bad]\ncommand=/bin/cat\nstopsignal=SIGNOPE\n", 3),
    ("an unknown boolean", "[program:bad]\ncommand=/bin/cat\nautostart=perhaps\n", 3),
    ("an unknown event", "[eventlistener:bad]\ncommand=/bin/cat\nevents=NO_SUCH_EVENT\n", 3),
    ("a listener without events", "[eventlistener:bad]\ncommand=/bin/cat\n", 1),
    ("an unknown name in an expansion", "[program:bad]\ncommand=/bin/%(nothing)s\n", 2),
    ("a line without a value", "[program:bad]\ncommand=/bin/cat\nnonsense\n", 3),
    ("a group with an unknown program", "[group:bad]\nprograms=first,nobody\n", 2),
    ("numprocs without process_num", "[program:bad]\ncommand=/bin/cat\nnumprocs=2\n", 1),
)

YAML_GOOD = "supervisord: {logfile: main.log, pidfile: pid, nodaemon: true}\nprograms:\n" \
            "  first: {command: touch started}\n"
YAML_ERRORS = (
    ("an unknown key", "  bad: {command: /bin/cat, autostrat: true}\n", 4, "autostart"),
    ("a wrong type", "  bad: {command: /bin/cat, numprocs: many}\n", 4, "numprocs"),
    ("a duplicate", "  first: {command: /bin/cat}\n", 4, "first"),
    ("broken syntax", "  bad: {command: [/bin/cat\n", None, ""),
)


def check_refused(folder, name, text, line, column, words=""):
    """line None: any line."""
    file = folder.write(name, text)
    result = run_busvisord(folder, "-n", "-c", file, "--bus", "private")
    tap.same((result.returncode, result.stdout), (2, ""), "exit status, stdout")
    lines = result.stderr.splitlines()
    tap.same(len(lines), 1, "lines on stderr: %r" % result.stderr)
    place = r"%s:%s:%s" % (re.escape(file), r"\d+" if line is None else line,
                           r"\d+:" if column else "")
    tap.check(re.match(place + " .+", lines[0]), "%r does not begin with %r" % (lines[0], place))
    tap.check(words in lines[0], "%r is not in %r" % (words, lines[0]))
    tap.same(sorted(os.listdir(folder.path)), [name], "files")
    tap.same(processes.descendants(os.getpid()), [], "processes")


def ini_case(description, text, line):
    @tap.case("INI: " + description)
    def refused():
        with Folder() as folder:
            check_refused(folder, "supervisord.conf", GOOD + text, N_GOOD + line, False)


def yaml_case(description, text, line, words):
    @tap.case("YAML: " + description)
    def refused():
        with Folder() as folder:
            check_refused(folder, "busvisor.yaml", YAML_GOOD + text, line, True, words)


for error in INI_ERRORS:
    ini_case(*error)
for error in YAML_ERRORS:
    yaml_case(*error)


@tap.case("an error in an included file is told with that file")
def included():
    with Folder() as folder:
        part = folder.write("part.conf", "[program:bad]\ncommand=/bin/cat\npriority=high\n")
        main = folder.write("supervisord.conf", GOOD + "[include]\nfiles=part.conf\n")
        result = run_busvisord(folder, "-n", "-c", main)
        tap.same(result.returncode, 2)
        tap.check(result.stderr.startswith(part + ":3: "), result.stderr)
        tap.check(not os.path.exists(folder.file("started")), "something was started")


@tap.case("a file that does not exist")
def missing():
    with Folder() as folder:
        result = run_busvisord(folder, "-n", "-c", "/nonexistent/supervisord.conf")
        tap.same((result.returncode, len(result.stderr.splitlines())), (2, 1), result.stderr)
        tap.check("/nonexistent/supervisord.conf" in result.stderr, result.stderr)


tap.run()
