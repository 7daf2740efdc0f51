"""An odd listener: odd.py FILE WAY. What it got goes into FILE, of each the first word of its data.

Ways: "blind" answers without reading; "endless" says bytes without end; "endless-busy" likewise,
when it has an event; "mute" closes stdout with an event in hand, "deaf" stdin, but answers;
"once" ends after each event; "twice" gives each answer two times; "silent" never says anything;
"large", "long" and "endless-result" announce results of ridiculous, large and unlimited length;
"bytes" says one byte at a time; "chatty" says much besides; "good" is none of these.
"""

import os
import select
import sys
import time

NONSENSE = b"x" * 65536


def say(text):
    os.write(1, text)


def take(file):
    header = sys.stdin.buffer.readline()
    if not header:
        sys.exit(0)
    length = int(dict(t.split(b":") for t in header.split())[b"len"])
    payload = sys.stdin.buffer.read(length).decode()
    with open(file, "a", encoding="utf-8") as stream:
        stream.write(payload.partition("\n")[2].partition(" ")[0] + "\n")


def stay():
    """Without a word, and without an end by itself."""
    while True:
        time.sleep(1000)


def say_nonsense():
    while True:
        say(NONSENSE)


def blind(_file):
    """It sees that something comes, not what."""
    say(b"READY\n")
    select.select([0], [], [])
    while True:
        say(b"RESULT 2\nOK")
        say(b"READY\n")
        time.sleep(0.05)


def endless_busy(file):
    say(b"READY\n")
    take(file)
    say_nonsense()


def mute(file):
    say(b"READY\n")
    take(file)
    os.close(1)
    stay()


def deaf(file):
    say(b"READY\n")
    take(file)
    os.close(0)
    say(b"RESULT 2\nOKREADY\n")
    stay()


def once(file):
    say(b"READY\n")
    take(file)
    say(b"RESULT 2\nOK")


def twice(file):
    while True:
        say(b"READY\n")
        take(file)
        say(b"RESULT 2\nOKRESULT 2\nOK")


def in_bytes(file):
    while True:
        for byte in b"READY\n":
            say(bytes([byte]))
        take(file)
        for byte in b"RESULT 2\nOK":
            say(bytes([byte]))


def results(beginning, rest):
    """For the first event of each run a strange one."""
    def act(file):
        say(b"READY\n")
        take(file)
        say(beginning)
        if rest is None:
            say_nonsense()
        say(rest)
        good(file)
    return act


def chatty(file):
    while True:
        say(NONSENSE + b"\nREADY\n")
        take(file)
        say(b"RESULT 2\nOK")


def good(file):
    while True:
        say(b"READY\n")
        take(file)
        say(b"RESULT 2\nOK")


WAYS = {"blind": blind, "endless": lambda _file: say_nonsense(), "endless-busy": endless_busy,
        "mute": mute, "deaf": deaf, "once": once, "twice": twice, "silent": lambda _file: stay(),
        "large": results(b"RESULT 99999999999999999999\n", b"OK"),
        "long": results(b"RESULT 300000\n", b"x" * 300000),
        "endless-result": results(b"RESULT 60000000\n", None),
        "bytes": in_bytes, "chatty": chatty, "good": good}

WAYS[sys.argv[2]](sys.argv[1])
