"""Who may include whom: the arrows between the folders point one way."""

import glob
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bus"))

import tap  # noqa: E402

SOURCE = os.environ.get("BUSVISOR_SOURCE",
                        os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
OURS = ("bus", "daemon", "listener-host", "tools")

# Folder: the folders that its files may include besides their own.
ARROWS = {"bus": (), "daemon": ("bus",), "listener-host": ("bus",), "tools": ("bus",)}

# Within the daemon. Nobody includes face but bus-side.c; face may include what it shows.
DAEMON_ARROWS = {
    "config": ("output", "event"),
    "output": ("config",),
    "process": ("config", "output", "event"),
    "event": ("config", "output"),
    "face": ("config", "output", "event", "process"),
}

# What puts the faces on the bus that the daemon has found.
ASSEMBLY = ("daemon/bus-side.c",)

# Who may know sd-bus: the faces, and those that make and use connections.
KNOWS_BUS = re.compile(r"^(bus/(call-queue|cleanup|connection|event-message|event-page|host-arguments|names)\."
                       r"|bus/(log-source|log-follow)\.|daemon/face/|listener-host/|tools/(ctl|rpc-host)/)")


def files():
    """All C files of the programs, relative to the source folder."""
    found = []
    for folder in OURS:
        for suffix in "ch":
            found += glob.glob(os.path.join(SOURCE, folder, "**", "*." + suffix), recursive=True)
    return sorted(os.path.relpath(f, SOURCE) for f in found)


def text(file):
    with open(os.path.join(SOURCE, file), encoding="utf-8") as stream:
        return stream.read()


def includes(file):
    """What it includes: (kind of quotes, name)."""
    return re.findall(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', text(file), re.MULTILINE)


def ours(file):
    return [name for quote, name in includes(file) if quote == '"' and name != "config.h"]


def complain(wrong):
    tap.check(not wrong, "".join("\n  " + w for w in wrong))


@tap.case("there are files to look at")
def there_are_files():
    for folder in OURS:
        tap.check([f for f in files() if f.startswith(folder + "/")], "no C file in " + folder)


@tap.case("folders include only the folders that they may know")
def between_folders():
    wrong = []
    for file in files():
        folder = file.split("/")[0]
        for name in ours(file):
            target = name.split("/")[0]
            if target != folder and target not in ARROWS[folder]:
                wrong.append("%s includes %s" % (file, name))
    complain(wrong)


@tap.case("our headers are named from the top, and exist")
def from_the_top():
    wrong = ["%s includes %s" % (file, name) for file in files() for name in ours(file)
             if not os.path.exists(os.path.join(SOURCE, name))]
    complain(wrong)


def part_of_daemon(name):
    """ "process" of daemon/process/x.h, "" of daemon/x.h, None outside."""
    parts = name.split("/")
    if parts[0] != "daemon":
        return None
    return parts[1] if len(parts) == 3 else ""


@tap.case("within the daemon nobody knows the face but who puts it all together")
def face():
    wrong = ["%s includes %s" % (file, name) for file in files() for name in ours(file)
             if part_of_daemon(name) == "face" and part_of_daemon(file) != "face" and
             file not in ASSEMBLY]
    complain(wrong)


@tap.case("within the daemon the parts know those before them only")
def within_daemon():
    wrong = []
    for file in files():
        part = part_of_daemon(file)
        for name in ours(file):
            target = part_of_daemon(name)
            if part and target and target != part and target not in DAEMON_ARROWS[part]:
                wrong.append("%s includes %s" % (file, name))
    complain(wrong)


@tap.case("the model knows no sd-bus")
def bus_free_model():
    wrong = [file for file in files() if not KNOWS_BUS.match(file) and file not in ASSEMBLY and
             (any("sd-bus" in name for _, name in includes(file)) or
              re.search(r"\bsd_bus", text(file)))]
    complain(wrong)


@tap.case("nobody uses GObject, GIO or GLib's main loop")
def libraries():
    wrong = ["%s includes %s" % (file, name) for file in files() for _, name in includes(file)
             if name.startswith(("gio/", "glib-object", "gobject/"))]
    wrong += [file + " uses GLib's main loop" for file in files()
              if re.search(r"\bg_main_(loop|context)_", text(file))]
    complain(wrong)


tap.run()
