"""RPC: calls of the classic XML-RPC on either server, as what can be compared.

An outcome is ("result", value), ("fault", code, text) or ("status", HTTP status). What differs from
run to run and from folder to folder is replaced: times, process ids, paths. Values are compared with
their types: true is not 1."""

import os
import re
import sys
import time
import xmlrpc.client

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bus"))

import processes  # noqa: E402
import tap  # noqa: E402

TIMES = ("start", "stop", "now")
DAY = re.compile(r"[A-Z][a-z][a-z] \d\d \d\d:\d\d [AP]M")
UPTIME = re.compile(r"pid \d+, uptime (\d+ days?, )?\d+:\d\d:\d\d")


def proxy(run):
    """Its server, as Supervisor's own client speaks to it."""
    from supervisor.xmlrpc import SupervisorTransport
    transport = SupervisorTransport(None, None, "unix://" + run.file("http"))
    return xmlrpc.client.ServerProxy("http://localhost", transport)


def wait_answering(run):
    def answers():
        try:
            with proxy(run) as server:
                return server.supervisor.getVersion()
        except (OSError, xmlrpc.client.Error):
            tap.check(run.process.poll() is None, "the daemon has ended")
            return None
    processes.wait_for(answers, "an answer of " + type(run).__name__)


def method_of(server, name):
    for part in name.split("."):
        server = getattr(server, part)
    return server


def outcome(run, name, *params):
    with proxy(run) as server:
        try:
            return ("result", normal(run, method_of(server, name)(*params)))
        except xmlrpc.client.Fault as fault:
            return ("fault", fault.faultCode, normal(run, fault.faultString))
        except xmlrpc.client.ProtocolError as error:
            return ("status", error.errcode)


def normal(run, value, name=None):
    if isinstance(value, dict):
        return {k: normal(run, v, k) for k, v in value.items()}
    if isinstance(value, list):
        return [normal(run, v) for v in value]
    if isinstance(value, str):
        text = UPTIME.sub("pid N, uptime T", DAY.sub("DAY", value.replace(run.path, "HERE")))
        return re.sub(r"-(stdout|stderr)---same-\w+\.log", r"-\1---same-X.log", text)
    if name in TIMES and value:
        tap.check(abs(value - time.time()) < 3600, "%s is %r" % (name, value))
        return "TIME"
    return "PID" if name == "pid" and value else value


def state(run, name):
    with proxy(run) as server:
        return server.supervisor.getProcessInfo(name)["statename"]


def wait_state(run, name, wanted):
    processes.wait_for(lambda: state(run, name) == wanted, "%s of %s" % (wanted, name))


def shown(value):
    """With its types, for comparison and to be read."""
    return repr(value)
