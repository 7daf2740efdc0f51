"""The layout of all C is what clang-format 14 makes of it."""

import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bus"))

import tap  # noqa: E402
from busvisor import source  # noqa: E402

FORMATTER = "clang-format-14"
FOLDERS = ("bus", "daemon", "listener-host", "tools", "tests")
# Made when building, from the page.
MADE = ("status-html.c",)


def sources():
    for top in FOLDERS:
        for folder, _, names in os.walk(source(top)):
            yield from (os.path.join(folder, n) for n in names if n.endswith((".c", ".h")) and n not in MADE)


@tap.case("clang-format would change nothing")
def layout():
    if not shutil.which(FORMATTER):
        tap.skip("%s is not installed" % FORMATTER)
    files = sorted(sources())
    tap.check(len(files) > 500, "only %d files were found" % len(files))
    result = subprocess.run([FORMATTER, "--dry-run", "--Werror", "--ferror-limit=0"] + files,
                            text=True, capture_output=True, check=False)
    wrong = sorted({l.split(": error:")[0] for l in result.stderr.splitlines() if ": error:" in l})
    tap.check(result.returncode == 0 and not wrong, "%s -i:\n  %s" % (FORMATTER, "\n  ".join(wrong)))


tap.run()
