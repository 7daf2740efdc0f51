"""The sockets of HTTP servers under Debian's supervisord and under us: owner, mode, what is in the
way, and what both say when a socket cannot be had."""

import os
import pwd
import socket
import stat
import subprocess
import threading

from both import SUPERVISORD, Busvisor, Supervisor, need_supervisor

import processes
import tap
from busvisor import Folder, clean_environment, program

HEAD = """
[supervisord]
logfile=%(here)s/log
pidfile=%(here)s/pid
childlogdir=%(here)s
"""
NOBODY = 65534


def run(file, folder, sections, arguments, user):
    """Exit status and what it says."""
    folder.write("c.conf", HEAD + sections)
    os.makedirs(folder.file("run"), mode=0o777, exist_ok=True)
    os.chmod(folder.file("run"), 0o777)
    environment = dict(clean_environment(), RUNTIME_DIRECTORY=folder.file("run"),
                       STATE_DIRECTORY=folder.file("run"))
    command = ["setpriv", "--reuid=%d" % user, "--clear-groups"] if user else []
    result = subprocess.run(command + [file, "-c", folder.file("c.conf")] + arguments,
                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, text=True, cwd=folder.path, check=False,
                            env=environment, timeout=processes.WAIT_LIMIT)
    return result.returncode, result.stderr


def first_line(stderr, folder):
    """Of Supervisor's message, without its "Error: " and with the folder as HERE."""
    line = next(line for line in stderr.splitlines() if line.startswith("Error: "))
    return line[len("Error: "):].replace(folder.path, "HERE")


def refused(sections, prepare=lambda folder: None, arguments=("-n",), user=None):
    """Both must refuse with the same status and words; ours may say more. Answers the words."""
    with Folder() as theirs, Folder() as ours:
        for folder in (theirs, ours):
            os.chmod(folder.path, 0o777)
            prepare(folder)
        their_status, their_text = run(SUPERVISORD, theirs, sections, list(arguments), user)
        our_status, our_text = run(program("busvisord"), ours, sections, list(arguments), user)
        expected = first_line(their_text, theirs)
        actual = our_text.replace(ours.path, "HERE")
        tap.check(actual.startswith(expected), "%s\n  is not the beginning of\n%s" % (
            expected, actual))
        tap.same((our_status, their_status), (2, 2), "exit status")
        return expected


class Other:
    """Somebody else who listens, and answers what comes."""

    def __init__(self, family, address):
        self.socket = socket.socket(family)
        self.socket.bind(address)
        self.socket.listen()
        self.address = self.socket.getsockname()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                with self.socket.accept()[0] as client:
                    client.recv(1000)
                    client.sendall(b"x")
            except OSError:
                return


@tap.case("a UNIX socket on which somebody listens, in the foreground and in the background")
def unix_in_use():
    def prepare(folder):
        Other(socket.AF_UNIX, folder.file("http"))
    for arguments in (["-n"], []):
        text = refused("[unix_http_server]\nfile=%(here)s/http\n", prepare, arguments)
        tap.check("already listening" in text, text)


@tap.case("a TCP port on which somebody listens")
def tcp_in_use():
    other = Other(socket.AF_INET, ("127.0.0.1", 0))
    for address in ("127.0.0.1:%d", "*:%d", "localhost:%d"):
        text = refused("[inet_http_server]\nport=%s\n" % (address % other.address[1]))
        tap.check("already listening" in text, text)


@tap.case("what the system refuses is named as Supervisor names it")
def refused_by_system():
    text = refused("[unix_http_server]\nfile=%(here)s/none/http\n")
    tap.check("errno.ENOENT (2)" in text, text)
    text = refused("[unix_http_server]\nfile=/%s\n" % ("x" * 120))
    tap.check("AF_UNIX path too long" in text, text)
    text = refused("[inet_http_server]\nport=192.0.2.1:1\n")
    tap.check("errno.EADDRNOTAVAIL" in text, text)
    text = refused("[inet_http_server]\nport=no host at all:1\n")
    tap.check("reported -" in text, text)


@tap.case("what this user may not do is named as Supervisor names it")
def refused_to_user():
    user = NOBODY if os.geteuid() == 0 else None
    text = refused("[unix_http_server]\nfile=%(here)s/http\nchown=root:root\n", user=user)
    tap.check("Not permitted to chown" in text, text)
    text = refused("[unix_http_server]\nfile=/http-of-a-test\n", user=user)
    tap.check("errno.EACCES" in text or "errno.EROFS" in text, text)


SERVED = """
[unix_http_server:mode]
file=%(here)s/mode
chmod=0123
[unix_http_server:owner]
file=%(here)s/owner
chown=1:2
"""
NO_PASSWORD = ("CRIT Server 'unix_http_server:mode' running without any HTTP authentication "
               "checking")
NAMES = ("http", "mode", "owner")


def leave_stale(folder):
    for path in (folder.path, folder.file("run")):
        os.chmod(path, 0o777)
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(folder.file("mode"))
        os.chmod(folder.file("mode"), 0o777)  # we look who is there, so must be able to


def rights(run_of):
    """Owner, group and mode of each socket."""
    found = [os.stat(run_of.file(name)) for name in NAMES]
    return [(s.st_uid, s.st_gid, stat.S_IMODE(s.st_mode)) for s in found]


def are_up(run_of):
    return all(can_connect(run_of.file(name)) for name in NAMES)


def can_connect(path):
    with socket.socket(socket.AF_UNIX) as one:
        try:
            one.connect(path)
        except OSError:
            return False
    return True


def of_both(sections, more_of_head=""):
    """The rights of the sockets, which are the same; what was stale is gone, and so are they at the
    end."""
    found = []
    for kind in (Supervisor, Busvisor):
        with kind(sections, more_of_head, prepare=leave_stale) as one:
            processes.wait_for(lambda one=one: are_up(one), "the sockets")
            found.append(rights(one))
            for text in ("Unlinking stale socket %s" % one.file("mode"), NO_PASSWORD,
                         "INFO supervisord started with pid"):
                processes.wait_for(lambda: text in one.read("output") + one.read("main.log"), text)
            tap.same(one.end(), 0)
            tap.same([n for n in NAMES if os.path.exists(one.file(n))], [], "left behind")
    tap.same(found[1], found[0])
    return found[0]


@tap.case("owner and mode are the same, what is stale goes, and nothing is left at the end")
def owner_and_mode():
    if os.geteuid() != 0:
        raise tap.Skip("only root can give a socket away")
    found = of_both(SERVED)
    tap.same(found, [(0, 0, 0o700), (0, 0, 0o123), (1, 2, 0o700)])


@tap.case("with user= the sockets are that user's")
def of_user():
    if os.geteuid() != 0:
        raise tap.Skip("only root can become somebody else")
    group = pwd.getpwuid(NOBODY).pw_gid
    found = of_both(SERVED.replace("chown=1:2\n", ""), "user=nobody\n")
    tap.same(found, [(NOBODY, group, 0o700), (NOBODY, group, 0o123), (NOBODY, group, 0o700)])


need_supervisor()
tap.run()
