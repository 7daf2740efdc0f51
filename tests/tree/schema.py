"""What is made from the option table: the JSON schema, and the options in the manual."""

import json
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bus"))

import tap  # noqa: E402
from busvisor import program, read, source  # noqa: E402

try:
    import yaml
except ImportError:
    yaml = None

TYPES = {"object": dict, "array": list, "string": str, "number": (int, float), "integer": int,
         "boolean": bool, "null": type(None)}


def built(name):
    return read(os.path.join(os.environ["BUSVISOR_BUILD"], name))


SCHEMA = json.loads(built("data/busvisor.schema.json"))


def is_type(value, name):
    return isinstance(value, TYPES[name]) and (name == "boolean" or not isinstance(value, bool))


def check_keys(schema, value, place):
    patterns = schema.get("patternProperties", {})
    for key, member in value.items():
        if key in schema.get("properties", {}):
            yield from complaints(schema["properties"][key], member, "%s.%s" % (place, key))
        elif not any(re.search(p, key) for p in patterns):
            other = schema.get("additionalProperties", True)
            if other is False:
                yield "%s: unknown key %s" % (place, key)
            elif other is not True:
                yield from complaints(other, member, "%s.%s" % (place, key))


def complaints(schema, value, place="file"):
    """What is wrong by as much of JSON schema as ours uses."""
    if "$ref" in schema:
        schema = SCHEMA["definitions"][schema["$ref"].rsplit("/", 1)[1]]
    kinds = schema.get("type", list(TYPES))
    if not any(is_type(value, k) for k in ([kinds] if isinstance(kinds, str) else kinds)):
        yield "%s: %r is no %s" % (place, value, kinds)
        return
    if "enum" in schema and value not in schema["enum"]:
        yield "%s: %r is none of %s" % (place, value, schema["enum"])
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        yield "%s: %r does not look like %s" % (place, value, schema["pattern"])
    if is_type(value, "number") and not \
            schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield "%s: %r is out of bounds" % (place, value)
    if "anyOf" in schema and not any(not list(complaints(s, value)) for s in schema["anyOf"]):
        yield "%s: %r fits nothing that it may be" % (place, value)
    if isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            yield "%s: too few items" % place
        for index, item in enumerate(value):
            yield from complaints(schema.get("items", {}), item, "%s[%d]" % (place, index))
    if isinstance(value, dict):
        yield from check_keys(schema, value, place)


def check_text(text):
    if not yaml:
        raise tap.Skip("the Debian package python3-yaml is not installed")
    return list(complaints(SCHEMA, yaml.safe_load(text)))


GOOD = """
supervisord: {identifier: 7, loglevel: debug, nodaemon: yes, umask: 022, environment: {A: 1}}
defaults: {programs: {startsecs: 5, stdout_logfile: null}, groups: }
x-anything: [{whatever: 1}]
programs:
  web: {command: [a, 1], numprocs: "%(ENV_N)s", autorestart: unexpected, exitcodes: [0, 2],
        stdout_logfile_maxbytes: 50MB, stopsignal: 15, environment_file: [a.env, -b.env],
        environment: "A=1"}
  other: {extends: web, killasgroup: TRUE, umask: "077"}
eventlisteners:
  mail: {command: x, events: [TICK_60, process_state], buffer_size: 100, expected: false}
groups: {site: {programs: [web, other], priority: 10}}
inet_http_servers: {two: {port: 9002}}
rpcinterfaces: {foreign: {any_key: 1, supervisor.rpcinterface_factory: "a:b"}}
include: [conf.d/*.yaml]
"""

BAD = ("program: {}", "programs: {a: {comand: x}}", "programs: {a: {startsecs: soon}}",
       "programs: {a: {autostart: perhaps}}", "programs: {a: {command: []}}", "include: x",
       "programs: {a: {stdout_logfile_maxbytes: 5 apples}}", "programs: []",
       "eventlisteners: {a: {buffer_size: 0}}", "eventlisteners: {a: {events: [TICK_61]}}",
       "defaults: {supervisord: {}}", "programs: {a: {exitcodes: [256]}}", "- a",
       "supervisord: {loglevel: loud}", "programs: {a: {environment: [A]}}")


@tap.case("the schema accepts what is right, the examples among it")
def good():
    tap.same(check_text(GOOD), [])
    for name in ("quickstart.yaml", "output.yaml", "container/busvisor.yaml"):
        tap.same(check_text(read(source("data/examples/" + name))), [], name)


@tap.case("the schema refuses what is wrong")
def bad():
    for text in BAD:
        tap.check(check_text(text), "accepted: " + text)


@tap.case("what the schema accepts or refuses so does the daemon")
def as_the_daemon():
    for text, expected in [(t, 2) for t in BAD] + [(GOOD.replace("[conf.d/*.yaml]", "[]")
                                                    .replace("a.env", "-a.env"), 0)]:
        path = os.path.join(os.environ["BUSVISOR_BUILD"], "schema-test.yaml")
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(text)
        result = subprocess.run([program("busvisord"), "--check", "-c", path], text=True,
                                env=dict(os.environ, ENV_N="1", N="1"), capture_output=True,
                                check=False)
        os.unlink(path)
        tap.same(result.returncode, expected, text + result.stderr)


def sample_options():
    """Every option that the sample has, as (section, name)."""
    text = subprocess.run([program("busvisord"), "--sample-config"], text=True,
                          capture_output=True, check=True).stdout
    section = None
    for line in text.splitlines():
        header = re.match(r";?\[([\w-]+)", line)
        option = re.match(r";([\w.]+)=", line)
        if header:
            section = header.group(1)
        elif option and section:
            yield section, option.group(1)


@tap.case("the manual has every option of the sample, and so has the schema")
def complete():
    page = built("man/busvisor.yaml.5")
    named = {o for d in SCHEMA["definitions"].values() for o in d["properties"]}
    options = list(sample_options())
    tap.check(len(options) > 100, "the sample has but %d options" % len(options))
    for section, option in options:
        tap.check("\n.It Ic %s\n" % option in page, option + " is not in the manual")
        tap.check(option in named or section == "include", option + " is not in the schema")


@tap.case("the manual page made from it is in order")
def lint():
    if not shutil.which("mandoc"):
        raise tap.Skip("mandoc is not installed")
    path = os.path.join(os.environ["BUSVISOR_BUILD"], "man/busvisor.yaml.5")
    result = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", path], text=True,
                            capture_output=True, check=False)
    tap.same((result.returncode, result.stdout + result.stderr), (0, ""))


tap.run()
