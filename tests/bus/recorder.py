#!/usr/bin/python3
"""A listener that writes down what it gets, one JSON object a line: recorder.py FILE [MODE].

Modes: "childutils" does everything through Debian's unmodified module; "refuse N" answers FAIL to
the first N deliveries; "bytes" answers one byte at a time; "hold FILE" answers only when FILE
exists; "answer FILE" likewise, with what is in it; "garbage" says things that no listener should;
"octets" takes "len" for a number of bytes; "stubborn" does not end by SIGTERM; "hang FILE" makes
the file when it gets an event and does not answer, unless it is there; "late FILE" likewise, but
answers when it is to end; "unwilling FILE" does not end either. Plain otherwise.
"""

import json
import os
import signal
import sys
import time


def read_event(octets=False):
    stream = sys.stdin.buffer if octets else sys.stdin
    line = stream.readline()
    if not line:
        sys.exit(0)
    line = line.decode() if octets else line
    headers = dict(token.split(":") for token in line.split())
    payload = stream.read(int(headers["len"]))
    return line, headers, payload.decode() if octets else payload


def write(text):
    sys.stdout.write(text)
    sys.stdout.flush()


def write_bytes(text):
    for character in text:
        write(character)
        time.sleep(0.002)


def record(file, line, headers, payload):
    entry = {"line": line, "headers": headers, "payload": payload, "pid": os.getpid(),
             "when": time.monotonic()}
    with open(file, "a", encoding="utf-8") as stream:
        stream.write(json.dumps(entry) + "\n")


def by_childutils(file):
    from supervisor import childutils
    while True:
        headers, payload = childutils.listener.wait(sys.stdin, sys.stdout)
        record(file, None, headers, payload)
        childutils.listener.ok(sys.stdout)


def answer_of(file):
    """What stands in the file, when there is one."""
    while True:
        try:
            with open(file, encoding="utf-8") as stream:
                answer = stream.read()
        except FileNotFoundError:
            answer = ""
        if answer:
            return "RESULT %d\n%s" % (len(answer), answer)
        time.sleep(0.01)


def hang(file, mode):
    """With the first event only."""
    if os.path.exists(file):
        return
    if mode != "hang":
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    with open(file, "w", encoding="utf-8"):
        pass
    while mode != "late":
        time.sleep(1000)
    signal.sigwait([signal.SIGTERM])
    write("RESULT 2\nOKREADY\n")
    sys.exit(0)


def by_hand(file, mode, argument):
    if mode == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    refusals = int(argument) if mode == "refuse" else 0
    say = write_bytes if mode == "bytes" else write
    while True:
        if mode == "garbage":
            say("hello\nREADY?\n")
        say("READY\n")
        line, headers, payload = read_event(mode == "octets")
        record(file, line, headers, payload)
        if mode in ("hang", "late", "unwilling"):
            hang(argument, mode)
        while mode == "hold" and not os.path.exists(argument):
            time.sleep(0.01)
        refusals -= 1
        if mode == "answer":
            say(answer_of(argument))
        else:
            say("RESULT 4\nFAIL" if refusals >= 0 else "RESULT 2\nOK")


def main():
    file, mode, argument = (sys.argv[1:] + ["plain", ""])[:3]
    if mode == "childutils":
        by_childutils(file)
    else:
        by_hand(file, mode, argument)


main()
