"""Both: the same configuration under Debian's supervisord and under busvisord, side by side."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import xmlrpc.client

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bus"))

import bus  # noqa: E402
import processes  # noqa: E402
import tap  # noqa: E402
from busvisor import HERE, PYTHON, Folder, clean_environment, program  # noqa: E402

SUPERVISORD = "/usr/bin/supervisord"
SUPERVISORCTL = "/usr/bin/supervisorctl"

HEAD = """
[supervisord]
identifier=same
logfile=%(here)s/main.log
pidfile=%(here)s/pid
childlogdir=%(here)s
loglevel=info

[unix_http_server]
file=%(here)s/http

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl=unix://%(here)s/http
"""


def recorder_command(mode=""):
    """A listener that writes what it gets into the file "events" of the folder."""
    return "%s %s/recorder.py %%(here)s/events %s" % (PYTHON, HERE, mode)


class Run(Folder):
    """One of the two with the configuration, in a folder of its own."""

    def __init__(self, sections, more_of_head="", arguments=(), environment=None, prepare=None,
                 inherit=None, foreground=True):
        """more_of_head: further options of [supervisord]. arguments: of the command line, with HERE
        for the folder. A run that is not in the foreground by "-n" may be by other means:
        foreground=None.
        environment: variables besides. prepare(run): called when the folder is there.
        inherit(): called in the new process, for what it passes on."""
        self.foreground = foreground
        self.text = HEAD.replace("loglevel=info\n", "loglevel=info\n" + more_of_head) + sections
        self.arguments = list(arguments)
        self.environment = dict(environment or {})
        self.prepare = prepare
        self.inherit = inherit
        self.process = None
        self.recorded = {}

    def __enter__(self):
        super().__enter__()
        try:
            self.start()
        except BaseException:
            super().__exit__(None, None, None)
            raise
        return self

    def start(self):
        self.configuration = self.write("supervisord.conf", self.text)
        os.makedirs(self.file("run"))
        if self.prepare:
            self.prepare(self)
        environment = dict(clean_environment(), RUNTIME_DIRECTORY=self.file("run"),
                           STATE_DIRECTORY=self.file("run"), **self.environment)
        with open(self.file("output"), "ab") as output:
            self.began = time.monotonic()
            arguments = [a.replace("HERE", self.path) for a in self.arguments]
            self.process = subprocess.Popen(self.command() + arguments, cwd=self.path,
                                            stdin=subprocess.DEVNULL, stdout=output,
                                            stderr=output, env=environment, close_fds=False,
                                            preexec_fn=self.inherit)

    def __exit__(self, kind, error, trace):
        if kind is not None:
            tap.diagnostics("%s said:\n%s" % (type(self).__name__, self.read("main.log")))
        self.process.kill()
        self.process.wait()
        if self.foreground is False:
            processes.end_all_below(os.getpid())
        super().__exit__(kind, error, trace)

    def events(self, pool=None):
        """What the recorder of the run got so far; of several that of a pool, which has a file
        "events-POOL"."""
        file = "events-" + pool if pool else "events"
        recorded = self.recorded.setdefault(file, [])
        lines = self.read(file).splitlines(True)
        recorded += [json.loads(l) for l in lines[len(recorded):] if l.endswith("\n")]
        return recorded

    @property
    def pid(self):
        """Of the daemon; in the background from the pid file, None until that is there."""
        if self.foreground is not False:
            return self.process.pid
        text = self.read("pid")
        return int(text) if text.endswith("\n") else None

    def begin_end(self):
        """SIGTERM; answers a function that waits for the exit status, which in the background is
        that of who launched it."""
        pid = self.pid

        def wait():
            processes.wait_for(lambda: self.process.poll() is not None, "the end")
            processes.wait_for(lambda: not processes.is_alive(pid), "the end in the background")
            return self.process.returncode
        os.kill(pid, signal.SIGTERM)
        return wait

    def end(self):
        """Likewise, to its end."""
        return self.begin_end()()

    def control(self, *arguments, limit=processes.WAIT_LIMIT):
        """Runs the control program to its end."""
        return subprocess.run(self.control_command() + list(arguments), text=True,
                              stdin=subprocess.DEVNULL, capture_output=True,
                              env=clean_environment(), timeout=limit, check=False)


class Supervisor(Run):
    def command(self):
        return [SUPERVISORD, "-c", self.configuration] + ["-n"] * bool(self.foreground)

    def control_command(self):
        return [SUPERVISORCTL, "-c", self.configuration]

    def _server(self):
        from supervisor.xmlrpc import SupervisorTransport
        transport = SupervisorTransport(None, None, "unix://" + self.file("http"))
        return xmlrpc.client.ServerProxy("http://localhost", transport)

    def stop(self, names):
        """All at once, which supervisorctl cannot."""
        with self._server() as server:
            for name in names:
                server.supervisor.stopProcess(name, False)

    def send_remote(self, kind, data):
        """Raises a REMOTE_COMMUNICATION event."""
        with self._server() as server:
            server.supervisor.sendRemoteCommEvent(kind, data)


class Busvisor(Run):
    def command(self):
        return ([program("busvisord"), "-c", self.configuration, "--bus", "private"] +
                ["-n"] * bool(self.foreground))

    def control_command(self):
        return [program("busvisorctl"),
                "--address=unix:path=" + self.file("run/same/bus/socket")]

    def stop(self, names):
        if names:
            result = self.control("stop", *names)
            tap.same(result.returncode, 0, result.stdout)

    def send_remote(self, kind, data):
        connection = bus.Bus("unix:path=" + self.file("run/same/bus/socket"))
        connection.call(bus.ROOT, bus.EVENTS, "SendRemoteCommunication", "say",
                        (kind, data.encode()))
        connection.close()


def need_supervisor():
    if not shutil.which(SUPERVISORD):
        raise tap.Skip("the Debian package supervisor is not installed")
