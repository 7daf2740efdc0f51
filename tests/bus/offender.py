#!/usr/bin/python3
"""A listener that keeps to the protocol but for one thing: offender.py MODE [ARGUMENT].

With "once-" before it, a mode offends with the first event only.
"""

import os
import sys
import time

READY, OK = b"READY\n", b"RESULT 2\nOK"


def say(data):
    while data:
        data = data[os.write(1, data):]


def read_line():
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(0, 1)
        if not byte:
            sys.exit(0)
        line += byte
    return line


def read_bytes(size):
    """Exactly so many, and none beyond them."""
    data = b""
    while len(data) < size:
        part = os.read(0, size - len(data))
        if not part:
            sys.exit(0)
        data += part
    return data


def read_characters(count):
    data = b""
    while len(data.decode(errors="ignore")) < count:
        # A character that is cut counts for nothing, so this never reads beyond the last one.
        data += read_bytes(count - len(data.decode(errors="ignore")))
    last = data[-1] if data else 0
    return data + read_bytes(0 if last < 0x80 else _missing(data))


def _missing(data):
    """How many bytes the last character lacks."""
    for missing in range(4):
        try:
            (data + b"\x80" * missing).decode()
            return missing
        except UnicodeDecodeError:
            pass
    raise ValueError("no UTF-8")


def header():
    return dict(token.split(":") for token in read_line().decode().split())


def length(headers):
    return int(headers["len"])


ANSWERS = {
    "newline": OK + b"\n", "no-newline": b"RESULT 2", "short": b"RESULT 10\nOK",
    "long": b"RESULT 2\nOKAY\n", "two": OK + OK, "fail": b"RESULT 4\nFAIL",
    "other": b"RESULT 5\nmaybe", "with-newline": b"RESULT 3\nOK\n", "empty": b"RESULT 0\n",
    "crlf": b"RESULT 2\r\nOK", "colon": b"RESULT:2\nOK", "no-number": b"RESULT two\nOK",
    "negative": b"RESULT -1\nOK", "lower": b"result 2\nOK", "print": b"working\n" + OK,
    "ready": b"", "huge": b"RESULT 70000\n" + b"x" * 70000, "flood": b"x" * 5000 + b"\n",
    "nothing": None, "seven": b"XXXXXXX2\nOK",
}
GREETINGS = {"ready-crlf": b"READY\r\n", "ready-lower": b"ready\n", "ready-twice": READY + READY,
             "hello": b"hello\n" + READY, "chatty": READY + b"waiting\n",
             "ready-no-newline": b"READY", "early-result": READY + OK, "mute": b""}


def answer(mode, argument):
    if mode == "exit":
        sys.exit(int(argument or 3))
    if mode == "close-stdout":
        os.close(1)
        time.sleep(1000)
    elif mode == "close-stdin":
        os.close(0)
        say(OK + READY)
        time.sleep(1000)
    elif mode in ANSWERS:
        if ANSWERS[mode] is None:
            time.sleep(1000)
        say(ANSWERS[mode])
    else:
        say(OK)
        if mode == "exit-after":
            sys.exit(0)


def read(mode, headers):
    if mode == "unread":
        return
    if mode == "half":
        read_bytes(length(headers) // 2)
    elif mode == "bytes":
        read_bytes(length(headers))
    else:
        read_characters(length(headers))


def main():
    name, argument = (sys.argv[1:] + [""])[:2]
    once = name.startswith("once-")
    mode = name[len("once-"):] if once else name
    while True:
        say(GREETINGS.get(mode, READY))
        if mode == "exit-ready":
            sys.exit(0)
        try:
            headers = header()
        except SystemExit:
            if mode == "stay":
                time.sleep(1000)
            elif mode == "linger":
                os.close(1)
                time.sleep(0.6)
            raise
        read(mode, headers)
        answer(mode, argument)
        mode = "good" if once else mode


main()
