"""The status page and its stream of changes, as a client gets them that is no browser; and what it
takes for a page of another site."""

import base64
import hashlib
import os
import re
import signal

import processes
import tap
from bus import PROCESS, process_path
from busvisor import Daemon
from http_client import EventStream, ask
from withrpc import free_port

PROGRAMS = """
[unix_http_server]
file=%(here)s/http

[program:cat]
command=/bin/cat
startsecs=0

[program:lost]
command=/no/such/program
startretries=0

[group:pair]
programs=one,two

[program:one]
command=/bin/sleep 1000
startsecs=0

[program:two]
command=/bin/sleep 1000
startsecs=0
autostart=false
"""

LISTENER = """
[eventlistener:mail]
command=/bin/sh -c 'while echo READY; read -r h; do head -c "${h##*len:}" >/dev/null; printf "RESULT 2\\nOK"; done'
events=PROCESS_STATE
startsecs=0
"""

STOP = """<?xml version='1.0'?><methodCall><methodName>supervisor.stopProcess</methodName><params>
<param><value><string>cat</string></value></param></params></methodCall>"""

XML = {"Content-Type": "text/xml"}
MOZILLA = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def basic(user, password):
    return {"Authorization": "Basic " + base64.b64encode(
        ("%s:%s" % (user, password)).encode()).decode()}


def state(daemon, group, name):
    return daemon.buses[0].get(process_path(group, name), PROCESS, "State")


def wait_state(daemon, group, name, wanted):
    processes.wait_for(lambda: state(daemon, group, name) == wanted, "%s to be %s" % (name, wanted))


def hashes(html, tag):
    text = re.search("<%s>(.*?)</%s>" % (tag, tag), html, re.DOTALL).group(1)
    return "'sha256-%s'" % base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@tap.case("the page is there, and may do nothing but what it has to")
def page():
    with Daemon(PROGRAMS) as daemon:
        daemon.connect()
        place = daemon.file("http")
        response, html = ask(place, "GET", "/")
        tap.same((response.status, response.getheader("Content-Type")),
                 (200, "text/html;charset=utf-8"))
        tap.check(html.startswith("<!DOCTYPE html>") and html.endswith("</html>\n"), "its text")
        policy = response.getheader("Content-Security-Policy").split("; ")
        for rule in ("default-src 'none'", "frame-ancestors 'none'", "form-action 'none'",
                     "base-uri 'none'", "connect-src 'self'", "style-src " + hashes(html, "style"),
                     "script-src " + hashes(html, "script")):
            tap.check(rule in policy, "%s not in %s" % (rule, policy))
        for name, value in (("Cache-Control", "no-store"), ("X-Frame-Options", "DENY"),
                            ("X-Content-Type-Options", "nosniff"),
                            ("Referrer-Policy", "same-origin")):
            tap.same(response.getheader(name), value, name)
        tap.check(response.getheader("Server").startswith("busvisor/"), "Server")
        tap.same(ask(place, "GET", "/index.html")[1], html)
        response, body = ask(place, "HEAD", "/")
        tap.same((response.status, body, response.getheader("Content-Length")),
                 (200, "", str(len(html.encode()))))
        tap.same(ask(place, "POST", "/", XML, "x")[0].status // 100, 4, "status of a POST")


@tap.case("the other paths of Supervisor's page lead somewhere")
def other_paths():
    with Daemon(PROGRAMS) as daemon:
        daemon.connect()
        place = daemon.file("http")
        response, body = ask(place, "GET", "/ok.html")
        tap.same((response.status, body), (200, "OK"))
        for path, location in (("/tail.html?processname=pair:one", "/#log=pair%3Aone"),
                               ("/tail.html?processname=a%0d%0aX:%20y", "/#log=a%0D%0AX%3A%20y"),
                               ("/tail.html", "/")):
            response, _ = ask(place, "GET", path)
            tap.same((response.status, response.getheader("Location")), (303, location), path)
            tap.same(response.getheader("X"), None)
        tap.same(ask(place, "GET", "/index.htm")[0].status, 404)


@tap.case("the stream tells all that there is, and then what changes")
def stream():
    with Daemon(PROGRAMS + LISTENER) as daemon:
        bus = daemon.connect()
        wait_state(daemon, "lost", "lost", "FATAL")
        with EventStream(daemon.file("http")) as events:
            tap.same(events.response.status, 200)
            tap.same(events.response.getheader("Content-Type"), "text/event-stream")
            tap.same(events.response.getheader("Cache-Control"), "no-store")
            name, data = events.next()
            tap.same(name, "snapshot")
            tap.same(events.states, {"cat:cat": "RUNNING", "lost:lost": "FATAL",
                                     "mail:mail": "RUNNING", "pair:one": "RUNNING",
                                     "pair:two": "STOPPED"})
            tap.same((data["daemon"]["identifier"], data["daemon"]["state"], data["daemon"]["pid"]),
                     ("test", "RUNNING", daemon.process.pid))
            tap.same(list(events.pools), ["mail"])
            by_name = {p["name"]: p for p in data["processes"]}
            tap.same(by_name["cat"]["pid"],
                     bus.get(process_path("cat", "cat"), PROCESS, "Pid"), "process id")
            tap.check(abs(data["now"] - by_name["cat"]["start"]) < 10 * 60 * 1000, "start")
            tap.check("/no/such/program" in by_name["lost"]["error"], "error")
            tap.same(daemon.ctl("stop", "cat").returncode, 0)
            events.states.clear()
            events.wait_state("cat:cat", "STOPPED")
            tap.same(events.last, "change")
            tap.check("lost:lost" not in events.states, "what has not changed is told again")
            tap.same(daemon.ctl("start", "pair:two").returncode, 0)
            events.wait_state("pair:two", "RUNNING")
            events.wait(lambda: events.pools["mail"]["delivered"] > 3 and
                        events.pools["mail"]["lagEvents"] == 0)


@tap.case("a group that goes or comes makes all new")
def groups():
    with Daemon(PROGRAMS + LISTENER) as daemon:
        daemon.connect()
        with EventStream(daemon.file("http")) as events:
            tap.same(events.next()[0], "snapshot")
            for group in ("cat", "mail"):
                tap.same(daemon.ctl("stop", group + ":*").returncode, 0)
                tap.same(daemon.ctl("remove", group).returncode, 0)
            events.wait(lambda: "mail:mail" not in events.states and
                        "cat:cat" not in events.states)
            tap.same(events.pools, {})
            tap.same(daemon.ctl("add", "cat").returncode, 0)
            events.wait_state("cat:cat", "RUNNING")


@tap.case("the stream outlasts the bus")
def without_bus():
    with Daemon(PROGRAMS) as daemon:
        daemon.connect()
        with EventStream(daemon.file("http")) as events:
            tap.same(events.next()[0], "snapshot")
            os.kill(daemon.helper("dbus-daemon"), signal.SIGKILL)
            # That it was away is told only to who reads while it is.
            events.states.clear()
            events.wait_state("cat:cat", "RUNNING")
            tap.same(events.last, "snapshot")
            daemon.connect()
            tap.same(daemon.ctl("stop", "cat").returncode, 0)
            events.wait_state("cat:cat", "STOPPED")


@tap.case("there are only so many streams, and a place that is left is free again")
def many():
    with Daemon(PROGRAMS) as daemon:
        daemon.connect()
        place, streams = daemon.file("http"), []
        try:
            while True:
                streams.append(EventStream(place))
                if streams[-1].response.status != 200:
                    break
                tap.check(len(streams) < 1000, "streams without end")
            tap.same(streams.pop().response.status, 503)
            tap.check(len(streams) >= 16, "only %d streams" % len(streams))
            tap.same(ask(place, "GET", "/ok.html")[0].status, 200, "status of another request")
            streams.pop(0).connection.close()

            def is_free():
                streams.append(EventStream(place))
                if streams[-1].response.status == 200:
                    return True
                streams.pop().connection.close()
                return False
            processes.wait_for(is_free, "a free place")
            daemon.ctl("stop", "cat")
            for one in streams:
                one.wait_state("cat:cat", "STOPPED")
        finally:
            for one in streams:
                one.connection.close()


FOREIGN = (
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost:8000"},
    {"Referer": "http://evil.example/page"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate"},
    {"Content-Type": "text/plain", "User-Agent": MOZILLA},
    {"Content-Type": "text/plain", "Accept-Language": "en"},
)
OWN = (
    {},
    XML,
    {"Origin": "http://localhost", "Referer": "http://localhost/", "Sec-Fetch-Site": "same-origin",
     "User-Agent": MOZILLA, **XML},
)


@tap.case("what a page of another site makes a browser send is refused, and nothing happens")
def foreign():
    with Daemon(PROGRAMS) as daemon:
        daemon.connect()
        place = daemon.file("http")
        wait_state(daemon, "cat", "cat", "RUNNING")
        pid = daemon.buses[0].get(process_path("cat", "cat"), PROCESS, "Pid")
        for headers in FOREIGN:
            response, body = ask(place, "POST", "/RPC2", {**XML, **headers}, STOP)
            tap.same(response.status, 403, str(headers))
            tap.same(response.getheader("Access-Control-Allow-Origin"), None)
            tap.check("methodResponse" not in body, "an answer: " + body)
        for path in ("/events", "/", "/logtail/cat"):
            for headers in ({"Origin": "http://evil.example"},
                            {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}):
                tap.same(ask(place, "GET", path, headers)[0].status, 403, path)
        # Before one would be asked for what it may do: no method but ours, nothing is allowed.
        response, _ = ask(place, "OPTIONS", "/RPC2", {"Origin": "http://evil.example",
                                                      "Access-Control-Request-Method": "POST"})
        tap.check(response.status >= 400, "status of OPTIONS is %d" % response.status)
        tap.same(response.getheader("Access-Control-Allow-Origin"), None)
        tap.same(daemon.buses[0].get(process_path("cat", "cat"), PROCESS, "Pid"), pid)
        # A link is fine.
        tap.same(ask(place, "GET", "/", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate",
                                         "Referer": "http://wiki.example/"})[0].status, 200)
        for headers in OWN:
            daemon.ctl("start", "cat")
            tap.same(ask(place, "POST", "/RPC2", headers, STOP)[0].status, 200, str(headers))
            tap.same(state(daemon, "cat", "cat"), "STOPPED", str(headers))


@tap.case("without a password a browser may not use a name that others give")
def rebinding():
    port = free_port()
    with Daemon(PROGRAMS + "[inet_http_server]\nport=127.0.0.1:%d\n" % port) as daemon:
        daemon.connect()
        evil = {"Host": "evil.example:%d" % port}
        for headers in ({"User-Agent": MOZILLA}, {"Accept-Language": "en"},
                        {"Origin": "http://evil.example:%d" % port}):
            for path in ("/", "/events", "/mainlogtail"):
                tap.same(ask(port, "GET", path, {**evil, **headers})[0].status, 403, path)
            tap.same(ask(port, "POST", "/RPC2", {**evil, **XML, **headers}, STOP)[0].status, 403)
        for host in ("localhost:%d" % port, "127.0.0.1:%d" % port):
            tap.same(ask(port, "GET", "/", {"Host": host, "User-Agent": MOZILLA})[0].status, 200)
        # What is no browser may call it what it likes.
        tap.same(ask(port, "POST", "/RPC2", {**evil, **XML}, STOP)[0].status, 200)
        tap.same(state(daemon, "cat", "cat"), "STOPPED")


@tap.case("all of it wants the password, where there is one")
def password():
    port = free_port()
    with Daemon(PROGRAMS + "[inet_http_server]\nport=127.0.0.1:%d\nusername=operator\n"
                "password=a: secret\n" % port) as daemon:
        daemon.connect()
        right = basic("operator", "a: secret")
        paths = ("/", "/index.html", "/events", "/ok.html", "/tail.html?processname=cat")
        for path in paths:
            for headers in ({}, basic("operator", "secret"), basic("x", "a: secret")):
                response, body = ask(port, "GET", path, headers)
                tap.same(response.status, 401, path)
                tap.same(response.getheader("WWW-Authenticate"), 'Basic realm="default"')
                tap.check("<script>" not in body, "the page")
        for path in ("/", "/index.html", "/ok.html"):
            tap.same(ask(port, "GET", path, right)[0].status, 200, path)
        # With one, the server may have any name.
        tap.same(ask(port, "GET", "/", {"Host": "status.example", "User-Agent": MOZILLA,
                                        **right})[0].status, 200)
        with EventStream(port, right) as events:
            tap.same(events.next()[0], "snapshot")


tap.run()
