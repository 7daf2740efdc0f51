"""Config load: how long a large configuration takes Supervisor's parser and ours, in one run.

    make bench BENCH=config-load
    BUSVISOR_BUILD=build /usr/bin/python3 -B tests/bench/config-load.py --sections 10000

Of Supervisor only the parser is timed, of ours the whole run of `busvisord --check`, its start and
its end included. It is CPU time, in turn, and the least of several rounds counts: what else happens
on the machine only adds to it.
"""

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
        what = "load %d sections: CPU" % sections
        table.add(what, "ms", by_name(seconds * 1000 for seconds in best))
        table.add(what + " of each", "us", by_name(seconds * 1e6 / sections for seconds in best))


def by_name(values):
    return dict(zip((measure.THEIRS, measure.OURS), values))


def main():
    options = measure.arguments("compares how configuration is loaded", rounds=5, sections=10000)
    table = measure.Table(measure.THEIRS, measure.OURS)
    for sections in (options.sections // 10, options.sections, options.sections * 2):
        bench(table, sections, options.rounds)
    table.print()


main()
