"""The files of data/examples: they are understood, and do what their comments say."""

import json
import os
import re
import shutil

import processes
import tap
from busvisor import Daemon, Folder, run_busvisord, source

FILES = ("quickstart.conf", "quickstart.yaml", "output.yaml", "fcgi.conf", "container/busvisor.yaml")


@tap.case("all of them are understood, and quickstart says the same twice")
def understood():
    with Folder() as folder:
        dumps = {}
        for name in FILES:
            shutil.copy(source("data/examples/" + name), folder.path)
            file = os.path.basename(name)
            result = run_busvisord(folder, "--check", "-c", file)
            tap.same((result.returncode, result.stderr), (0, ""), name)
            dumps[name] = json.loads(run_busvisord(folder, "--dump-config", "-c", file).stdout)
        tap.same(dumps["quickstart.conf"], dumps["quickstart.yaml"])


class Output(Daemon):
    """Runs the example in place of a file of its own."""

    def start(self):
        self.configuration = shutil.copy(source("data/examples/output.yaml"), self.path)
        super().start()


@tap.case("output.yaml: each program's output is where it says")
def output():
    with Output("") as daemon:
        for name, pattern in (("daily.log", r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \w"),
                              ("stdout", r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} shown \w"),
                              ("objects.log", r"^\{.*\}$")):
            found = processes.wait_for(
                lambda n=name, p=pattern: re.search(p, daemon.read(n), re.MULTILINE), name)
        tap.same(json.loads(found[0])["process"], "objects")
        daemon.wait_log("spawned: 'told'")


tap.run()
