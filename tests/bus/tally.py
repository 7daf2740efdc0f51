#!/usr/bin/python3
"""A listener that writes down what it gets, before it answers: tally.py FILE [SEED].

A line for each delivery: serial, what the payload has behind its first line, and the answer. With
a seed it refuses one in ten at random.
"""

import os
import random
import sys

ANSWERS = {"OK": "RESULT 2\nOK", "FAIL": "RESULT 4\nFAIL"}


def main(file, seed=None):
    log = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    dice = random.Random("%s %d" % (seed, os.getpid()))
    while True:
        sys.stdout.write("READY\n")
        sys.stdout.flush()
        line = sys.stdin.readline()
        if not line:
            return
        headers = dict(token.split(":") for token in line.split())
        data = sys.stdin.read(int(headers["len"])).partition("\n")[2]
        answer = "FAIL" if seed and dice.randrange(10) == 0 else "OK"
        os.write(log, b"%s %s %s\n" % (headers["serial"].encode(), data.encode(), answer.encode()))
        sys.stdout.write(ANSWERS[answer])


if __name__ == "__main__":
    main(*sys.argv[1:])
