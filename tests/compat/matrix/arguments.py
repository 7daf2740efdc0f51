"""The command line of supervisord: each option, in its short and in its long form, goes before the
configuration file."""

import glob
import os
import pwd
import re
import resource
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import table  # noqa: E402  and with it the folders of the rest
import processes  # noqa: E402
import tap  # noqa: E402
from both import SUPERVISORD, need_supervisor  # noqa: E402
from busvisor import Folder, clean_environment, program, read  # noqa: E402
from seen import has_seen, probe, section, seen, writer  # noqa: E402

NOBODY = pwd.getpwnam("nobody")
# What the file says, so that the command line has something to go before.
FILE = ("user=root\n" if os.getuid() == 0 else "") + """umask=077
directory=/usr
logfile_maxbytes=50MB
logfile_backups=10
loglevel=warn
minfds=400
minprocs=100
nocleanup=false
strip_ansi=false
silent=false
"""
# What comes before the names of the options that have a row: "-l", "--logfile".
tested = set()


def inherit():
    for limit, soft in ((resource.RLIMIT_NOFILE, 300), (resource.RLIMIT_NPROC, 4000)):
        resource.setrlimit(limit, (soft, resource.getrlimit(limit)[1]))


def prepare(run):
    os.makedirs(run.file("logs"))
    run.write("logs/old-stdout---other-12345678.log", "old")
    for path in (run.path, run.file("logs"), run.file("run")):
        os.chmod(path, 0o777)


class Arguments(table.Table):
    """The rows of one command line: pairs of option and value."""

    def __init__(self, name, pairs, **settings):
        words = []
        for option, value in pairs:
            tested.add(option.rstrip("="))
            if value is None:
                words.append(option)
            else:
                words += [option + value] if option.endswith("=") else [option, value]
        super().__init__(name, more_of_head=FILE, arguments=words, inherit=inherit,
                         prepare=prepare, **settings)
        self.options = [o.rstrip("=") for o, _ in pairs]

    def shows(self, letter, name, title, look, expected, sections="", **more):
        """A row for the option, if this command line has it."""
        found = [o for o in self.options if o in ("-" + letter, "--" + name)]
        if found:
            self.add(found, title, look, sections, expected, **more)


def names(run, pattern):
    return sorted(re.sub(r"-\w{8}\.log", "-RANDOM.log", os.path.basename(p))
                  for p in glob.glob(run.file(pattern)))


def log_text(run):
    return "".join(read(p) for p in glob.glob(run.file("other.log*")))


PROGRAMS = (section("program", "looks", "", probe("looks")) +
            section("program", "colours", "stdout_logfile=%(here)s/colours.log\n",
                    writer("1:\\033[31mred\\033[0m\\n")) +
            section("program", "auto", "", writer("1:out\\n", "2:error\\n")) +
            section("program", "talks", "stdout_logfile=NONE\n",
                    writer("1*60:a line that makes the main log grow\\n")))


def all_ended(run):
    return has_seen("looks")(run) and run.read("colours.log") and "60 a line" in log_text(run)


def add_rows(arguments):
    """What is to be seen of each option."""
    shows = arguments.shows
    shows("l", "logfile", "is the log", lambda run: (
        os.path.exists(run.file("main.log")), "60 a line" in log_text(run)), (False, True),
        PROGRAMS, ready=all_ended)
    shows("e", "loglevel", "is what is logged", lambda run: " DEBG " in log_text(run), True)
    shows("y", "logfile_maxbytes", "is the size",
          lambda run: os.stat(run.file("other.log.1")).st_size // 2000, 1)
    shows("z", "logfile_backups", "so many", lambda run: names(run, "other.log*"),
          ["other.log", "other.log.1"])
    shows("j", "pidfile", "is that file", lambda run: (
        os.path.exists(run.file("pid")), run.read("other.pid") == "%d\n" % run.pid),
        (False, True))
    shows("q", "childlogdir", "where automatic logs are", lambda run: names(run, "logs/auto*"),
          ["auto-stderr---other-RANDOM.log", "auto-stdout---other-RANDOM.log"])
    shows("i", "identifier", "is in their names", lambda run: names(run, "logs/auto-stdout*"),
          ["auto-stdout---other-RANDOM.log"])
    shows("k", "nocleanup", "old ones stay", lambda run: names(run, "logs/old*"),
          ["old-stdout---other-RANDOM.log"])
    shows("t", "strip_ansi", "takes colours away", lambda run: run.read("colours.log"), "red\n")
    shows("a", "minfds", "descriptors for programs", lambda run:
          seen(run, "looks")["soft_limits"][resource.RLIMIT_NOFILE], 555)
    shows("", "minprocs", "processes", lambda run:
          seen(run, "looks")["soft_limits"][resource.RLIMIT_NPROC], 4321)
    shows("n", "nodaemon", "it has not left", lambda run: run.process.poll(), None)
    shows("s", "silent", "nothing on stdout", lambda run: "spawned" in run.read("output"), False)
    shows("c", "configuration", "is the file", lambda run: bool(seen(run, "looks")), True)
    shows("m", "umask", "is the daemon's and its programs'",
          lambda run: seen(run, "looks")["umask"], 0o027)
    shows("d", "directory", "is where they are", lambda run: (
        seen(run, "looks")["directory"], os.readlink("/proc/%d/cwd" % run.pid)),
        ("/usr/share", "/usr/share"))
    shows("u", "user", "is who they are", lambda run: seen(run, "looks")["uids"],
          [NOBODY.pw_uid] * 3, root=True)


ELSEWHERE = (("l", "logfile", "HERE/other.log"), ("e", "loglevel", "debug"),
             ("y", "logfile_maxbytes", "2000"), ("z", "logfile_backups", "1"),
             ("q", "childlogdir", "HERE/logs"), ("i", "identifier", "other"),
             ("k", "nocleanup", None), ("t", "strip_ansi", None), ("a", "minfds", "555"))
FOREGROUND = ELSEWHERE + (("n", "nodaemon", None), ("s", "silent", None),
                          ("j", "pidfile", "HERE/other.pid"))
IN_BACKGROUND = ELSEWHERE + (("m", "umask", "027"), ("d", "directory", "/usr/share"),
                             ("u", "user", "nobody" if os.getuid() == 0 else None))


def short(options):
    return [("-" + o, v) for o, _, v in options]


def long(options):
    return [("--%s=" % o if v else "--" + o, v) for _, o, v in options]


def long_in_two_words(options):
    return [("--" + o, v) for _, o, v in options]


def usable(options):
    """What only root can do apart."""
    return [o for o in options if o[0] != "u" or os.getuid() == 0]


for each in (Arguments("short", short(FOREGROUND), foreground=None),
             Arguments("long", long(FOREGROUND) + [("--minprocs", "4321")], foreground=None),
             Arguments("short, in the background", short(usable(IN_BACKGROUND)),
                       foreground=False),
             Arguments("long, in the background", long_in_two_words(usable(IN_BACKGROUND)),
                       foreground=False)):
    add_rows(each)

# What ends at once

CONFIGURATION = "[supervisord]\nlogfile=%(here)s/log\npidfile=%(here)s/pid\n"


def begin(command, folder, arguments):
    words = [a.replace("HERE", folder.path) for a in arguments]
    return subprocess.Popen([command] + words, cwd=folder.path, env=clean_environment(),
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE)


def outcome(process):
    """The exit status, and on which of stdout and stderr there was something."""
    out, err = process.communicate(timeout=processes.WAIT_LIMIT)
    return process.returncode, bool(out), bool(err)


def ends_case(title, *arguments):
    tested.update(a.split("=")[0] for a in arguments
                  if re.match("-[hv?c]$|--(help|version|configuration=)", a))

    @tap.case("%s: %s" % (" ".join(arguments), title))
    def ends():
        need_supervisor()
        with Folder() as folder:
            folder.write("file.conf", CONFIGURATION)
            both = [begin(c, folder, arguments) for c in (SUPERVISORD, program("busvisord"))]
            theirs, ours = map(outcome, both)
        tap.same(ours, theirs)


NOT_UNDERSTOOD = "is not understood"
for each in ("-h", "--help", "-?"):
    ends_case("help", each)
for each in ("-v", "--version"):
    ends_case("version", each)
ends_case("a file that there is not", "-c", "HERE/nothing.conf")
ends_case("a folder", "--configuration=HERE")
ends_case(NOT_UNDERSTOOD, "--no-such-option")
ends_case(NOT_UNDERSTOOD, "-n", "-c")
ends_case(NOT_UNDERSTOOD, "-c", "HERE/file.conf", "word")
ends_case(NOT_UNDERSTOOD, "-c", "HERE/file.conf", "-n", "-n")
ends_case(NOT_UNDERSTOOD, "-c", "HERE/file.conf", "-l", "a", "--logfile", "b")
for each in (("-e", "loudly"), ("-m", "9"), ("-u", "no-such-user"), ("-a", "many"), ("-y", "much"),
             ("-z", "few"), ("-d", "HERE/nowhere"), ("-q", "HERE/nowhere"), ("-l", "HERE/no/log"),
             ("-j", "HERE/no/pid"), ("--minprocs", "x"), ("--log", "HERE/log")):
    ends_case(NOT_UNDERSTOOD, "-c", "HERE/file.conf", *each)


@tap.case("each option of the command line has a row")
def complete():
    need_supervisor()
    from supervisor.options import ServerOptions
    options = ServerOptions()
    known = ["-" + o.rstrip(":") for o in options.short_options]
    known += ["--" + o.rstrip("=") for o in options.long_options]
    tap.same([o for o in known if o not in tested | {"--profile_options"}],
             [] if os.getuid() == 0 else ["-u", "--user"])


if __name__ == "__main__":
    table.run()
