"""The published interfaces are what the daemon serves: each member, argument, type, annotation."""

import os
import sys
import xml.etree.ElementTree as ElementTree

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bus"))

import bus  # noqa: E402
import tap  # noqa: E402
from busvisor import HERE, PYTHON, Daemon, source  # noqa: E402

SECTIONS = """
[program:one]
command=/bin/sleep 1000
autostart=false

[eventlistener:watch]
command=%s %s/recorder.py %%(here)s/events
events=TICK_60
""" % (PYTHON, HERE)

# Interface: an object that has it.
WHERE = {
    bus.MANAGER: bus.ROOT,
    bus.EVENTS: bus.ROOT,
    bus.GROUP: bus.group_path("one"),
    bus.PROCESS: bus.process_path("one"),
    bus.POOL: bus.pool_path("watch"),
}

CHANGED = "org.freedesktop.DBus.Property.EmitsChangedSignal"
# What stands in an introspection without saying, for comparison.
DEFAULTS = {CHANGED: "true"}


def arguments(member, default_direction):
    return [(a.get("name"), a.get("type"), a.get("direction", default_direction))
            for a in member.findall("arg")]


def annotations(member):
    found = dict(DEFAULTS) if member.tag == "property" else {}
    found.update((a.get("name"), a.get("value")) for a in member.findall("annotation"))
    return found


def described(interface):
    """Everything about an interface that callers see, in its order."""
    found = []
    for member in interface:
        if member.tag == "property":
            facts = (member.get("type"), member.get("access"))
        elif member.tag in ("method", "signal"):
            facts = tuple(arguments(member, "in" if member.tag == "method" else "out"))
        else:
            continue
        found.append((member.tag, member.get("name"), facts, annotations(member)))
    return found


def published(name):
    root = ElementTree.parse(source("data/%s.xml" % name)).getroot()
    return next(i for i in root.iter("interface") if i.get("name") == name)


_served = {}


def served(name):
    """The interface as introspected; the daemon is asked once for all."""
    if not _served:
        with Daemon(SECTIONS) as daemon:
            connection = daemon.connect()
            for interface, path in WHERE.items():
                text = connection.call(path, bus.INTROSPECTABLE, "Introspect")[0]
                _served[interface] = ElementTree.fromstring(text)
    interfaces = _served[name].findall("interface")
    found = [i for i in interfaces if i.get("name") == name]
    tap.same(len(found), 1, "%s among %s" % (name, [i.get("name") for i in interfaces]))
    return found[0]


def interface_case(name):
    @tap.case(name)
    def agrees():
        ours, theirs = described(published(name)), described(served(name))
        for kind in ("property", "method", "signal"):
            tap.same({m[1]: m for m in theirs if m[0] == kind},
                     {m[1]: m for m in ours if m[0] == kind}, kind)

    @tap.case("the order of " + name)
    def same_order():
        for kind in ("property", "method", "signal"):
            tap.same([m[1] for m in described(served(name)) if m[0] == kind],
                     [m[1] for m in described(published(name)) if m[0] == kind], kind)


for each in WHERE:
    interface_case(each)


@tap.case("all interfaces of the data folder are looked at, and no object has others")
def complete():
    files = {f[:-4] for f in os.listdir(source("data")) if f.endswith(".xml")
             and f.startswith("org.busvisor1.")}
    tap.same(files, set(WHERE))
    served(bus.MANAGER)
    for interface, path in WHERE.items():
        names = {i.get("name") for i in _served[interface].findall("interface")}
        tap.same({n for n in names if n.startswith("org.busvisor1")},
                 {i for i, p in WHERE.items() if p == path}, path)


tap.run()
