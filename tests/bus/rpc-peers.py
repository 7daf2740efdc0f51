"""Who is answered on the private socket, whose users come and go with the programs; and that clients
of the real busvisor-rpc-host live through restarts, its crashes and the end of the daemon."""

import os
import signal
import socket
import subprocess
import xmlrpc.client

import processes
import tap
from busvisor import PYTHON, Daemon, clean_environment
from bus import MANAGER, ROOT
from systembus import STRANGER, needs_root
from withrpc import free_port

WEB = "[program:web]\ncommand=/bin/sleep 1000\n"
OF_STRANGER = "[program:other]\ncommand=/bin/sleep 1000\nuser=%d\n" % STRANGER

# Prints the status that a request for the state is answered with.
ASK = """
import http.client, socket, sys
connection = http.client.HTTPConnection("localhost")
connection.sock = socket.socket(socket.AF_UNIX)
connection.sock.connect(sys.argv[1])
connection.request("POST", "/RPC2", "<methodCall><methodName>supervisor.getState</methodName>"
                   "</methodCall>", {"Content-Type": "text/xml"})
print(connection.getresponse().status)
"""


def status_for(daemon, uid):
    """What a process of this user is answered with."""
    user = [] if uid == os.geteuid() else ["setpriv", "--reuid=%d" % uid, "--clear-groups"]
    result = subprocess.run(user + [PYTHON, "-c", ASK, private(daemon)], text=True, cwd="/",
                            capture_output=True, check=False, env=clean_environment(),
                            stdin=subprocess.DEVNULL, timeout=processes.WAIT_LIMIT)
    tap.same(result.returncode, 0, result.stderr)
    return int(result.stdout)


def private(daemon):
    return daemon.file("run/test/rpc/socket")


class Transport(xmlrpc.client.Transport):
    """Over a UNIX socket."""

    def __init__(self, path):
        super().__init__()
        self.path = path

    def make_connection(self, host):
        connection = super().make_connection(host)

        def connect():
            connection.sock = socket.socket(socket.AF_UNIX)
            connection.sock.settimeout(processes.WAIT_LIMIT)
            connection.sock.connect(self.path)
        connection.connect = connect
        return connection


def server(daemon):
    return xmlrpc.client.ServerProxy("http://localhost", Transport(private(daemon))).supervisor


@tap.case("a user is answered from when he has a program until he has none any more")
def users():
    needs_root()
    with Daemon(WEB) as daemon:
        daemon.connect()
        tap.same(status_for(daemon, 0), 200)
        tap.same(status_for(daemon, STRANGER), 403)
        daemon.configure(WEB + OF_STRANGER)
        rpc = server(daemon)
        tap.same(rpc.reloadConfig(), [[["other"], [], []]])
        tap.same(rpc.addProcessGroup("other"), True)
        processes.wait_for(lambda: status_for(daemon, STRANGER) == 200, "an answer")
        rpc.stopProcess("other")
        tap.same(rpc.removeProcessGroup("other"), True)
        processes.wait_for(lambda: status_for(daemon, STRANGER) == 403, "a refusal")


@tap.case("after a crash of the rpc-host the next request is answered")
def crash():
    with Daemon(WEB) as daemon:
        daemon.connect()
        rpc = server(daemon)
        tap.same(rpc.getState()["statename"], "RUNNING")
        os.kill(daemon.wait_helper("busvisor-rpc-host"), signal.SIGKILL)
        tap.same(server(daemon).getState()["statename"], "RUNNING")


@tap.case("a restart of everything is asked for and answered over it, and it is there all the time")
def restart():
    with Daemon(WEB) as daemon:
        daemon.connect()
        tap.same(server(daemon).restart(), True)
        daemon.wait_log("supervisord started with pid", 2)
        tap.same(server(daemon).getState()["statename"], "RUNNING")
        tap.same(server(daemon).getProcessInfo("web")["group"], "web")


def rest_of(client, text):
    try:
        client.sendall(text)
        return client.recv(4096).decode().partition("\r\n")[0]
    except ConnectionError:
        return ""


@tap.case("who has begun to ask where a password is wanted is not answered by another server's rules")
def half_asked():
    port = free_port()
    body = "<methodCall><methodName>supervisor.getState</methodName></methodCall>"
    head = "POST /RPC2 HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/xml\r\n"
    rest = "Content-Length: %d\r\n\r\n%s" % (len(body), body)
    closed = "[inet_http_server]\nport=127.0.0.1:%d\nusername=a\npassword=b\n" % port
    with Daemon(closed + WEB) as daemon:
        connection = daemon.connect()
        with socket.create_connection(("127.0.0.1", port)) as asked, \
                socket.create_connection(("127.0.0.1", port)) as asking:
            asking.sendall(head.encode())
            tap.check(" 401 " in rest_of(asked, (head + rest).encode()), "it wants no password")
            daemon.configure("[unix_http_server]\nfile=%(here)s/http\n" + WEB)
            connection.call(ROOT, MANAGER, "Reload")
            daemon.wait_log("supervisord started with pid", 2)
            for _ in range(100):  # it may have asked meanwhile what the servers are now
                connection.call(ROOT, MANAGER, "ListProcesses")
            tap.check(" 200 " not in rest_of(asking, rest.encode()), "it was answered")


@tap.case("who asks for the end hears that it comes, every time")
def shutdown():
    for _ in range(10):
        with Daemon("") as daemon:
            daemon.connect()
            tap.same(server(daemon).shutdown(), True)
            tap.same(daemon.wait_end(), 0)


@tap.case("while everything is being stopped the answer is fault 6")
def closing():
    with Daemon("""
[program:slow]
command=/bin/sh -c 'trap "touch asked" TERM; touch ready; while ! test -e go; do sleep 0.05; done'
directory=%(here)s
stopwaitsecs=100
""") as daemon:
        daemon.connect()
        daemon.wait_file("ready")
        daemon.process.terminate()
        daemon.wait_file("asked")
        try:
            server(daemon).getState()
            raise AssertionError("it was answered")
        except xmlrpc.client.Fault as fault:
            tap.same((fault.faultCode, fault.faultString), (6, "SHUTDOWN_STATE"))
        daemon.write("go", "")
        daemon.wait_end()


tap.run()
