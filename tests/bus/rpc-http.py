"""HTTP as busvisor-rpc-host speaks it, byte by byte: framing, passwords, bounds, what is refused."""

import base64
import os
import re
import socket
import sys
import textwrap
import xmlrpc.client

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import busvisor  # noqa: E402
import processes  # noqa: E402
import tap  # noqa: E402
from raw_http import Client, HostByHand, call, get, state_of  # noqa: E402

UNIX = """
[unix_http_server]
file=%(here)s/socket
"""
LOCKED = """
[unix_http_server]
file=%(here)s/socket
username=user
password={SHA}3cbcd90adc4b192a87a625850b7f231caddf0eb3
"""


def password(text):
    return "Authorization: Basic %s\r\n" % base64.b64encode(text.encode()).decode()


@tap.case("connections are kept open, requests may come one upon the other")
def keep_alive():
    with busvisor.Daemon(UNIX) as daemon, Client(daemon) as client:
        status, headers, body = client.ask(call())
        tap.same(status, 200, "status")
        tap.same(headers["content-type"], "text/xml", "type")
        tap.check(headers["server"].startswith("busvisor/"), headers["server"])
        tap.check("date" in headers, "Date")
        tap.same(xmlrpc.client.loads(body)[0][0], {"statecode": 1, "statename": "RUNNING"}, "state")
        for path in ("/RPC2", "/RPC2/", "/RPC2/x?y"):
            tap.same(state_of(client.ask(call(path=path))), "RUNNING", path)
        client.send(call() + call() + b"\r\n" + call())
        tap.same([state_of(client.answer()) for _ in range(3)], ["RUNNING"] * 3, "pipelined")
        state_of(client.ask(call(headers="Connection: close\r\n")))
        tap.check(client.is_closed(), "still open after Connection: close")


@tap.case("HTTP/1.0 is closed after its answer, unless asked to stay")
def old_version():
    with busvisor.Daemon(UNIX) as daemon:
        with Client(daemon) as client:
            state_of(client.ask(call(version="1.0")))
            tap.check(client.is_closed(), "still open")
        with Client(daemon) as client:
            for _ in range(2):
                state_of(client.ask(call(version="1.0", headers="Connection: keep-alive\r\n")))


@tap.case("a body comes by its length, in chunks, or after 100 Continue")
def bodies():
    body = xmlrpc.client.dumps((), "supervisor.getState").encode()
    head = b"POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\n"
    with busvisor.Daemon(UNIX) as daemon, Client(daemon) as client:
        client.send(head + b"Content-Length: %d\r\n\r\n" % len(body))
        for i in range(len(body)):
            client.send(body[i:i + 1])
        state_of(client.answer())
        chunked = b"".join(b"%x\r\n%s\r\n" % (len(c), c) for c in (body[:7], body[7:]))
        state_of(client.ask(head + b"Transfer-Encoding: chunked\r\n\r\n" + chunked + b"0\r\n\r\n"))
        client.send(head + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(body))
        tap.same(client.answer()[0], 100, "to be continued")
        state_of(client.ask(body))


@tap.case("what is no call, or none that can be taken, is refused with the status that says so")
def refused():
    head = "POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\n"
    rows = [
        (get("/RPC2"), 405), (get("/RPC2", method="PUT"), 405), (get("/nothing"), 404),
        (get("/nothing", method="HEAD"), 404), (head + "\r\n", 411),
        (head + "Content-Length: 0\r\n\r\n", 400), (head + "Content-Length: 3\r\n\r\nxyz", 400),
        (head + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nxyz", 400),
        (head + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (head + "Content-Length: 3000000\r\nExpect: 100-continue\r\n\r\n", 413),
        (head + "Content-Length: 300000000\r\n\r\n", 413),
        (head + "Content-Length: -1\r\n\r\n", 400),
        (head + "X: %s\r\n\r\n" % ("x" * 20000), 431), ("GARBAGE\r\n\r\n", (400, 0)),
    ]
    with busvisor.Daemon(UNIX) as daemon:
        for request, expected in rows:
            with Client(daemon) as client:
                client.send(request)
                status, _ = client.head()
                wanted = expected if isinstance(expected, tuple) else (expected,)
                tap.check(status in wanted, "%r: %d" % (request[:200], status))
        with Client(daemon) as client:
            state_of(client.ask(call()))
            tap.check(b"by POST" in client.ask(get("/RPC2"))[2], "what is wanted is not told")
        daemon.wait_log(r"ERRO rpc-host: a body that is no XML-RPC call")


@tap.case("a body that is too large is refused, whether it is announced or not")
def too_large():
    head = b"POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\n"
    with busvisor.Daemon(UNIX) as daemon:
        with Client(daemon) as client:
            client.send(head + b"Content-Length: 3000000\r\n\r\n" + b"x" * 3000000)
            tap.same(client.answer()[0], 413, "announced")
            state_of(client.ask(call()))
        with Client(daemon) as client:
            client.send(head + b"Transfer-Encoding: chunked\r\n\r\n")
            client.send(b"10000\r\n%s\r\n" % (b"x" * 65536) * 40 + b"0\r\n\r\n")
            tap.same(client.answer()[0], 413, "in chunks")
            state_of(client.ask(call()))
        head = daemon.helper("busvisor-rpc-host")
        tap.check(head, "it is gone")


@tap.case("a password is wanted for every path, in any form of it that is right")
def passwords():
    with busvisor.Daemon(LOCKED) as daemon, Client(daemon) as client:
        wrong = ["", password("user:other"), password("other:word"), password("user"),
                 "Authorization: Basic\r\n", "Authorization: Basic !\r\n", "Authorization: \r\n",
                 "Authorization: Bearer x\r\n", "Authorization: Basic Og==\r\n"]
        for header in wrong:
            for request in (call(headers=header), get("/", header), get("/nothing", header),
                            get("/mainlogtail", header)):
                status, headers, _ = client.ask(request)
                tap.same(status, 401, "status of " + header)
                tap.same(headers["www-authenticate"], 'Basic realm="default"', "realm")
        state_of(client.ask(call(headers=password("user:word"))))
        tap.same(client.ask(get("/nothing", password("user:word")))[0], 404, "with a password")


@tap.case("without a password, any Authorization will do")
def open_socket():
    with busvisor.Daemon(UNIX) as daemon, Client(daemon) as client:
        for header in ("Authorization: \r\n", "Authorization: Basic Og==\r\n",
                       "Authorization: x\r\n", password("a:b")):
            state_of(client.ask(call(headers=header)))


@tap.case("what a page of another site sends is refused")
def cross_site():
    with busvisor.Daemon(UNIX) as daemon, Client(daemon) as client:
        tap.same(client.ask(call(headers="Origin: http://elsewhere\r\n"))[0], 403, "Origin")
        form = call(headers="User-Agent: Mozilla/5.0\r\n").replace(b"text/xml", b"text/plain")
        tap.same(client.ask(form)[0], 403, "a form's type")
        state_of(client.ask(call(headers="Origin: http://x\r\n")))


@tap.case("a call that waits holds up nobody, and goes on when its client has gone")
def deferred():
    with busvisor.Daemon(UNIX + textwrap.dedent("""
        [program:slow]
        command=sleep 1000
        autostart=false
        startsecs=1
        [program:endless]
        command=sleep 1000
        autostart=false
        startsecs=3600
        """)) as daemon, Client(daemon) as one, Client(daemon) as other:
        with Client(daemon) as third:
            third.send(call("supervisor.startProcess", "endless"))
            one.send(call("supervisor.startProcess", "slow"))
            tap.same(state_of(other.ask(call())), "RUNNING", "meanwhile")
            tap.same(xmlrpc.client.loads(one.answer()[2])[0][0], True, "started")
        daemon.wait_log(r"rpc-host: connection \d+: the client has gone")
        info = xmlrpc.client.loads(other.ask(call("supervisor.getProcessInfo", "endless"))[2])[0][0]
        tap.same(info["statename"], "STARTING", "what nobody waits for")


@tap.case("half of the input closed, the answers come all the same, and then the end")
def half_closed():
    with busvisor.Daemon(UNIX) as daemon, Client(daemon) as older:
        state_of(older.ask(call()))
        for requests in ([call()], [call(), call()], [call("supervisor.stopProcess", "x"), call()]):
            with Client(daemon) as client:
                client.send(b"".join(requests))
                client.socket.shutdown(socket.SHUT_WR)
                tap.same([client.answer()[0] for _ in requests], [200] * len(requests), "status")
                tap.check(client.is_closed(), "still open")
        state_of(older.ask(call()))


@tap.case("many connections are bounded, what is too many waits, and idle ones make room")
def many():
    with busvisor.Daemon(UNIX) as daemon:
        with Client(daemon) as first:
            state_of(first.ask(call()))
        host = daemon.helper("busvisor-rpc-host")
        clients = [Client(daemon) for _ in range(600)]
        try:
            with Client(daemon) as late:
                tap.same(state_of(late.ask(call())), "RUNNING", "behind 600 that say nothing")
            count = len(os.listdir("/proc/%d/fd" % host))
            tap.check(count < 560, "%d descriptors" % count)
        finally:
            for client in clients:
                client.socket.close()
        tap.same(daemon.helper("busvisor-rpc-host"), host, "pid")


@tap.case("the first request of all is answered, however early it comes")
def early():
    with busvisor.Daemon(UNIX) as daemon:
        with Client(daemon, wait=False) as client:
            state_of(client.ask(call()))


@tap.case("hostile XML is refused, and the daemon does not notice")
def hostile():
    bomb = "<!DOCTYPE a [<!ENTITY b 'bbbbbbbbbb'><!ENTITY c '%s'>]>" % ("&b;" * 100)
    deep = "<methodCall><methodName>a.b</methodName><params><param>" + \
        "<value><array><data>" * 100000
    names = ("supervisor.__init__", "supervisor.supervisord.options.execve",
             "supervisor.supervisord.options.warnings.linecache.os.system", "a", "a.b.c",
             "supervisor._update")
    with busvisor.Daemon(UNIX) as daemon, Client(daemon) as client:
        for body in (bomb + "<methodCall><methodName>&c;</methodName></methodCall>", deep):
            client.send("POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\n"
                        "Content-Length: %d\r\n\r\n%s" % (len(body), body))
            tap.same(client.answer()[0], 400, body[:20])
        for name in names:
            try:
                xmlrpc.client.loads(client.ask(call(name))[2])
                tap.check(False, name + " was found")
            except xmlrpc.client.Fault as fault:
                tap.same((fault.faultCode, fault.faultString), (1, "UNKNOWN_METHOD"), name)
        nil = "<methodCall><methodName>supervisor.getProcessInfo</methodName><params><param>" \
            "<value><nil/></value></param></params></methodCall>"
        body = client.ask("POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\n"
                          "Content-Length: %d\r\n\r\n%s" % (len(nil), nil))[2]
        tap.check(b"INCORRECT_PARAMETERS" in body, body)


@tap.case("without a bus every request is answered with 503 and why")
def no_bus():
    with busvisor.Folder() as folder:
        with HostByHand(folder, ["socket"], "http-0"), Client(folder) as client:
            status, _, body = client.ask(call())
            tap.same(status, 503, "status")
            tap.check(b"no message bus" in body, body)
            tap.same(client.ask(get("/"))[0], 503, "page")


@tap.case("two sockets may be of one server, and both are served again and again")
def two_sockets():
    with busvisor.Folder() as folder:
        with HostByHand(folder, ["first", "second"], "http-0:http-0"):
            for name in ["first", "second"] * 2:
                with Client(folder, name) as client:
                    tap.same(client.ask(get("/"))[0], 503, name)
                    client.socket.shutdown(socket.SHUT_WR)
                    tap.check(client.is_closed(), name)


@tap.case("while the daemon is not on the bus there is 503, and answers again when it is back")
def bus_lost():
    with busvisor.Daemon(UNIX) as daemon, Client(daemon) as client:
        state_of(client.ask(call()))
        os.kill(daemon.helper("dbus-daemon"), 9)
        daemon.wait_log(r"WARN rpc-host: bus: the connection is lost")

        def is_back():
            status, _, body = client.ask(call())
            tap.check(status in (200, 503), "status %d" % status)
            return status == 200
        processes.wait_for(is_back, "the daemon")


@tap.case("at its end the host closes what is idle, and answers what was asked")
def drained():
    with busvisor.Daemon(UNIX + textwrap.dedent("""
        [program:slow]
        command=sleep 1000
        autostart=false
        startsecs=2
        """)) as daemon, Client(daemon) as idle, Client(daemon) as busy:
        state_of(idle.ask(call()))
        busy.send(call("supervisor.startProcess", "slow"))
        daemon.wait_log(r"spawned: 'slow'")
        os.kill(daemon.helper("busvisor-rpc-host"), 15)
        tap.check(idle.is_closed(), "the idle one is open")
        tap.same(xmlrpc.client.loads(busy.answer()[2])[0][0], True, "started")
        tap.check(busy.is_closed(), "the other is open")
        with Client(daemon) as client:
            state_of(client.ask(call()))


@tap.case("usage errors exit with 2, --version with 0")
def usage():
    import subprocess
    program = busvisor.program("busvisor-rpc-host")

    def run(*arguments):
        result = subprocess.run([program] + list(arguments), stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True, check=False,
                                env=busvisor.clean_environment())
        return result.returncode, result.stdout
    tap.same(run("--version")[0], 0, "--version")
    tap.check(re.match(r"\d+\.\d+\.\d+\n$", run("--version")[1]), "--version")
    for arguments in (["x"], ["--bus-name=x"], ["--idle-timeout=-1"], ["--nothing"],
                      ["--timeouts="], ["--timeouts=body"], ["--timeouts=body=0"],
                      ["--timeouts=body=1s"], ["--timeouts=body=1,other=1"]):
        tap.same(run(*arguments)[0], 2, str(arguments))
    status, text = run("--address=unix:path=/nowhere")
    tap.same((status, "no socket to listen on" in text), (1, True), text)


tap.run()
