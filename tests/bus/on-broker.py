"""What holds on the private bus holds on dbus-broker: these tests are run once more there, with the
cases of theirs that do not kill the bus. Who may do what there, and how clients drive the daemon,
is in access.py and clients.py.
"""

import functools
import os
import subprocess

import tap
from broker import needs_broker
from busvisor import HERE, PYTHON

# File: parts of the names of its cases; none = all of them.
TESTS = {
    "states.py": (),
    "methods.py": (),
    "event-log.py": (),
    "output.py": (),
    "pages.py": (),
    "read-logs.py": (),
    "groups.py": (),
    "stdin.py": (),
    "listener.py": ("gets the event with the serial", "event_extras", "abstract types", "comes again",
                    "kept in order", "two pools", "of a listener with", "of the listener-host with",
                    "of an idle", "at the end of the daemon", "only the listener-host"),
}


def run(name, cases):
    needs_broker()
    result = subprocess.run([PYTHON, "-B", os.path.join(HERE, name), *cases], text=True,
                            env=dict(os.environ, BUSVISOR_TEST_BUS="dbus-broker"),
                            capture_output=True, check=False)
    passed = [line for line in result.stdout.splitlines() if line.startswith("ok ")]
    if result.returncode != 0:
        tap.diagnostics(result.stdout + result.stderr)
    tap.check(result.returncode == 0 and len(passed) >= max(1, len(cases)),
              "%s: exit status %d, %d cases passed" % (name, result.returncode, len(passed)))


for each, parts in TESTS.items():
    tap.case(each)(functools.partial(run, each, parts))


tap.run()
