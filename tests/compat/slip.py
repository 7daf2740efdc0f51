"""A listener that keeps to the protocol but for what it is told: slip.py FILE STEPS.

STEPS is a list in JSON: a text is said in one write, byte for byte; null takes an event and writes
its payload down in FILE, a line each; a number says so many bytes; false says nothing more;
{"wait": NAME} waits until there is such a file; {"end": STATUS} ends the first run. After the last
of them it goes on as a good listener does.
"""

import json
import os
import sys
import time

GOOD = ["READY\n", None, "RESULT 2\nOK"]


def take_event(file):
    header = sys.stdin.buffer.readline()
    if not header:
        sys.exit(0)
    length = int(dict(t.split(b":") for t in header.split())[b"len"])
    payload = sys.stdin.buffer.read(length).decode()
    with open(file, "a", encoding="utf-8") as stream:
        stream.write(payload.partition("\n")[2] + "\n")


def do(step, file):
    if step is None:
        take_event(file)
    elif step is False:
        while sys.stdin.buffer.readline():
            pass
        sys.exit(0)
    elif isinstance(step, dict) and "end" in step:
        if not os.path.exists(file + "-ended"):
            os.close(os.open(file + "-ended", os.O_CREAT | os.O_WRONLY))
            sys.exit(step["end"])
    elif isinstance(step, dict):
        while not os.path.exists(step["wait"]):
            time.sleep(0.01)
    elif isinstance(step, int):
        sys.stdout.buffer.write(b"x" * step)
        sys.stdout.buffer.flush()
    else:
        os.write(1, step.encode("latin-1"))


def main():
    file, steps = sys.argv[1], json.loads(sys.argv[2])
    for step in steps:
        do(step, file)
    while True:
        for step in GOOD:
            do(step, file)


main()
