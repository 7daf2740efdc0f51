"""The command line: Debian's Supervisor and `busvisord --dump-config` make the same of it."""

import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bus"))

import tap  # noqa: E402
from busvisor import Folder, program  # noqa: E402

try:
    import reference
except ImportError:
    reference = None

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
TEXT = "[supervisord]\nloglevel=info\numask=077\n[program:cat]\ncommand=cat\n"

# What both accept, and what it does is the same. HERE is a folder that exists.
ACCEPTED = """
-n
-s
-ns
-nsk
-t
-k
-u root
-u 0
-uroot
-m 022
-m022
-m 0
-d HERE
-dHERE
-l HERE/log
-l log
-y 1MB
-y 0
-y1KB
-z 3
-z 0
-e debug
-eWARN
-e critical
-e blather
-j HERE/pid
-j pid
-i me
-i two,words
-q HERE
-a 100
-a100
--minprocs 10
--minprocs=10
--nodaemon
--silent
--user root
--user=root
--umask=027
--directory=HERE
--logfile=log
--logfile_maxbytes=5GB
--logfile_backups=7
--loglevel=trace
--pidfile=pid
--identifier=me
--childlogdir=HERE
--nocleanup
--minfds=200
--strip_ansi
--nod
--si
--us root
--um=07
--d=HERE
--d HERE
--di HERE
--logfile_m 1MB
--logfile_b 1
--logl error
--profile_options=cumulative
--pr=time
--pi pid
--i me
--ch HERE
--chi HERE
--noc
--minf 50
--minp 50
--st
-n -s -k -t -d HERE -l log -y 2MB -z 2 -e info -j pid -i all -q HERE -a 64 --minprocs=7 -m 02
"""

# What both refuse.
REFUSED = """
-x
--nosuch
word
-n word
-l
--logfile
-n -n
-l a -l b
-l a --logfile=b
--nodaemon=yes
--n
--s
--p pid
--log
--logfile_
--min
-m 9
-m x
-d HERE/none
-q HERE/none
-l HERE/none/log
-j HERE/none/pid
-y 1TB
-y x
-z x
-e loudly
-a x
--minprocs x
-u nobody-knows
-u 999999
"""


def rows(text, folder):
    return [line.replace("HERE", folder).split() for line in text.strip().splitlines()]


def theirs(path, arguments):
    """What comes of [supervisord], None when it is refused."""
    try:
        return reference.read(path, ENVIRONMENT, arguments)["supervisord"]
    except reference.Refused:
        return None


def ours(path, arguments):
    command = [program("busvisord"), "--dump-config", "-c", path] + arguments
    result = subprocess.run(command, env=ENVIRONMENT, stdin=subprocess.DEVNULL, check=False,
                            capture_output=True, text=True, timeout=60)
    if result.returncode == 0:
        return json.loads(result.stdout)["supervisord"]
    tap.same((result.returncode, result.stdout), (2, ""), "exit and stdout of a refusal")
    tap.check(result.stderr.count("\n") == 1, "no error of one line: " + result.stderr)
    return None


def compare(text, accepted):
    if not reference:
        raise tap.Skip("the Debian package supervisor is not installed")
    with Folder() as folder:
        path = folder.write("supervisord.conf", TEXT)
        os.chdir(folder.path)
        for arguments in rows(text, folder.path):
            here, there = ours(path, arguments), theirs(path, arguments)
            for outcome, who in ((here, "we"), (there, "they")):
                tap.same(outcome is not None, accepted, "%s accept %s" % (who, arguments))
            if accepted:
                tap.same({k: here[k] for k in there}, there, " ".join(arguments))
        os.chdir("/")


@tap.case("options that both take mean the same, in every form")
def accepted_by_both():
    compare(ACCEPTED, True)


@tap.case("what one refuses the other refuses")
def refused_by_both():
    compare(REFUSED, False)


tap.run()
