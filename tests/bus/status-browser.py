"""The status page in a real browser: what people see and click, and what a page of another site can do."""

import http.server
import signal
import threading

import processes
import tap
from browser import Browser, needs_browser
from bus import PROCESS, process_path
from busvisor import Daemon
from withrpc import free_port

PROGRAMS = """
[inet_http_server]
port=127.0.0.1:%d
%s
[program:cat]
command=/bin/sh -c 'echo "hello <b>you</b>"; echo "oh dear" >&2; exec cat'
startsecs=0

[program:two]
command=/bin/sleep 1000
process_name=%%(program_name)s_%%(process_num)d
numprocs=2
startsecs=0
autostart=false

[eventlistener:mail]
command=/bin/sh -c 'while echo READY; read -r h; do head -c "${h##*len:}" >/dev/null; printf "RESULT 2\\nOK"; done'
events=PROCESS_STATE
startsecs=0
"""

EVIL = """<!DOCTYPE html><title>evil</title>
<form id="form" method="post" target="there" action="http://127.0.0.1:%(port)d/RPC2" enctype="text/plain">
<textarea name="&lt;?xml version">'1.0'?>%(call)s</textarea></form><iframe name="there"></iframe>"""

STOP = ("<methodCall><methodName>supervisor.stopProcess</methodName><params><param><value>"
        "<string>cat</string></value></param></params></methodCall>")

# Each way resolves to what it has got: a status, or that the browser has kept the answer back.
FETCHES = """
const url = arguments[0], body = arguments[1];
const ways = [
        {mode: "cors", headers: {"Content-Type": "text/xml"}, body},
        {mode: "cors", headers: {"Content-Type": "text/plain"}, body},
        {mode: "no-cors", headers: {"Content-Type": "text/plain"}, body},
        {mode: "no-cors", body: new Blob([body])},
        {mode: "no-cors", credentials: "include", body: new URLSearchParams({x: body})},
];
Promise.all(ways.map((way) => fetch(url, {method: "POST", ...way})
        .then((answer) => answer.type + " " + answer.status, () => "refused"))).then(done);
"""


def row(process):
    return "tr[data-process='%s'] " % process


def settings(port, password=""):
    return PROGRAMS % (port, password)


def cat_pid(daemon):
    return daemon.buses[0].get(process_path("cat", "cat"), PROCESS, "Pid")


def check_console(browser):
    complaints = [c for c in browser.complaints() if "Content Security Policy" in c or
                  "Uncaught" in c or "SyntaxError" in c or "TypeError" in c]
    tap.same(complaints, [], "complaints of the browser")


@tap.case("states are seen, changed by a click, and seen changing, without the page being loaded again")
def states():
    needs_browser()
    port = free_port()
    with Daemon(settings(port)) as daemon, Browser(daemon.path) as browser:
        daemon.connect()
        browser.open("http://127.0.0.1:%d/" % port)
        browser.run("window.marked = true; done()")
        browser.wait_text("#title", "test")
        browser.wait_gone("#banner")
        browser.wait_text(row("cat:cat") + ".state", "RUNNING")
        browser.wait_text(row("cat:cat"), str(cat_pid(daemon)))
        browser.wait_text(row("two:two_0") + ".state", "STOPPED")
        browser.wait_text("#daemon", "RUNNING")
        browser.wait_text("#pools", "mail")
        # A click.
        browser.click(row("cat:cat") + "button[data-action=toggle]")
        browser.wait_text(row("cat:cat") + ".state", "STOPPED")
        browser.wait_text("#message", "cat has been stopped")
        tap.same(daemon.ctl("status", "cat").stdout.split()[:2], ["cat", "STOPPED"])
        browser.click(row("cat:cat") + "button[data-action=toggle]")
        browser.wait_text(row("cat:cat") + ".state", "RUNNING")
        browser.wait_text(row("cat:cat"), str(cat_pid(daemon)))
        # Somebody else.
        tap.same(daemon.ctl("start", "two:*").returncode, 0)
        browser.wait_text(row("two:two_1") + ".state", "RUNNING")
        browser.wait_text("#summary", "4 running")
        tap.same(daemon.ctl("stop", "two:*").returncode, 0)
        tap.same(daemon.ctl("remove", "two").returncode, 0)
        browser.wait_gone(row("two:two_0"))
        # All, after a question that can be said no to.
        browser.click("#stop-all")
        browser.wait_text("#question-text", "Stop all")
        browser.click("#question button:not(#yes)")
        browser.wait_gone("#question")
        tap.same(daemon.ctl("status", "cat").stdout.split()[1], "RUNNING")
        browser.click("#stop-all")
        browser.click("#yes")
        browser.wait_text(row("cat:cat") + ".state", "STOPPED")
        browser.wait_text(row("mail:mail") + ".state", "STOPPED")
        browser.click("#start-all")
        browser.wait_text(row("cat:cat") + ".state", "RUNNING")
        tap.same(browser.run("done(window.marked)"), True, "the page is the same")
        check_console(browser)


@tap.case("a log is seen, followed, and cleared")
def logs():
    needs_browser()
    port = free_port()
    with Daemon(settings(port)) as daemon, Browser(daemon.path) as browser:
        daemon.connect()
        browser.open("http://127.0.0.1:%d/tail.html?processname=cat" % port)
        browser.wait_text("#text", "hello <b>you</b>")
        browser.wait_text("#log-state", "RUNNING")
        browser.click("#stderr")
        browser.wait_text("#text", "oh dear")
        browser.click("#stdout")
        browser.wait_text("#text", "hello")
        tap.same(daemon.ctl("restart", "cat").returncode, 0)
        processes.wait_for(lambda: browser.text("#text").count("hello") == 2, "one more line")
        browser.click("#clear")
        browser.wait_text("#question-text", "cat")
        browser.click("#yes")
        processes.wait_for(lambda: browser.text("#text") == "", "an empty log")
        tap.same(daemon.ctl("tail", "cat").stdout.strip(), "")
        browser.click("#close")
        browser.wait_gone("#log")
        browser.click("#main-log")
        browser.wait_text("#text", "DEBG")
        tap.same(daemon.ctl("restart", "cat").returncode, 0)
        browser.wait_text("#text", "spawned: 'cat'")
        check_console(browser)


@tap.case("when the connection is lost the page says so, and comes back by itself")
def lost():
    needs_browser()
    port = free_port()
    with Daemon(settings(port)) as daemon, Browser(daemon.path) as browser:
        daemon.connect()
        browser.open("http://127.0.0.1:%d/" % port)
        browser.wait_gone("#banner")
        browser.run("window.marked = true; done()")
        daemon.process.send_signal(signal.SIGTERM)
        daemon.wait_end()
        browser.wait_text("#banner", "lost")
        daemon.start()
        daemon.connect()
        browser.wait_gone("#banner")
        browser.wait_text(row("cat:cat"), str(daemon.buses[-1].get(
            process_path("cat", "cat"), PROCESS, "Pid")))
        tap.same(browser.run("done(window.marked)"), True, "the page is the same")


@tap.case("with a password it works for who knows it")
def password():
    needs_browser()
    port = free_port()
    with Daemon(settings(port, "username=operator\npassword=secret\n")) as daemon, \
            Browser(daemon.path) as browser:
        daemon.connect()
        browser.open("http://127.0.0.1:%d/" % port)
        tap.check(not browser.find("#title"), "the page without the password")
        browser.open("http://operator:secret@127.0.0.1:%d/" % port)
        browser.open("http://127.0.0.1:%d/" % port)
        browser.wait_gone("#banner")
        browser.click(row("cat:cat") + "button[data-action=toggle]")
        browser.wait_text(row("cat:cat") + ".state", "STOPPED")


class Evil(http.server.BaseHTTPRequestHandler):
    """A page of another site, which knows where Busvisor is."""

    def do_GET(self):
        text = (EVIL % {"port": self.server.target, "call": STOP}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format, *args):
        pass


class EvilSite:
    def __init__(self, target):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Evil)
        self.server.daemon_threads = True
        self.server.target = target
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self):
        self.thread.start()
        return "http://localhost:%d/" % self.server.server_address[1]

    def __exit__(self, kind, error, trace):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@tap.case("a page of another site gets nothing and changes nothing, even with the browser's password")
def other_site():
    needs_browser()
    port = free_port()
    with Daemon(settings(port, "username=operator\npassword=secret\n")) as daemon, \
            EvilSite(port) as evil, Browser(daemon.path) as browser:
        daemon.connect()
        pid = cat_pid(daemon)
        target = "http://127.0.0.1:%d" % port
        browser.open("http://operator:secret@127.0.0.1:%d/" % port)
        browser.open(target + "/")
        browser.wait_gone("#banner")
        browser.open(evil)
        results = browser.run(FETCHES, target + "/RPC2", STOP)
        # An opaque answer is one that the page may not look at; that it was a refusal tells the state.
        tap.same(results, ["refused", "refused", "opaque 0", "opaque 0", "opaque 0"])
        browser.run("""
            document.querySelector("iframe").onload = () => done();
            document.querySelector("#form").submit();""")
        tap.same(browser.run("""fetch(arguments[0]).then(() => done("got it"),
            () => done("refused"))""", target + "/events"), "refused")
        tap.same(browser.run("""
            const frame = document.createElement("iframe");
            frame.onload = () => { try { done(frame.contentDocument === null ? "closed" : "open"); }
                                   catch (error) { done("closed"); } };
            frame.src = arguments[0];
            document.body.append(frame);""", target + "/"), "closed")
        tap.same(cat_pid(daemon), pid, "process id of what was to be stopped")
        tap.same(daemon.ctl("status", "cat").stdout.split()[1], "RUNNING")
        # The same call from its own page does work.
        browser.open(target + "/")
        tap.same(browser.run("""fetch("/RPC2", {method: "POST", headers: {"Content-Type": "text/xml"},
            body: arguments[0]}).then((answer) => done(answer.status))""", STOP), 200)
        tap.same(daemon.ctl("status", "cat").stdout.split()[1], "STOPPED")


tap.run()
