"""A listener that calls back, by Supervisor's own childutils: memmon and dependent-startup in small.

When "first" is RUNNING it starts "second". When the remote communication "memory" comes it restarts
whatever takes more than so many MB. What it did goes as lines of JSON into the file that is its
argument."""

import json
import os
import sys
import xmlrpc.client

from supervisor import childutils

PAGE = os.sysconf("SC_PAGE_SIZE")
LIMIT = 64 << 20


def note(**facts):
    with open(sys.argv[1], "a", encoding="utf-8") as file:
        file.write(json.dumps(facts) + "\n")


def resident_bytes(pid):
    with open("/proc/%d/statm" % pid, encoding="ascii") as file:
        return int(file.read().split()[1]) * PAGE


def start_second(supervisor):
    before = supervisor.getProcessInfo("second")["statename"]
    started = supervisor.startProcess("second")
    after = supervisor.getProcessInfo("second")
    try:
        supervisor.startProcess("second")
        again = None
    except xmlrpc.client.Fault as fault:
        again = fault.faultCode
    note(did="start", before=before, started=started, after=after["statename"], again=again,
         pid=after["pid"])


def restart_large(supervisor):
    for info in supervisor.getAllProcessInfo():
        if info["pid"] and resident_bytes(info["pid"]) > LIMIT:
            name = "%s:%s" % (info["group"], info["name"])
            stopped = supervisor.stopProcess(name)
            started = supervisor.startProcess(name)
            note(did="restart", name=name, stopped=stopped, started=started, old=info["pid"],
                 pid=supervisor.getProcessInfo(name)["pid"])
    supervisor.sendRemoteCommEvent("checked", "")


def main():
    supervisor = childutils.getRPCInterface(os.environ).supervisor
    while True:
        headers, payload = childutils.listener.wait()
        if headers["eventname"] == "PROCESS_STATE_RUNNING":
            if childutils.get_headers(payload)["processname"] == "first":
                start_second(supervisor)
        elif headers["eventname"] == "REMOTE_COMMUNICATION":
            words, _ = childutils.eventdata(payload)
            if words["type"] == "memory":
                restart_large(supervisor)
        childutils.listener.ok()


main()
