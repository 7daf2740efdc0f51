"""busvisorctl convert: an INI file as YAML that means the same."""

import json
import os
import shutil
import subprocess

import tap
from busvisor import Folder, clean_environment, program, run_busvisord, source

EVERYTHING = """
[DEFAULT]
startsecs=4
environment=SHARED="1"
[supervisord]
identifier=7
logfile_maxbytes=1MB
environment=A="1%%",B='x y'
unknown=left out
[unix_http_server2]
file=/tmp/%(ENV_PLAIN)s
chmod=0777
[unix_http_server]
file=%(here)s/http
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://%(here)s/http
[program:first]
command=sh -c "a 'b' \\\\"
  more: [of] it
environment=A="%(here)s:/x, y",B=5,A=2,C=%(program_name)s
process_name=%(program_name)s_%(process_num)02d
numprocs=2
exitcodes=0, 2
stdout_logfile=NONE
stderr_logfile=null
stopsignal=15
umask=022
[program:0x10]
command=
numprocs=%(ENV_NUMBER)s
directory=~
[eventlistener:listener]
command=x
events=PROCESS_STATE, tick_60
[fcgi-program:cgi]
command=x
socket=tcp://localhost:9000
[group:both]
programs=first , 0x10
[strange]
key=value
[include]
files=part.conf
"""
ENVIRONMENT = {"PLAIN": "plain", "NUMBER": "1"}


def convert(file):
    return subprocess.run([program("busvisorctl"), "convert", file], env=clean_environment(),
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


def dump(folder, file):
    result = run_busvisord(folder, "--dump-config", "-c", file, environment=ENVIRONMENT)
    tap.same((result.returncode, result.stderr), (0, ""), file)
    return json.loads(result.stdout)


def check_same(folder, file):
    """The result; what the two files make is compared."""
    result = convert(file)
    tap.same(result.returncode, 0, result.stderr)
    tap.same(dump(folder, folder.write("new.yaml", result.stdout)), dump(folder, file))
    return result


@tap.case("a file with everything")
def everything():
    with Folder() as folder:
        folder.write("part.conf", "[program:part]\ncommand=y\nenvironment=\n[program:first]\nstopwaitsecs=3\n")
        result = check_same(folder, folder.write("old.conf", EVERYTHING))
        tap.same([l.split(": ", 2)[2] for l in result.stderr.splitlines()],
                 ["[supervisord] unknown is left out: YAML has known keys only",
                  "[strange] is left out: YAML has known sections only",
                  "[DEFAULT] environment is left out: "
                  "in included files; it is in the sections of this one"])


@tap.case("the examples")
def examples():
    with Folder() as folder:
        shutil.copy(source("data/examples/quickstart.conf"), folder.path)
        check_same(folder, folder.file("quickstart.conf"))
        sample = run_busvisord(folder, "--sample-config").stdout
        check_same(folder, folder.write("sample.conf", sample))


@tap.case("what is no INI file")
def refused():
    with Folder() as folder:
        broken = folder.write("broken.conf", "[supervisord]\nword\n")
        for file, words in ((broken, ":2: "), (folder.write("x.yaml", ""), "YAML already"),
                            (folder.file("none.conf"), "cannot be read")):
            result = convert(file)
            tap.same((result.returncode, result.stdout), (2, ""))
            tap.check(result.stderr.startswith(file) and words in result.stderr, result.stderr)


@tap.case("busvisord is found beside busvisorctl or in the sbin to its bin, and nowhere else")
def installed():
    with Folder() as folder:
        for name in ("bin", "sbin"):
            os.mkdir(folder.file(name))
        ctl = shutil.copy(program("busvisorctl"), folder.file("bin"))
        command = [ctl, "convert", folder.write("x.conf", "[supervisord]\n")]

        def run():
            return subprocess.run(command, env=clean_environment(), capture_output=True, text=True,
                                  stdin=subprocess.DEVNULL, check=False)
        alone = run()
        tap.same((alone.returncode, alone.stdout), (1, ""))
        tap.check("there is no busvisord" in alone.stderr, alone.stderr)
        shutil.copy(program("busvisord"), folder.file("sbin"))
        tap.same((run().returncode, run().stdout), (0, "supervisord: {}\n"))


tap.run()
