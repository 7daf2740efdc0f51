"""Random configuration files: Debian's Supervisor and `busvisord --dump-config` must agree on them,
and so must the dump of the file converted to YAML.

    BUSVISOR_BUILD=build /usr/bin/python3 tests/compat/config.py --files 5000 --seed 7

A file that differs is printed whole. What differs on purpose is in DEVIATIONS, each with how it is
recognised; how often each was met is told at the end.
"""

import argparse
import collections
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bus"))

import tap  # noqa: E402
from busvisor import Folder, program  # noqa: E402
from grammar import Grammar  # noqa: E402

try:
    import reference
except ImportError:
    reference = None

PORTION = 100  # files in a case
# With numprocs=0 some values are never read in INI; YAML says at once that they are of a wrong type.
STRICTER = re.compile(r" is wanted, and .* is a text; take the quotes away")
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PLAIN": "plain"}

Outcome = collections.namedtuple("Outcome", "shape error")  # one of both is None


def only_here(theirs, ours, words):
    """We accept, and Supervisor's error has these words."""
    return ours.shape and theirs.error and re.search(words, theirs.error, re.DOTALL)


def only_there(theirs, ours, words):
    """Supervisor accepts, and our error has these words."""
    return theirs.shape and ours.error and re.search(words, ours.error, re.DOTALL)


def only_minus_one(theirs, ours):
    """Nothing differs but octal numbers that are -1."""
    if not theirs.shape or not ours.shape:
        return False
    return all(d.endswith(", expected '-01'") for d in differences(theirs.shape, ours.shape))


# What differs on purpose: why, and the function of both outcomes that recognises it.
DEVIATIONS = {
    "quotes in environment= that 4.2 refuses are read as its successor reads them":
        lambda theirs, ours: only_here(theirs, ours, "Unexpected end of key/value pairs|"
                                                     "No closing quotation"),
    "two percent signs do for one in [supervisord] environment=":
        lambda theirs, ours: only_here(theirs, ours, "for 'environment' is badly formatted"),
    "what rpcinterface factories are called does not matter, as they are not loaded":
        lambda theirs, ours: only_here(theirs, ours, "EntryPoint must be in"),
    "an octal -1 counts as unset":
        only_minus_one,
    "result handlers in Python cannot be loaded":
        lambda theirs, ours: only_there(theirs, ours, "Python code, which cannot be loaded"),
}


def differences(want, got, path=""):
    """Lines that tell what is not as it should be; more members than wanted are none."""
    if isinstance(want, dict) and isinstance(got, dict):
        for key in want:
            yield from differences(want[key], got.get(key, "(missing)"), "%s.%s" % (path, key))
        if path.endswith(".environment"):
            yield from ("%s.%s: not expected" % (path, k) for k in set(got) - set(want))
    elif isinstance(want, list) and isinstance(got, list) and len(want) == len(got):
        for index, (one, other) in enumerate(zip(want, got)):
            yield from differences(one, other, "%s[%d]" % (path, index))
    elif want != got or isinstance(want, bool) != isinstance(got, bool):
        yield "%s: %r, expected %r" % (path, got, want)


class Comparison:
    """The two parsers over one series of files."""

    def __init__(self, seed):
        self.grammar = Grammar(seed)
        self.counts = collections.Counter()

    def theirs(self, path, environment):
        try:
            return Outcome(reference.read(path, environment), None)
        except reference.Refused as refused:
            return Outcome(None, str(refused))

    @staticmethod
    def run(option, path, environment):
        return subprocess.run([program("busvisord"), option, "-c", path], env=environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              check=False, timeout=60)

    def ours(self, path, environment):
        result = self.run("--dump-config", path, environment)
        if result.returncode == 0:
            return Outcome(json.loads(result.stdout), None)
        tap.same((result.returncode, result.stdout), (2, ""), "exit and stdout of a refusal")
        tap.check(re.match(r"/.*\n\Z", result.stderr), "no error of one line: " + result.stderr)
        return Outcome(None, result.stderr)

    def wrong_in_yaml(self, folder, path, environment, ours):
        """What differs once the file is converted, None when nothing does."""
        converted = self.run("--convert-config", path, environment)
        tap.same(converted.returncode, 0, converted.stderr)
        again = self.ours(folder.write("busvisor.yaml", converted.stdout), environment)
        if again.error and STRICTER.search(again.error):
            self.counts["YAML looks at options of no process too"] += 1
            return None
        found = again.error or "\n".join(differences(ours.shape, again.shape))
        return "as YAML: %s\n==== busvisor.yaml\n%s" % (found, converted.stdout) if found else None

    def wrong(self, theirs, ours):
        """What is wrong, None when nothing is; counts what is met."""
        if theirs.error and ours.error:
            self.counts["refused by both"] += 1
            return None
        found = list(differences(theirs.shape, ours.shape)) if theirs.shape and ours.shape else []
        if theirs.shape and ours.shape and not found:
            self.counts["accepted, and equal"] += 1
            return None
        for reason, recognise in DEVIATIONS.items():
            if recognise(theirs, ours):
                self.counts[reason] += 1
                return None
        return "\n".join(found) or "theirs: %s\nours: %s" % (theirs.error or "accepted",
                                                            ours.error or "accepted")

    def compare_one(self, folder):
        text, included = self.grammar.file()
        for name, part in included.items():
            os.makedirs(os.path.dirname(folder.file(name)), exist_ok=True)
            folder.write(name, part)
        path = folder.write("supervisord.conf", text)
        environment = dict(ENVIRONMENT, HOME=folder.path)
        ours = self.ours(path, environment)
        wrong = self.wrong(self.theirs(path, environment), ours)
        if not wrong and ours.shape:
            wrong = self.wrong_in_yaml(folder, path, environment, ours)
        if wrong:
            for name, part in dict(included, **{"supervisord.conf": text}).items():
                wrong += "\n==== %s\n%s" % (name, part)
        return wrong

    def compare(self, count):
        """Compares so many files; each is in a folder of its own, which is the working folder."""
        complaints = []
        for _ in range(count):
            with Folder() as folder:
                os.chdir(folder.path)
                complaints.append(self.compare_one(folder))
                os.chdir("/")
        complaints = [c for c in complaints if c]
        tap.check(not complaints, "%d files differ; the first:\n%s" % (
            len(complaints), complaints[0] if complaints else ""))


def add_cases(files, seed):
    comparison = Comparison(seed)
    os.environ["BUSVISOR_BUILD"] = os.path.abspath(os.environ["BUSVISOR_BUILD"])

    def add_case(first, count):
        @tap.case("files %d to %d of seed %d" % (first, first + count - 1, seed))
        def compare():
            if not reference:
                raise tap.Skip("the Debian package supervisor is not installed")
            comparison.compare(count)
    for first in range(1, files + 1, PORTION):
        add_case(first, min(PORTION, files + 1 - first))

    @tap.case("most files are accepted by both")
    def summary():
        for what, number in comparison.counts.most_common():
            tap.diagnostics("%6d  %s" % (number, what))
        if reference:
            tap.check(comparison.counts["accepted, and equal"] * 2 > files, "the grammar is off")


def main():
    parser = argparse.ArgumentParser(description="compares the parsers on random files")
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    arguments, sys.argv[1:] = parser.parse_known_args()
    add_cases(arguments.files, arguments.seed)
    tap.run()


main()
