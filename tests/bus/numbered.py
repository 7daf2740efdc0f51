#!/usr/bin/python3
"""Prints numbered communication events: numbered.py FOLDER [RATE].

Begins with the number in the file "first", goes on up to the one in "goal", and waits until there
is a higher goal. Without a RATE (events per second) it prints them as fast as they are taken. What
it prints between the events is no event.
"""

import os
import sys
import time

TICK = 0.01  # seconds
EVENT = b"between <!--XSUPERVISOR:BEGIN-->%d<!--XSUPERVISOR:END-->\n"


def read_number(file):
    with open(file, encoding="ascii") as stream:
        return int(stream.read())


def write_all(data):
    while data:
        data = data[os.write(1, data):]


def main(folder, rate="1e9"):
    number = read_number(os.path.join(folder, "first"))
    began, before = time.monotonic(), number
    while True:
        goal = read_number(os.path.join(folder, "goal"))
        allowed = before + float(rate) * (time.monotonic() - began)
        upto = int(min(goal, max(number, allowed)))
        write_all(b"".join(EVENT % n for n in range(number, upto)))
        number = max(number, upto)
        time.sleep(TICK)


if __name__ == "__main__":
    main(*sys.argv[1:])
