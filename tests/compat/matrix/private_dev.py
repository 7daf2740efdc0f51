"""Private dev: a /dev of this test alone, so that it can be the syslog daemon there without being
in the way of the one of the machine. Only for root, and only where there are mount name spaces."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import threading

import processes

IN_NAMESPACE = "BUSVISOR_TEST_PRIVATE_DEV"
# How many messages a new socket takes, of the network's name space.
QUEUE_LENGTH = "/proc/sys/net/unix/max_dgram_qlen"
DEVICES = ("null", "zero", "full", "random", "urandom", "tty", "ptmx", "pts", "shm")


def _mount(*arguments):
    subprocess.run(["mount", *arguments], check=True)


def _fill(folder):
    for name in DEVICES:
        there = os.path.join("/dev", name)
        here = os.path.join(folder, name)
        if os.path.isdir(there):
            os.mkdir(here)
        elif os.path.exists(there):
            with open(here, "wb"):
                pass
        else:
            continue
        _mount("--bind", there, here)
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        os.symlink("/proc/self/fd/%d" % number, os.path.join(folder, name))
    os.symlink("/proc/self/fd", os.path.join(folder, "fd"))


def enter():
    """Begins this program anew in a name space with a /dev of its own. Answers why that cannot be
    had, None where it is."""
    if os.environ.get(IN_NAMESPACE):
        return None
    if os.getuid() != 0:
        return "a /dev of its own needs root"
    begin = ["unshare", "--mount", "--net", "--propagation", "private"]
    try:
        result = subprocess.run(begin + ["true"], stderr=subprocess.DEVNULL, check=False)
    except FileNotFoundError:
        return "there is no unshare"
    if result.returncode != 0:
        return "a mount name space cannot be had"
    os.environ[IN_NAMESPACE] = "1"
    os.execvp(begin[0], begin + [sys.executable, "-B"] + sys.argv)


def replace_dev():
    """In the name space: what is at /dev from here on is ours, and goes with the name space."""
    folder = tempfile.mkdtemp(prefix="busvisor-test-dev-")
    _mount("-t", "tmpfs", "-o", "mode=0755", "none", folder)
    _fill(folder)
    _mount("--move", folder, "/dev")
    os.rmdir(folder)


class Syslog:
    """Listens at /dev/log. Messages are read at once, as few can wait there: a signal that comes to
    whoever waits for room makes the C library's syslog() lose its message."""

    def __init__(self):
        self.messages = []
        with contextlib.suppress(OSError), open(QUEUE_LENGTH, "w", encoding="ascii") as length:
            length.write("1000")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("/dev/log")
        os.chmod("/dev/log", 0o666)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        while True:
            self.messages.append(self.socket.recv(1 << 16).decode("utf-8", "backslashreplace"))

    def settle(self):
        """All that was sent before has been read."""
        marker = "settled %d" % len(self.messages)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sending:
            sending.sendto(marker.encode(), "/dev/log")
        processes.wait_for(lambda: marker in self.messages, "what was sent to syslog")
