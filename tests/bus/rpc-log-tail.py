"""Logs that are followed over HTTP: /logtail and /mainlogtail."""

import os
import re
import socket
import subprocess
import sys
import xmlrpc.client

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import busvisor  # noqa: E402
import processes  # noqa: E402
import tap  # noqa: E402

SECTIONS = """
[unix_http_server]
file=%(here)s/socket
[program:writer]
command=/bin/cat
stdout_logfile=%(here)s/writer.log
stdout_logfile_maxbytes=0
[program:small]
command=/bin/cat
stdout_logfile=%(here)s/small.log
stdout_logfile_maxbytes=4096
stdout_logfile_backups=3
[supervisorctl]
[program:none]
command=/bin/cat
stdout_logfile=NONE
"""
LIMIT = 60


class Tail:
    """An answer that comes by and by."""

    def __init__(self, daemon, path, version="1.1", method="GET"):
        processes.wait_for(lambda: os.path.exists(daemon.file("socket")), "the socket")
        daemon.wait_log(" on the bus as ")
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(LIMIT)
        self.socket.connect(daemon.file("socket"))
        self.socket.sendall(("%s %s HTTP/%s\r\nHost:\r\n\r\n\r\n" % (method, path, version)).encode())
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = self.socket.recv(1)
            tap.check(byte, "no head: %r" % head)
            head += byte
        self.head = head.decode()
        self.status = int(head.split()[1])
        self.is_chunked = "Transfer-Encoding: chunked" in self.head
        self.raw, self.text = bytearray(), bytearray()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def _unpack(self):
        if not self.is_chunked:
            self.text += self.raw
            self.raw = bytearray()
        while self.is_chunked:
            match = re.match(rb"([0-9a-fA-F]+)\r\n", self.raw)
            size = int(match.group(1), 16) if match else 0
            if not match or len(self.raw) < match.end() + size + 2:
                return
            self.text += self.raw[match.end():match.end() + size]
            del self.raw[:match.end() + size + 2]

    def more(self):
        data = self.socket.recv(65536)
        self.raw += data
        self._unpack()
        return bool(data)

    def until(self, ending):
        while ending not in self.text:
            tap.check(self.more(), "it has ended: %r" % self.text[-200:])

    def rest(self):
        while self.more():
            pass
        return self.text


def log_with(daemon, name, text):
    """A log file that another has written so far."""
    daemon.write(name, text)


def stdin(daemon, name, data):
    body = xmlrpc.client.dumps((name, data.decode()), "supervisor.sendProcessStdin").encode()
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(daemon.file("socket"))
        client.sendall(b"POST /RPC2 HTTP/1.0\r\nContent-Type: text/xml\r\n"
                       b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        answer = b""
        while True:
            data = client.recv(65536)
            if not data:
                break
            answer += data
    tap.check(b"<boolean>1" in answer, answer)


@tap.case("the last 1024 bytes come first, then what is written, at once")
def follows():
    with busvisor.Daemon(SECTIONS) as daemon:
        log_with(daemon, "writer.log", "a" * 3000 + "\n")
        with Tail(daemon, "/logtail/writer") as tail:
            tap.same((tail.status, tail.is_chunked), (200, True), "head")
            for header in ("Content-Type: text/plain;charset=utf-8", "X-Accel-Buffering: no"):
                tap.check(header in tail.head, tail.head)
            tap.check(re.search(r"Last-Modified: \w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT", tail.head),
                      tail.head)
            tail.until(b"a\n")
            tap.same(len(tail.text), 1024, "bytes")
            with open(daemon.file("writer.log"), "ab") as log:
                log.write("grü\x1b[m\n".encode())
            tail.until("grü\x1b[m\n".encode())


@tap.case("names and channels lead to logs, or to 404")
def found():
    with busvisor.Daemon(SECTIONS) as daemon:
        daemon.wait_file("writer.log")
        for path in ("/logtail/writer/stdout", "/logtail/writer:writer", "/logtail/writer/stderr",
                     "/logtail/w%72iter", "/mainlogtail", "/mainlogtail/x"):
            with Tail(daemon, path) as tail:
                tap.same(tail.status, 200, path)
        for path in ("/logtail/other", "/logtail/writer:other", "/logtail/writer:*", "/logtail",
                     "/logtail/", "/logtail/writer/stdin", "/logtail/none", "/logtail/a:", "/log",
                     "/logtail/%ff", "/logtailwriter"):
            with Tail(daemon, path) as tail:
                tap.same(tail.status, 404, path)
        with Tail(daemon, "/logtail/writer", method="POST") as tail:
            tap.same(tail.status, 405, "POST")
        with Tail(daemon, "/mainlogtail", method="HEAD") as tail:
            tap.same(tail.status, 200, "HEAD")


@tap.case("HTTP/1.0 gets it too, without chunks")
def old_version():
    with busvisor.Daemon(SECTIONS) as daemon:
        log_with(daemon, "writer.log", "before\n")
        with Tail(daemon, "/logtail/writer", version="1.0") as tail:
            tap.check(not tail.is_chunked, tail.head)
            tail.until(b"before\n")
            with open(daemon.file("writer.log"), "ab") as log:
                log.write(b"after\n")
            tail.until(b"after\n")


@tap.case("a log that is cleared is told of, and read from its beginning")
def truncated():
    with busvisor.Daemon(SECTIONS) as daemon:
        log_with(daemon, "writer.log", "before\n")
        with Tail(daemon, "/logtail/writer") as tail:
            tail.until(b"before\n")
            os.truncate(daemon.file("writer.log"), 0)
            tail.until(b"==> File truncated <==\n")
            with open(daemon.file("writer.log"), "ab") as log:
                log.write(b"x\n")
            tail.until(b"<==\nx\n")


@tap.case("nothing is lost when the log is rotated")
def rotated():
    with busvisor.Daemon(SECTIONS) as daemon:
        daemon.wait_file("small.log")
        with Tail(daemon, "/logtail/small") as tail:
            for i in range(0, 600, 10):
                lines = "".join("line %06d\n" % n for n in range(i, i + 10)).encode()
                stdin(daemon, "small", lines)
                tail.until(b"line %06d\n" % (i + 9))
            tap.same(tail.text, b"".join(b"line %06d\n" % n for n in range(600)), "all lines")
        tap.check(os.path.exists(daemon.file("small.log.1")), "it was not rotated")


@tap.case("who does not read holds up nobody, takes little memory, and misses nothing")
def slow_reader():
    with busvisor.Daemon(SECTIONS) as daemon:
        log_with(daemon, "writer.log", "")
        with Tail(daemon, "/logtail/writer") as tail:
            block = b"".join(b"%015d\n" % n for n in range(65536))
            host = daemon.helper("busvisor-rpc-host")
            with open(daemon.file("writer.log"), "ab") as log:
                for _ in range(40):
                    log.write(block)
            with Tail(daemon, "/mainlogtail") as other:
                tap.same(other.status, 200, "another one")
            memory = int(re.search(r"VmRSS:\s+(\d+)", busvisor.read("/proc/%d/status" % host))[1])
            if "sanitized" not in busvisor.BUILD:
                tap.check(memory < 30000, "%d KiB" % memory)
            for _ in range(40):
                while len(tail.text) < len(block):
                    tap.check(tail.more(), "it has ended")
                tap.check(tail.text[:len(block)] == block, "another text")
                del tail.text[:len(block)]


@tap.case("it ends with the process that is removed, and with the host")
def ends():
    with busvisor.Daemon(SECTIONS) as daemon:
        daemon.wait_file("writer.log")
        with Tail(daemon, "/logtail/writer") as tail, Tail(daemon, "/mainlogtail") as main:
            tap.same(daemon.ctl("stop", "writer").returncode, 0, "stop")
            tap.same(daemon.ctl("remove", "writer").returncode, 0, "remove")
            tail.rest()
            os.kill(daemon.helper("busvisor-rpc-host"), 15)
            main.rest()


@tap.case("whom nobody listens to any more is forgotten, at most 64 follow something")
def many():
    with busvisor.Daemon(SECTIONS) as daemon:
        daemon.wait_file("writer.log")

        def follow():
            tail = Tail(daemon, "/logtail/writer")
            if tail.status == 200:
                return tail
            tail.socket.close()
            return None
        for _ in range(3):
            tails = [processes.wait_for(follow, "room") for _ in range(64)]
            with Tail(daemon, "/logtail/writer") as one_more:
                tap.same(one_more.status, 503, "the 65th")
            for tail in tails:
                tail.socket.close()

            def are_gone():
                host = daemon.helper("busvisor-rpc-host")
                return len(os.listdir("/proc/%d/fd" % host)) < 24
            processes.wait_for(are_gone, "descriptors to be closed")


@tap.case("supervisorctl follows logs")
def supervisorctl():
    with busvisor.Daemon(SECTIONS) as daemon:
        log_with(daemon, "writer.log", "before\n")
        with Tail(daemon, "/mainlogtail"):
            pass
        command = [sys.executable, "-u", "/usr/bin/supervisorctl", "-s",
                   "unix://" + daemon.file("socket"), "tail", "-f", "writer"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=daemon.path,
                              env=busvisor.clean_environment()) as process:
            tap.same(process.stdout.readline(), b"==> Press Ctrl-C to exit <==\n", "first")
            tap.same(process.stdout.readline(), b"before\n", "before")
            with open(daemon.file("writer.log"), "ab") as log:
                log.write(b"after\n")
            tap.same(process.stdout.readline(), b"after\n", "after")
            process.terminate()


tap.run()
