"""The published interfaces are what the daemon serves: each member, argument, type, annotation; and
everything in them is described: members, errors, the rights that methods take."""

import os
import re
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


def with_comments(name):
    """The root of the file, comments included; what is above it, as text."""
    file = source("data/%s.xml" % name)
    builder = ElementTree.TreeBuilder(insert_comments=True)
    with open(file, encoding="utf-8") as stream:
        above = stream.read().partition("<node>")[0]
    return ElementTree.parse(file, ElementTree.XMLParser(target=builder)).getroot(), above


def descriptions(name):
    """(kind, member): the comment that stands right above it, None where there is none."""
    found, last = {}, None
    interface = next(with_comments(name)[0].iter("interface"))
    for node in interface:
        if node.tag in ("property", "method", "signal"):
            is_comment = last is not None and last.tag is ElementTree.Comment
            found[node.tag, node.get("name")] = " ".join(last.text.split()) if is_comment else None
        last = node
    return found


def text_of(file):
    with open(source(file), encoding="utf-8") as stream:
        return stream.read()


@tap.case("each member is described by a comment of its own, each interface by one at the top")
def described_members():
    for name in WHERE:
        missing = [member for member, text in descriptions(name).items() if not text]
        tap.same(missing, [], name)
        tap.check("<!-- /org/busvisor1" in with_comments(name)[1] or
                  "the root object, /org/busvisor1" in with_comments(name)[1].lower(), name)


@tap.case("each error is described, and no other")
def described_errors():
    known = re.findall(r'"org\.busvisor1\.Error\.(\w+)"', text_of("bus/error.h"))
    listed = re.findall(r"^ +- (\w+): \S", with_comments(bus.MANAGER)[1], re.MULTILINE)
    tap.same(sorted(listed), sorted(known))
    for name in WHERE:
        for member, text in descriptions(name).items():
            for error in re.findall(r"\borg\.busvisor1\.Error\.(\w+)", text):
                tap.check(error in known, "%s of %s" % (error, member))


@tap.case("each method says which right it takes")
def described_rights():
    interfaces = {"BUS_INTERFACE_MANAGER": bus.MANAGER, "BUS_INTERFACE_PROCESS": bus.PROCESS,
                  "BUS_INTERFACE_EVENTS": bus.EVENTS, "BUS_INTERFACE_POOL": bus.POOL}
    rows = re.findall(r'\{ (\w+), "(\w+)", (CONTROL|RELOAD|LOGS) \}',
                      text_of("daemon/face/access-right.c"))
    tap.check(len(rows) > 20, "no rows found")
    needed = {}
    for interface, method, right in rows:
        for name in WHERE if interface == "NULL" else [interfaces[interface]]:
            needed[name, method] = "org.busvisor1.%s" % right.lower()
    for name in WHERE:
        for (kind, member), text in descriptions(name).items():
            said = re.findall(r"right (org\.busvisor1\.\w+)\b", text) if kind == "method" else []
            right = needed.get((name, member))
            tap.same(said, [right] if right else [], "%s.%s" % (name, member))


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
