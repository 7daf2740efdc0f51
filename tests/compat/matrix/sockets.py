"""The sockets of fcgi-programs: what they are, whose, how many may wait, and who shares them."""

import grp
import os
import pwd
import re
import socket
import stat
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import table  # noqa: E402  and with it the folders of the rest
from seen import has_seen, probe, seen  # noqa: E402
from table import ANY  # noqa: E402

NOBODY = pwd.getpwnam("nobody")


def free_port(run):
    """As %(ENV_PORT)s; one for each run."""
    with socket.socket() as probing:
        probing.bind(("127.0.0.1", 0))
        run.environment["PORT"] = str(probing.getsockname()[1])


sockets = table.Table("sockets", prepare=free_port)


def stays(name, lines, processes=1):
    """The probe, in so many processes that stay."""
    return ("\n[fcgi-program:%s]\ncommand=%s-%%(process_num)d stay\nnumprocs=%d\nstartsecs=0\n"
            "process_name=%%(program_name)s_%%(process_num)d\nautorestart=false\n%s\n" % (
                name, probe(name), processes, lines))


def row(options, title, name, lines, look, expected=ANY, processes=1, **more):
    names = ["%s-%d" % (name, i) for i in range(processes)]
    sockets.add(["fcgi-program." + o for o in options], title, lambda run: look(run, name),
                stays(name, lines, processes), expected, ready=has_seen(*names), **more)


def unix(name):
    return "socket=unix://%%(here)s/%s.socket\n" % name


def mode_and_owner(run, name):
    status = os.stat(run.file(name + ".socket"))
    return oct(status.st_mode), status.st_uid, status.st_gid


def address(run, name):
    return seen(run, name + "-0")["address"].replace(run.environment["PORT"], "PORT")


def connections(run, name):
    """How many can be made before one would have to wait; nobody accepts them."""
    made = []
    try:
        while len(made) < 100:
            one = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
            made.append(one)
            one.connect(run.file(name + ".socket"))
        return "100 and more"
    except BlockingIOError:
        return len(made) - 1
    finally:
        for each in made:
            each.close()


def lines_about_making(run, name):
    """Once: Supervisor makes it to see whether it can, and then again or not."""
    url = re.escape(run.file(name + ".socket"))
    return set(re.findall(r" (INFO Creating socket unix://%s)$" % url, run.read("main.log"),
                          re.MULTILINE))


row(["socket"], "unix: its address", "unix", unix("unix"), address, "HERE/unix.socket")
row(["socket"], "tcp: its address", "tcp", "socket=tcp://127.0.0.1:%(ENV_PORT)s\n", address,
    "127.0.0.1:PORT")
row(["socket"], "names that stand for something", "named",
    "socket=unix://%(here)s/%(program_name)s.socket\n", address, "HERE/named.socket")
row(["socket", "numprocs"], "one for all processes", "shared", unix("shared"),
    lambda run, name: len({seen(run, "%s-%d" % (name, i))["socket"] for i in range(3)}), 1, 3)
row(["socket"], "what the log says when it is made", "made", unix("made"),
    lines_about_making, {"INFO Creating socket unix://HERE/made.socket"})
row(["socket"], "what is left of the file in the end", "left", unix("left"),
    lambda run, name: stat.S_ISSOCK(os.stat(run.file(name + ".socket")).st_mode), True,
    at_end=True)
row(["socket_mode", "socket_owner"], "for its owner alone if unset", "mode-unset",
    unix("mode-unset"), mode_and_owner,
    (oct(stat.S_IFSOCK | 0o700), os.getuid(), os.getgid()))
row(["socket_mode"], "is set", "mode", unix("mode") + "socket_mode=0613\n", mode_and_owner,
    (oct(stat.S_IFSOCK | 0o613), os.getuid(), os.getgid()))
row(["socket_owner"], "user and group", "owner", unix("owner") + "socket_owner=nobody:daemon\n",
    mode_and_owner, (oct(stat.S_IFSOCK | 0o700), NOBODY.pw_uid, grp.getgrnam("daemon").gr_gid),
    root=True)
row(["socket_owner"], "a user, the daemon's group", "owner-user", unix("owner-user") +
    "socket_owner=nobody\n", mode_and_owner,
    (oct(stat.S_IFSOCK | 0o700), NOBODY.pw_uid, os.getgid()), root=True)
row(["socket_owner", "user"], "that of user if unset", "owner-of-user",
    unix("owner-of-user") + "user=nobody\n", mode_and_owner,
    (oct(stat.S_IFSOCK | 0o700), NOBODY.pw_uid, NOBODY.pw_gid), root=True)
row(["socket_backlog"], "so many may wait", "backlog", unix("backlog") + "socket_backlog=5\n",
    connections, 6)
row(["socket_backlog"], "many if unset", "backlog-unset", unix("backlog-unset"), connections,
    "100 and more")

if __name__ == "__main__":
    table.run()
