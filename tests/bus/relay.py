#!/usr/bin/python3
"""A listener that gives back what it gets, as supervisor_stdout does: relay.py [MODE].

Modes: "ok" answers OK, as other listeners do; "latin" answers what is no UTF-8.
"""

import sys


def answer(mode, payload):
    if mode == "ok":
        return b"OK"
    return b"processname:p channel:stdout\n\xe4" if mode == "latin" else payload.encode()


def main():
    mode = (sys.argv[1:] + ["plain"])[0]
    out = sys.stdout.buffer
    while True:
        out.write(b"READY\n")
        out.flush()
        line = sys.stdin.readline()
        if not line:
            return
        headers = dict(token.split(":") for token in line.split())
        result = answer(mode, sys.stdin.read(int(headers["len"])))
        out.write(b"RESULT %d\n" % len(result) + result)
        out.flush()


main()
