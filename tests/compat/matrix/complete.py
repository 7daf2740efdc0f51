"""No option is forgotten: each that Supervisor asks its configuration for has a row in the matrix,
and is known to us."""

import collections
import importlib.util
import json
import os
import sys
from unittest import mock

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import table  # noqa: E402  and with it the folders of the rest
import tap  # noqa: E402
from both import need_supervisor  # noqa: E402
from busvisor import Folder, read  # noqa: E402
from seen import KINDS  # noqa: E402

WANTED = ("supervisord", "group") + KINDS
IN_SCHEMA = {"supervisord": "supervisord", "group": "groups", "program": "programs",
             "eventlistener": "eventlisteners", "fcgi-program": "fcgi_programs"}
TABLES = ("child", "states", "output", "sockets", "daemon", "channels",
          "syslog", "listeners")

# Supervisor asks for these, and does nothing with what it gets.
WITHOUT_EFFECT = {
    ("group", "redirect_stderr"),
}

EVERYTHING = """
[supervisord]
[program:p]
command=/bin/true
[fcgi-program:f]
command=/bin/true
socket=tcp://localhost:1
[fcgi-program:u]
command=/bin/true
socket=unix:///tmp/u
[eventlistener:e]
command=/bin/true
events=TICK_5
[group:g]
programs=p
"""


def asked_for():
    """The options by kind that Supervisor's parser looks up, whether they are there or not."""
    from reference import Options
    from supervisor.options import UnhosedConfigParser
    asked = collections.defaultdict(set)
    original = UnhosedConfigParser.saneget

    def record(self, section, option, *arguments, **more):
        asked[section.partition(":")[0]].add(option)
        return original(self, section, option, *arguments, **more)
    with Folder() as folder, mock.patch.object(UnhosedConfigParser, "saneget", record):
        options = Options()
        options.realize(["-c", folder.write("all.conf", EVERYTHING)])
    return asked


def rows():
    """The options by kind that have one."""
    for name in TABLES:
        path = os.path.join(table.HERE, name + ".py")
        spec = importlib.util.spec_from_file_location("matrix_" + name, path)
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
    found = collections.defaultdict(set)
    for each in table.tables:
        for row in each.rows:
            for option in row.options:
                kind, _, name = option.partition(".")
                found[kind].add(name)
    return found


def schema():
    """The options by kind that are ours."""
    definitions = json.loads(read(os.path.join(os.environ["BUSVISOR_BUILD"],
                                               "data/busvisor.schema.json")))["definitions"]
    return {kind: set(definitions[name]["properties"]) for kind, name in IN_SCHEMA.items()}


def lacking(found):
    asked = asked_for()
    return ["%s.%s" % (kind, option) for kind in WANTED for option in sorted(asked[kind])
            if option not in found[kind] and (kind, option) not in WITHOUT_EFFECT]


@tap.case("Supervisor's parser can be listened to")
def parser():
    need_supervisor()
    asked = asked_for()
    tap.check(len(asked["program"]) > 30 and len(asked["supervisord"]) > 15, asked)


@tap.case("each option of Supervisor's is known")
def known():
    need_supervisor()
    tap.same(lacking(schema()), [])


@tap.case("each option of Supervisor's has a row")
def has_row():
    need_supervisor()
    tap.same(lacking(rows()), [])


@tap.case("no row is for an option that there is not")
def no_stray():
    need_supervisor()
    known_here = schema()
    tap.same(["%s.%s" % (kind, option) for kind, options in rows().items()
              for option in sorted(options) if option not in known_here[kind]], [])


if __name__ == "__main__":
    tap.run()
