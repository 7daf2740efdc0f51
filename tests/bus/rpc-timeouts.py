"""For how long busvisor-rpc-host waits for its clients, with other times than the usual ones, which are
minutes."""

import os
import signal
import socket

import processes
import tap
from busvisor import Daemon
from raw_http import Client, HostByHand, call, get, state_of

UNIX = """
[unix_http_server]
file=%(here)s/socket

[program:endless]
command=/bin/sleep 1000
autostart=false
startsecs=3600

[program:slow]
command=/bin/sleep 1000
autostart=false
startsecs=1
"""
HEAD = "POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\n"


class Impatient:
    """A daemon, and a host of it besides its own with other timeouts: on the UNIX socket "by-hand" and
    on a port."""

    def __init__(self, timeouts):
        self.daemon = Daemon(UNIX)
        self.timeouts = timeouts

    def __enter__(self):
        self.daemon.__enter__()
        try:
            self.daemon.connect()
            self.host = HostByHand(self.daemon, ["by-hand", None], "http-0:http-0",
                                   ["--debug", "--timeouts=" + self.timeouts], self.daemon)
            self.least = processes.wait_for(self._count_others, "an answer")
        except BaseException:
            self.daemon.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *error):
        try:
            self.host.__exit__(*error)
        finally:
            self.daemon.__exit__(*error)

    def _count_others(self):
        """How many descriptors there are while nobody is connected; None where it was too slow."""
        with self.client() as client:
            try:
                status, _, _ = client.ask(call())
            except BrokenPipeError:
                return None
            return self.descriptors() - 1 if status == 200 else None

    def client(self):
        return Client(self.daemon, "by-hand")

    def tcp_client(self):
        return Client(self.daemon, self.host.ports[1])

    def wait_for_nobody(self):
        """Until no connection is open any more."""
        processes.wait_for(lambda: self.descriptors() <= self.least, "%d descriptors" % self.least)

    def descriptors(self):
        return len(os.listdir("/proc/%d/fd" % self.host.pid))

    def state(self, process):
        with self.client() as client:
            return state_of(client.ask(call("supervisor.getProcessInfo", process)))


def check_late(client):
    """It is told that it was too slow, and no more."""
    status, headers, body = client.answer()
    tap.same(status, 408)
    tap.check(headers["server"].startswith("busvisor/"), headers)
    tap.same(headers["connection"], "close")
    tap.same(body, b"The rest of the request took too long.\n")
    tap.check(client.is_closed(), "still open")


@tap.case("who sends nothing, or no whole line, is let go in silence")
def first_line():
    with Impatient("first=0.5") as impatient:
        with impatient.client() as nothing, impatient.client() as line:
            try:
                line.send("POST /RPC2 HT")
            except BrokenPipeError:
                pass  # it was too slow even for that
            for client in (nothing, line):
                tap.check(client.is_closed(), "an answer")


@tap.case("who has been answered and sends no other whole line is too")
def next_line():
    with Impatient("next=0.5") as impatient, impatient.client() as client:
        state_of(client.ask(call()))
        try:
            client.send("POST /")
        except BrokenPipeError:
            pass
        tap.check(client.is_closed(), "an answer")


@tap.case("whose headers or body do not come to an end is told that with 408")
def request():
    with Impatient("head=0.3,body=0.3") as impatient:
        for text in (HEAD + "X", HEAD + "Content-Length: 100\r\n\r\n<methodCall>",
                     HEAD + "Transfer-Encoding: chunked\r\n\r\n4\r\n<met\r\n",
                     # refused already, and the rest is read
                     HEAD.replace("RPC2", "nothing") + "Content-Length: 100\r\n\r\nx"):
            for connect in (impatient.client, impatient.tcp_client):
                with connect() as client:
                    client.send(text)
                    check_late(client)
        with impatient.client() as client:
            client.send(HEAD + "Expect: 100-continue\r\nContent-Length: 100\r\n\r\n")
            tap.same(client.answer()[0], 100)
            check_late(client)


@tap.case("nor is that cut short where nothing at all comes of a body")
def silent():
    with Impatient("body=1,silence=1") as impatient:
        for connect in (impatient.client, impatient.tcp_client):
            with connect() as client:
                client.send(HEAD + "Content-Length: 100\r\n\r\n")
                check_late(client)


@tap.case("who sends a byte now and then is no exception")
def dribble():
    with Impatient("body=1") as impatient, impatient.client() as client:
        client.send(HEAD + "Content-Length: 2000000\r\n\r\n")
        client.socket.settimeout(0.05)
        try:
            while True:
                client.send("x")
                try:
                    if not client.more() or client.rest:
                        break
                except TimeoutError:
                    pass
        except (BrokenPipeError, ConnectionResetError):
            pass
        client.socket.settimeout(processes.WAIT_LIMIT)
        tap.same(client.answer()[0], 408)


def lengthen(daemon):
    """More is in the log than any socket holds."""
    with open(daemon.file("main.log"), "ab") as log:
        log.write((b"x" * 4095 + b"\n") * 2048)


@tap.case("an answer that is not read, or not in time, is broken off")
def unread():
    for timeouts in ("answer=0.5", "silence=1"):
        with Impatient(timeouts) as impatient:
            lengthen(impatient.daemon)
            for connect in (impatient.client, impatient.tcp_client):
                with connect() as client:
                    client.send(call("supervisor.readLog", 0, 0))
                    status, headers = client.head()
                    tap.same(status, 200)
                    impatient.wait_for_nobody()
                    while client.more():
                        pass
                    tap.check(len(client.rest) < int(headers["content-length"]),
                              "all of it came")


@tap.case("who follows a log and does not read is let go")
def follower():
    with Impatient("news=0.5") as impatient:
        with impatient.client() as client:
            client.send(get("/mainlogtail"))
            tap.same(client.head()[0], 200)
            lengthen(impatient.daemon)
            impatient.wait_for_nobody()


@tap.case("who closes its connection while it waits is noticed, and what it began goes on")
def gone():
    with Impatient("gone=0.3") as impatient:
        for connect in (impatient.client, impatient.tcp_client):
            with connect() as client:
                client.send(call("supervisor.startProcess", "endless"))
                processes.wait_for(lambda: impatient.state("endless") == "STARTING", "the start")
            impatient.wait_for_nobody()
            tap.same(impatient.state("endless"), "STARTING")
            with impatient.client() as client:
                client.ask(call("supervisor.stopProcess", "endless"))


@tap.case("who only has nothing more to ask gets what comes in time, over TCP too")
def half_closed():
    with Impatient("gone=60") as impatient:
        for connect in (impatient.client, impatient.tcp_client):
            with connect() as client:
                client.send(call("supervisor.startProcess", "slow"))
                client.socket.shutdown(socket.SHUT_WR)
                tap.same(client.answer()[0], 200)
                tap.check(client.is_closed(), "still open")
            with impatient.client() as client:
                client.ask(call("supervisor.stopProcess", "slow"))


@tap.case("who ends in the middle of a request is not waited for, even where all came at once")
def broken_off():
    whole = call()
    head = whole.index(b"\r\n\r\n") + 4
    with Impatient("head=3600,body=3600,silence=3600") as impatient:
        for part, answers in ((whole[:head - 9], 0), (whole[:head], 0), (whole[:-9], 0),
                              (call() + whole[:-9], 1),
                              (get("/RPC2").encode() + whole[:head - 9], 1)):
            for connect in (impatient.client, impatient.tcp_client):
                os.kill(impatient.host.pid, signal.SIGSTOP)
                try:
                    client = connect()
                    client.send(part)
                    client.socket.shutdown(socket.SHUT_WR)
                finally:
                    os.kill(impatient.host.pid, signal.SIGCONT)
                with client:
                    while client.more():
                        pass
                    tap.same(client.rest.count(b"HTTP/1.1 "), answers, part)


def keepalive_timers(port):
    """How many connections of that port have one running, as the kernel tells."""
    with open("/proc/net/tcp", encoding="ascii") as table:
        rows = [line.split() for line in table.readlines()[1:]]
    established, keepalive = "01", "02"
    return sum(row[1].endswith(":%04X" % port) and row[3] == established and
               row[5].startswith(keepalive) for row in rows)


@tap.case("a peer that vanishes is asked for by the kernel")
def vanished():
    with Impatient("first=60") as impatient, impatient.tcp_client() as client:
        state_of(client.ask(call()))
        processes.wait_for(lambda: keepalive_timers(impatient.host.ports[1]) == 1, "its timer")


tap.run(at_once=4)
