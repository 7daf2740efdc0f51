"""The options of [supervisord]: what the daemon does to itself, its files and its programs."""

import glob
import os
import pwd
import re
import resource
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import table  # noqa: E402  and with it the folders of the rest
from both import recorder_command  # noqa: E402
from busvisor import program, read  # noqa: E402
from seen import has_seen, probe, section, seen  # noqa: E402
from table import Deviation  # noqa: E402

NOBODY = pwd.getpwnam("nobody")
WRITER = "%s 1:out\\n 2:error\\n" % program("tests/compat/matrix/writer")


def random_masked(names):
    return sorted(re.sub(r"-\w{8}\.log", "-RANDOM.log", n) for n in names)


# What one of the two has to say that the other cannot.
OWN = re.compile("success: .* > than 0 seconds|set current directory|running as root|on the bus as|"
                 "unix_http_server|RPC interface|hosts run as")


def main_lines(run):
    """Of the log, without dates and process ids."""
    lines = [re.sub(r"^\S+ \S+ ", "", l) for l in run.read("main.log").splitlines()]
    return [re.sub(r"\bpid \d+", "pid N", l) for l in lines if not OWN.search(l)]


# In the foreground, everything elsewhere than usual

HERE_AND_THERE = """identifier=other
logfile=%(here)s/other.log
pidfile=%(here)s/other.pid
childlogdir=%(here)s/logs
nocleanup=true
loglevel=warn
silent=true
nodaemon=true
strip_ansi=true
"""


def old_logs(run):
    os.makedirs(run.file("logs"))
    for identifier in ("same", "other"):
        for folder in (".", "logs"):
            run.write("%s/old-stdout---%s-12345678.log" % (folder, identifier), "old")
            run.write("%s/old-stdout---%s-12345678.log.1" % (folder, identifier), "old")
    run.write("logs/old-stdout.log", "old")


def old_left(folder):
    return lambda run: sorted(os.path.basename(p) for p in glob.glob(run.file(folder + "/old*")))


foreground = table.Table("foreground", more_of_head=HERE_AND_THERE, prepare=old_logs,
                         foreground=None)


@foreground.row("supervisord.identifier", "names the daemon to listeners", """
[eventlistener:watch]
command=%s
events=PROCESS_STATE
""" % recorder_command(), ready=lambda run: run.events(), expected="other")
def server(run):
    return run.events()[0]["headers"]["server"]


foreground.add(
    ["supervisord.childlogdir", "supervisord.identifier"], "where automatic logs are",
    lambda run: random_masked(os.path.basename(p) for p in glob.glob(run.file("logs/auto*"))),
    section("program", "auto", "", WRITER), ["auto-stderr---other-RANDOM.log",
                                             "auto-stdout---other-RANDOM.log"])
foreground.add("supervisord.nocleanup", "old automatic logs stay", old_left("logs"),
               expected=["old-stdout---other-12345678.log", "old-stdout---other-12345678.log.1",
                         "old-stdout---same-12345678.log", "old-stdout---same-12345678.log.1",
                         "old-stdout.log"])
foreground.add("supervisord.logfile", "is that file", lambda run: (
    run.read("main.log"), "exited: fails (exit status 1; not expected)" in run.read("other.log")),
    section("program", "fails", "", "/bin/false"), ("", True),
    ready=lambda run: "exited: fails" in run.read("other.log"))
foreground.add("supervisord.loglevel", "nothing less grave", lambda run: set(
    re.findall(r"^\S+ \S+ (\w{4}) ", run.read("other.log"), re.MULTILINE)) - {"CRIT"},
    expected={"WARN"})
foreground.add("supervisord.silent", "no copy of the log", lambda run:
               "exited: fails" in run.read("output"), expected=False)
foreground.add("supervisord.pidfile", "is that file, with its mode",
               lambda run: (run.read("other.pid") == "%d\n" % run.process.pid,
                            oct(os.stat(run.file("other.pid")).st_mode)),
               expected=(True, "0o100644"))
foreground.add("supervisord.pidfile", "is gone in the end",
               lambda run: os.path.exists(run.file("other.pid")), expected=False, at_end=True)
foreground.add("supervisord.nodaemon", "true: as -n", lambda run: run.process.poll(),
               expected=None)

# In the foreground, much of it by default

SMALL = "logfile_maxbytes=2000\nlogfile_backups=2\nloglevel=debug\n"
tidy = table.Table("tidy", more_of_head=SMALL, prepare=old_logs)


def sizes(run):
    """Of the files of the main log: the name, whether it is as large as asked for, or a line more,
    and whether it ends with a line."""
    found = []
    for path in sorted(glob.glob(run.file("main.log*"))):
        text = read(path)
        found.append((os.path.basename(path), 2000 <= len(text) < 2000 + 300, text[-1:] == "\n"))
    return found[1:]


MANY_LINES = section("program", "talks", "", program("tests/compat/matrix/writer") +
                     " '1*60:a line that makes the main log grow\\n'")


def talked(run):
    return any("'talks' stdout output:\n60 a line" in read(p)
               for p in glob.glob(run.file("main.log*")))


tidy.add("supervisord.nocleanup", "false: the old automatic logs of this one go",
         old_left("."), expected=["old-stdout---other-12345678.log",
                                  "old-stdout---other-12345678.log.1"])
tidy.add("supervisord.childlogdir", "those elsewhere stay", lambda run: len(old_left("logs")(run)),
         expected=5)
tidy.add(["supervisord.logfile_maxbytes", "supervisord.logfile_backups"],
         "so many of that size", sizes, MANY_LINES, [("main.log.1", True, True),
                                                     ("main.log.2", True, True)], ready=talked)

# In the background

BACKGROUND = """umask=027
directory=/usr/share
logfile_maxbytes=2000
logfile_backups=0
loglevel=debug
"""
background = table.Table("background", more_of_head=BACKGROUND, foreground=False)


def descriptors_of_daemon(run):
    return [os.readlink("/proc/%d/fd/%d" % (run.pid, fd)) for fd in (0, 1, 2)]


background.add("supervisord.nodaemon", "false: the launcher has ended with status 0",
               lambda run: run.process.wait(),
               section("program", "looks", "", probe("looks")) + MANY_LINES, 0,
               ready=lambda run: run.pid and has_seen("looks")(run))
background.add("supervisord.nodaemon", "false: a session of its own, for its programs as well",
               lambda run: (os.getsid(run.pid) == run.pid,
                            seen(run, "looks")["session"] == run.pid,
                            seen(run, "looks")["process_group"] == seen(run, "looks")["pid"]),
               expected=(True, True, True))
background.add("supervisord.nodaemon", "false: its descriptors", descriptors_of_daemon,
               expected=["/dev/null"] * 3)
background.add("supervisord.nodaemon", "false: nothing is said", lambda run:
               "spawned" in run.read("output"), expected=False)
background.add("supervisord.umask", "is set", lambda run: seen(run, "looks")["umask"],
               expected=0o027)
background.add("supervisord.umask", "of the pid file", lambda run:
               oct(os.stat(run.file("pid")).st_mode), expected="0o100640")
background.add("supervisord.directory", "is entered", lambda run: (
    seen(run, "looks")["directory"], os.readlink("/proc/%d/cwd" % run.pid)),
    expected=("/usr/share", "/usr/share"))
background.add("supervisord.logfile_backups", "none: the log begins anew",
               lambda run: [os.path.basename(p) for p in glob.glob(run.file("main.log*"))],
               expected=["main.log"], ready=lambda run: "60 a line" in run.read("main.log"),
               at_end=True)
background.add("program.command", "three descriptors",
               lambda run: seen(run, "looks")["descriptors"])

# In the foreground these two do nothing with Supervisor

plain = table.Table("plain", more_of_head="umask=077\ndirectory=/usr/share\nminprocs=%d\n" %
                    4321, inherit=lambda: resource.setrlimit(
                        resource.RLIMIT_NPROC,
                        (4000, resource.getrlimit(resource.RLIMIT_NPROC)[1])))
plain.add("supervisord.umask", "in the foreground", lambda run:
          seen(run, "looks")["umask"], section("program", "looks", "", probe("looks")),
          ready=lambda run: "exited: looks" in run.read("main.log"),
          differs=Deviation("is entered, with n too, and umask set", 0o077))
plain.add("supervisord.directory", "in the foreground", lambda run:
          seen(run, "looks")["directory"], expected="HERE",
          differs=Deviation("of [supervisord] is entered, with n too", "/usr/share"))
plain.add("supervisord.minprocs", "the limit of processes is raised to it",
          lambda run: seen(run, "looks")["soft_limits"][resource.RLIMIT_NPROC], expected=4321)
plain.add(["supervisord.minprocs", "supervisord.minfds"], "the log tells of it", lambda run:
          [l for l in main_lines(run) if "RLIMIT_NPROC" in l],
          expected=["INFO Increased RLIMIT_NPROC limit to 4321"])
plain.add("supervisord.silent", "false: a copy of the log on stdout", lambda run:
          "INFO spawned: 'looks' with pid" in run.read("output"), expected=True)
plain.add("supervisord.logfile", "first and last line", lambda run: [
    l for l in main_lines(run) if "supervisord started" in l or "received" in l], expected=[
        "INFO supervisord started with pid N",
        "WARN received SIGTERM indicating exit request"], at_end=True)
plain.add("supervisord.logfile", "all its lines but for what is about the bus and HTTP",
          lambda run: sorted(main_lines(run)), at_end=True)

# As another user


def for_everyone(run):
    for path in (run.path, run.file("run")):
        os.chmod(path, 0o777)


def owners(run):
    found = {}
    for path in glob.glob(run.file("*")):
        if re.search(r"/(main\.log|pid|auto-.*)$", path):
            found[re.sub(r"-\w{8}\.log", "-RANDOM.log", os.path.basename(path))] = (
                os.stat(path).st_uid, os.stat(path).st_gid)
    return found


user = table.Table("user", more_of_head="user=nobody\n", prepare=for_everyone)
user.add("supervisord.user", "programs are its", lambda run: [
    seen(run, "looks")[k] for k in ("uids", "gids", "groups")],
    section("program", "looks", "", probe("looks")) + section("program", "auto", "", WRITER),
    ready=has_seen("looks"), root=True)
user.add("supervisord.user", "so are the files of the daemon", owners, root=True,
         ready=lambda run: "exited: auto" in run.read("main.log"))
user.add("supervisord.user", "the log tells of it", lambda run: [
    l for l in main_lines(run) if "uid" in l],
    expected=["INFO Set uid to user %d succeeded" % NOBODY.pw_uid], root=True)
user.add("supervisord.user", "variables stay", lambda run: {
    k: seen(run, "looks")["environment"].get(k) for k in ("HOME", "USER", "LOGNAME", "SHELL")},
    root=True)

if __name__ == "__main__":
    table.run()
