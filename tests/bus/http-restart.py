"""HTTP servers when everything is started anew: what has not changed goes on being served, what has
changed is served anew, and what cannot be had leaves all as it is."""

import os
import re
import socket
import stat

import bus
import processes
import tap
from bus import MANAGER, ROOT
from withrpc import Client, DaemonWithRpc, ask, free_port

PROGRAM = """
[program:show]
command=/bin/sh -c 'echo "$SUPERVISOR_SERVER_URL" >> %(here)s/urls; exec sleep 1000'
"""
ONE = """
[unix_http_server]
file=%(here)s/http
username=operator
password=a secret
"""


def restart(daemon, sections, count, connection):
    """Everything anew with these sections; count: so many starts have been before."""
    processes.wait_for(lambda: len(urls(daemon)) == count, "the program of before")
    daemon.configure(sections)
    connection.call(ROOT, MANAGER, "Reload")
    daemon.wait_log("supervisord started with pid", count + 1)
    processes.wait_for(lambda: len(urls(daemon)) > count, "the program")


def check_url(connection, url):
    """The property says so, and a change of it is told."""
    tap.same(connection.get(ROOT, MANAGER, "ServerUrl"), url)
    connection.wait_signal(
        lambda s: s.member == "PropertiesChanged" and s.body[0] == MANAGER and
        s.body[1].get("ServerUrl") == ("s", url), "the change of ServerUrl")


def urls(daemon):
    return daemon.read("urls").splitlines()


def servers(where):
    return ask(where, "facts")["attached"][2]


def is_refused(where):
    try:
        Client(where).close()
    except OSError:
        return True
    return False


@tap.case("what has not changed stays: the socket, its host, and the connections of that")
def unchanged():
    with DaemonWithRpc(ONE + PROGRAM) as daemon:
        connection = daemon.connect()
        client = Client(daemon.file("http"))
        pid = client.ask("pid")
        inode = os.stat(daemon.file("http")).st_ino
        restart(daemon, ONE + "chmod=0755\n" + PROGRAM, 1, connection)
        tap.same(client.ask("pid"), pid)
        tap.same(os.stat(daemon.file("http")).st_ino, inode)
        tap.same(stat.S_IMODE(os.stat(daemon.file("http")).st_mode), 0o755)
        tap.same(ask(daemon.file("http"), "pid"), pid)


@tap.case("another password is for another process, at the same socket")
def password():
    with DaemonWithRpc(ONE + PROGRAM) as daemon:
        connection = daemon.connect()
        client = Client(daemon.file("http"))
        pid = client.ask("pid")
        inode = os.stat(daemon.file("http")).st_ino
        restart(daemon, ONE.replace("a secret", "the new one") + PROGRAM, 1, connection)
        tap.same(client.receive(), None, "the old process has ended")
        tap.same(servers(daemon.file("http")), [["unix_http_server", "operator", "the new one", []]])
        tap.same(os.stat(daemon.file("http")).st_ino, inode)
        tap.check(ask(daemon.file("http"), "pid") != pid, "it is the old process")
        log = daemon.read("main.log")
        tap.check("a secret" not in log and "the new one" not in log, "a password is in the log")


@tap.case("sections come and go, with their sockets and SUPERVISOR_SERVER_URL")
def come_and_go():
    port = free_port()
    tcp = "[inet_http_server]\nport=127.0.0.1:%d\n" % port
    with DaemonWithRpc(PROGRAM) as daemon:
        connection = daemon.connect()
        private = "unix://" + daemon.private_socket
        tap.same(connection.get(ROOT, MANAGER, "ServerUrl"), private)
        tap.same(servers(daemon.private_socket)[0][0], "")
        restart(daemon, ONE + PROGRAM, 1, connection)
        check_url(connection, "unix://" + daemon.file("http"))
        tap.check(not os.path.exists(daemon.private_socket), "the private one is still there")
        tap.same([s[0] for s in servers(daemon.file("http"))], ["unix_http_server"])
        restart(daemon, tcp + PROGRAM, 2, connection)
        check_url(connection, "http://127.0.0.1:%d" % port)
        tap.check(not os.path.exists(daemon.file("http")), "the file is still there")
        tap.same([s[0] for s in servers(port)], ["inet_http_server"])
        restart(daemon, PROGRAM, 3, connection)
        tap.check(is_refused(port), "the port is still served")
        tap.same(servers(daemon.private_socket)[0][0], "")
        check_url(connection, private)
        tap.same(daemon.ctl("show", "-p", "ServerUrl", "--value").stdout, private + "\n")
        tap.same(urls(daemon), [private, "unix://" + daemon.file("http"),
                                "http://127.0.0.1:%d" % port, private])


@tap.case("a port can change between one address and all")
def same_port():
    port = free_port()

    def sections(host):
        return "[inet_http_server]\nport=%s:%d\n%s" % (host, port, PROGRAM)
    with DaemonWithRpc(sections("*")) as daemon:
        connection = daemon.connect()
        for count, host in enumerate(("127.0.0.1", "*", "localhost"), 1):
            pid = ask(port, "pid")
            restart(daemon, sections(host), count, connection)
            tap.check(ask(port, "pid") != pid, "it is the old process")
        tap.same(re.findall("ERRO .*", daemon.read("main.log")), [])


@tap.case("what cannot be had refuses the restart, and nothing changes")
def impossible():
    with DaemonWithRpc(ONE + PROGRAM) as daemon, socket.socket(socket.AF_UNIX) as other:
        connection = daemon.connect()
        processes.wait_for(lambda: urls(daemon), "the program")
        other.bind(daemon.file("taken"))
        other.listen()
        pid = connection.pid("show")
        daemon.configure("""
[unix_http_server:free]
file=%(here)s/free
[unix_http_server:taken]
file=%(here)s/taken
""")
        tap.same(connection.call_error(ROOT, MANAGER, "Reload"), bus.ERROR + "BadConfiguration")
        daemon.wait_log("ERRO Another program is already listening on a port.*nothing is restarted")
        tap.check(not os.path.exists(daemon.file("free")), "one was opened")
        tap.same(connection.pid("show"), pid)
        tap.same(servers(daemon.file("http"))[0][0], "unix_http_server")


@tap.case("an update leaves them alone, and says so")
def update():
    with DaemonWithRpc(ONE + PROGRAM) as daemon:
        daemon.connect()
        pid = ask(daemon.file("http"), "pid")
        daemon.configure(ONE.replace("secret", "x") + PROGRAM)
        tap.same(daemon.ctl("reread", "-v").stdout, "No config updates to processes\n"
                 "[unix_http_server] waits until everything is started anew: password\n")
        tap.same(daemon.ctl("update").stdout, "")
        tap.same(ask(daemon.file("http"), "pid"), pid)


@tap.case("a socket that somebody has taken away is there again")
def taken_away():
    with DaemonWithRpc(ONE + PROGRAM) as daemon:
        connection = daemon.connect()
        os.unlink(daemon.file("http"))
        restart(daemon, ONE + PROGRAM, 1, connection)
        tap.same(servers(daemon.file("http"))[0][0], "unix_http_server")


tap.run()
