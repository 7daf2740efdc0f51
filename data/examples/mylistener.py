#!/usr/bin/python3
"""An event listener as one writes it for Supervisor: tells on stderr what it is told.

stdin and stdout belong to the protocol; never print() there. The module comes with Debian's package
"supervisor", or with "pip install supervisor"."""
import sys

from supervisor import childutils


def tell(headers, payload):
    what = "%s serial:%s" % (headers["eventname"], headers["serial"])
    sys.stderr.write("%s %s\n" % (what, payload.strip()))
    sys.stderr.flush()


def main():
    while True:
        headers, payload = childutils.listener.wait()
        tell(headers, payload)
        childutils.listener.ok()


if __name__ == "__main__":
    main()
