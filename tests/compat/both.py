"""Both: the same configuration under Debian's supervisord and under busvisord, side by side."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bus"))

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
    """One of the two with the configuration, in the foreground in a folder of its own."""

    def __init__(self, sections, more_of_head=""):
        """more_of_head: further options of [supervisord]."""
        self.text = HEAD.replace("loglevel=info\n", "loglevel=info\n" + more_of_head) + sections
        self.process = None

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
        environment = dict(clean_environment(), RUNTIME_DIRECTORY=self.file("run"),
                           STATE_DIRECTORY=self.file("run"))
        with open(self.file("output"), "wb") as output:
            self.began = time.monotonic()
            self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL,
                                            stdout=output, stderr=output, cwd=self.path,
                                            env=environment)

    def __exit__(self, kind, error, trace):
        if kind is not None:
            tap.diagnostics("%s said:\n%s" % (type(self).__name__, self.read("main.log")))
        self.process.kill()
        self.process.wait()
        super().__exit__(kind, error, trace)

    def events(self):
        """What the recorder of the run got so far."""
        return [json.loads(l) for l in self.read("events").splitlines(True) if l.endswith("\n")]

    def end(self):
        """SIGTERM, and its exit status."""
        self.process.send_signal(signal.SIGTERM)
        processes.wait_for(lambda: self.process.poll() is not None, "the end")
        return self.process.returncode

    def control(self, *arguments, limit=processes.WAIT_LIMIT):
        """Runs the control program to its end."""
        return subprocess.run(self.control_command() + list(arguments), text=True,
                              stdin=subprocess.DEVNULL, capture_output=True,
                              env=clean_environment(), timeout=limit, check=False)


class Supervisor(Run):
    def command(self):
        return [SUPERVISORD, "-n", "-c", self.configuration]

    def control_command(self):
        return [SUPERVISORCTL, "-c", self.configuration]


class Busvisor(Run):
    def command(self):
        return [program("busvisord"), "-n", "-c", self.configuration, "--bus", "private"]

    def control_command(self):
        return [program("busvisorctl"),
                "--address=unix:path=" + self.file("run/same/bus/socket")]


def need_supervisor():
    if not shutil.which(SUPERVISORD):
        raise tap.Skip("the Debian package supervisor is not installed")
