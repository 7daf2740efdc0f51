"""Responder: serves connections on its stdin, which is a listening socket, as a FastCGI program
does. It answers a word: "who" with its process id, "mode" with what it can see of the socket, and
"end STATUS" by ending.
"""

import os
import socket
import stat
import sys


def seen(listening):
    """What a program that looks at its descriptors finds."""
    accepting = listening.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    blocking = os.get_blocking(0)
    open_files = sorted(int(n) for n in os.listdir("/proc/self/fd") if int(n) < 64)
    kinds = ["socket" if stat.S_ISSOCK(os.fstat(n).st_mode) else "other"
             for n in open_files if n < 3]
    return "%d %s %s %s" % (accepting, blocking, kinds, listening.getsockname())


def main():
    listening = socket.socket(fileno=0)
    while True:
        connection, _ = listening.accept()
        word, _, argument = connection.recv(100).decode().partition(" ")
        if word == "who":
            connection.sendall(b"%d" % os.getpid())
        elif word == "mode":
            connection.sendall(seen(listening).encode())
        elif word == "end":
            sys.exit(int(argument))
        connection.close()


main()
