"""Config load: how long a large configuration takes Supervisor's parser and ours, in one run.

    make bench, or BUSVISOR_BUILD=build /usr/bin/python3 tests/bench/config-load.py --sections 10000

Of Supervisor only the parser is timed, of ours the whole run of `busvisord --check`, its start and
its end included. It is CPU time, in turn, and the least of several rounds counts: what else happens
on the machine only adds to it.
"""

import argparse
import os
import resource
import subprocess

import measure
import reference
from busvisor import Folder, program

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": "/"}
SECTION = """
[program:worker%(number)05d]
; one of many
command=/usr/bin/worker --queue=%%(program_name)s --state=%%(here)s/%(number)d "an argument"
process_name=%%(program_name)s_%%(process_num)02d
directory=/tmp
autorestart=true
startsecs=5
stopwaitsecs=30
stdout_logfile=/tmp/%%(program_name)s.log
redirect_stderr=true
environment=PORT="%(number)d",HOME="/tmp",LANG=C
"""


def cpu_of(who):
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def theirs(path):
    """CPU seconds, and the number of groups."""
    begin = cpu_of(resource.RUSAGE_SELF)
    config = reference.parse(path, ENVIRONMENT)
    return cpu_of(resource.RUSAGE_SELF) - begin, len(config.process_group_configs)


def ours(path):
    begin = cpu_of(resource.RUSAGE_CHILDREN)
    subprocess.run([program("busvisord"), "--check", "-c", path], env=ENVIRONMENT, check=True,
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return cpu_of(resource.RUSAGE_CHILDREN) - begin


def bench(table, sections, rounds):
    with Folder() as folder:
        path = folder.write("many.conf", "[supervisord]\n" + "".join(
            SECTION % {"number": number} for number in range(sections)))
        found = [(*theirs(path), ours(path)) for _ in range(rounds)]
        if found[0][1] != sections:
            raise RuntimeError("%d groups instead of %d" % (found[0][1], sections))
        best = [min(of) for of in ([f[0] for f in found], [f[2] for f in found])]
        table.add("load %d sections: CPU" % sections, *(s * 1000 for s in best), "ms")
        table.add("load %d sections: CPU of each" % sections,
                  *(s * 1e6 / sections for s in best), "us")


def main():
    parser = argparse.ArgumentParser(description="compares how configuration is loaded")
    parser.add_argument("--sections", type=int, default=10000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    os.environ["BUSVISOR_BUILD"] = os.path.abspath(os.environ["BUSVISOR_BUILD"])
    table = measure.Table()
    for sections in (arguments.sections // 10, arguments.sections, arguments.sections * 2):
        bench(table, sections, arguments.rounds)
    table.print()


main()
