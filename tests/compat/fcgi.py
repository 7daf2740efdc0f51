"""fcgi-programs under Debian's Supervisor and under us: what they find, and what clients find."""

import os
import re
import socket
import stat

from both import HERE, PYTHON, Busvisor, Supervisor, need_supervisor

import processes
import tap

WEB = """
[fcgi-program:web]
command=%s %s/responder.py
socket=unix://%%(here)s/socket
socket_mode=0750
numprocs=2
process_name=%%(program_name)s_%%(process_num)d
startsecs=0
autorestart=true
exitcodes=3
""" % (PYTHON, HERE)


def ask(address, word):
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(processes.WAIT_LIMIT)
        client.connect(address)
        client.sendall(word.encode())
        return client.recv(1000).decode()


def observed(kind):
    """All that can be seen from outside, without names that differ from run to run."""
    with kind(WEB) as run:
        path = run.file("socket")

        def both():
            return len(re.findall("success: web_", run.read("main.log"))) >= 2
        processes.wait_for(both, "the processes")
        status = os.stat(path)
        seen = {
            "descriptors": ask(path, "mode").replace(path, "PATH"),
            "mode": oct(status.st_mode),
            "owner": (status.st_uid, status.st_gid),
            "first line": re.findall(r"INFO (Creating socket) unix://", run.read("main.log"))[:1],
        }
        ask(path, "end 3")
        processes.wait_for(lambda: int(ask(path, "who")) > 0, "an answer")
        processes.wait_for(lambda: len(re.findall("exited: web_", run.read("main.log"))) == 1,
                           "its end")
        seen["exit"] = re.findall(r"exited: web_\d (\(.*\))", run.read("main.log"))
        seen["status"] = run.end()
        seen["left"] = (os.path.exists(path), stat.S_ISSOCK(os.lstat(path).st_mode))
        return seen


@tap.case("the socket, what processes find of it, and what is left of it")
def same():
    need_supervisor()
    tap.same(observed(Busvisor), observed(Supervisor))


def refused(kind, url):
    """How a program ends whose socket is taken from the first moment on."""
    section = WEB.replace("unix://%(here)s/socket", url).replace("socket_mode=0750\n", "")
    with kind(section) as run:
        if kind is Supervisor:
            processes.wait_for(lambda: run.process.poll() is not None, "its end")
            return run.process.returncode
        processes.wait_for(lambda: "spawnerr: Could not create" in run.read("main.log"), "it")
        return run.end()


@tap.case("a socket that is taken ends Supervisor, and not us")
def taken():
    need_supervisor()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        url = "tcp://127.0.0.1:%d" % other.getsockname()[1]
        tap.check(refused(Supervisor, url) != 0, "Supervisor goes on")
        tap.same(refused(Busvisor, url), 0)


tap.run()
