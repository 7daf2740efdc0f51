"""Terminal: a program on a pseudo-terminal, driven as a person does it: type, read, type again."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

import processes
import tap

CONTROL_C, CONTROL_D, CONTROL_R, TAB, UP = "\x03", "\x04", "\x12", "\t", "\x1b[A"

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1b[=>]|\r|\x07")


class Terminal:
    """The program's own session; gone at the end of the `with` block. More: variables of its
    environment, and stderr where that is elsewhere."""

    def __init__(self, command, environment, size=(24, 100), **more):
        self.command, self.environment, self.size, self.more = command, environment, size, more
        self.process, self.fd = None, None
        self.data = b""
        self.seen = 0  # in the text, what an earlier wait() has matched

    def __enter__(self):
        try:
            self.fd, inner = pty.openpty()
        except OSError:
            raise tap.Skip("no pseudo-terminals here") from None
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", *self.size, 0, 0))

        def take_terminal():
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        self.process = subprocess.Popen(
            self.command, stdin=inner, stdout=inner, stderr=self.more.pop("stderr", inner),
            env={**self.environment, "TERM": "xterm", **self.more}, start_new_session=True,
            preexec_fn=take_terminal)
        os.close(inner)
        return self

    def __exit__(self, kind, error, trace):
        if kind is not None:
            tap.diagnostics("on the terminal:\n" + self.text)
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.fd)

    @property
    def text(self):
        """All that was shown, without what moves the cursor."""
        return _ESCAPES.sub("", self.data.decode("utf-8", "replace"))

    def screen(self):
        """The lines as they stand there at last: what was written over is gone."""
        lines = self.data.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
        return [_ESCAPES.sub("", re.sub(r".*\r", "", line)) for line in lines]

    def _read(self, deadline):
        ready, _, _ = select.select([self.fd], [], [], max(0, deadline - time.monotonic()))
        if not ready:
            raise AssertionError("waited in vain")
        try:
            more = os.read(self.fd, 65536)
        except OSError:  # EIO: nobody has it open any more
            more = b""
        self.data += more
        return bool(more)

    def wait(self, pattern):
        """Waits for text that matches, behind what was matched before; the match."""
        deadline = time.monotonic() + processes.WAIT_LIMIT
        while True:
            match = re.compile(pattern, re.MULTILINE).search(self.text, self.seen)
            if match:
                self.seen = match.end()
                return match
            try:
                more = self._read(deadline)
            except AssertionError:
                more = False
            tap.check(more, "%r was not shown" % pattern)

    def has(self, pattern):
        """Whether such text is there already, behind what was matched before."""
        while select.select([self.fd], [], [], 0)[0] and self._read(time.monotonic()):
            pass
        return re.compile(pattern, re.MULTILINE).search(self.text, self.seen)

    def type(self, text):
        os.write(self.fd, text.encode())

    def wait_end(self):
        """Reads until the program has ended; its exit status."""
        deadline = time.monotonic() + processes.WAIT_LIMIT
        while self._read(deadline):
            pass
        return self.process.wait(processes.WAIT_LIMIT)

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.wait_end()
