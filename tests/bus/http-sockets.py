"""The HTTP sockets of the configuration: bound at the start with their owner and mode, and gone at
the end."""

import os
import socket
import stat

import tap
from busvisor import Daemon, Folder, run_busvisord
from withrpc import free_port

HEAD = "[supervisord]\nlogfile=%(here)s/log\npidfile=%(here)s/pid\nnodaemon=true\n"


@tap.case("they are there with their modes before programs start, and gone at the end")
def sockets():
    port = free_port()
    with Daemon("""
[unix_http_server]
file=%%(here)s/one
chmod=0640
[unix_http_server:two]
file=%%(here)s/two
[inet_http_server]
port=127.0.0.1:%d
username=a
password=b
""" % port) as daemon:
        daemon.connect()
        tap.same(stat.S_IMODE(os.stat(daemon.file("one")).st_mode), 0o640)
        tap.same(stat.S_IMODE(os.stat(daemon.file("two")).st_mode), 0o700)
        socket.create_connection(("127.0.0.1", port)).close()
        tap.check(not os.path.exists(daemon.file("run/test/rpc/socket")), "a private one besides")
        daemon.wait_log("CRIT Server 'unix_http_server:two' running without any HTTP "
                        "authentication checking")
        tap.check("Server 'inet_http_server' running" not in daemon.read("main.log"),
                  "warned where there is a password")
        path = daemon.path
        daemon.process.terminate()
        daemon.wait_end()
        tap.same([n for n in ("one", "two") if os.path.exists(os.path.join(path, n))], [])


@tap.case("where somebody listens already it does not start, and what is stale is taken away")
def in_the_way():
    with Folder() as folder, socket.socket(socket.AF_UNIX) as other:
        other.bind(folder.file("http"))
        other.listen()
        folder.write("c.conf", HEAD + "[unix_http_server]\nfile=%(here)s/http\n")
        result = run_busvisord(folder, "-c", folder.file("c.conf"))
        tap.same(result.returncode, 2)
        tap.check(result.stderr.startswith("Another program is already listening on a port"),
                  result.stderr)
        tap.check(os.path.exists(folder.file("http")), "it was taken away")


@tap.case("where there can be no private socket one warning says so, and all goes on")
def none():
    class Deep(Daemon):
        """Whose folders are too deep for the path of a socket."""

        def start(self):
            deep = os.path.join(self.environment["RUNTIME_DIRECTORY"], 100 * "x")
            os.makedirs(deep)
            self.environment.update(RUNTIME_DIRECTORY=deep,
                                    DBUS_SYSTEM_BUS_ADDRESS="unix:path=/nonexistent")
            super().start()

    with Deep("[program:web]\ncommand=/bin/sleep 1000\n", ["--bus", "auto"]) as daemon:
        daemon.wait_log("spawned: 'web'")
        log = daemon.read("main.log")
        tap.same(log.count("AF_UNIX path too long"), 1, log)
        tap.check("WARN no private socket for SUPERVISOR_SERVER_URL" in log, log)


tap.run()
