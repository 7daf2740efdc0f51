"""Commands and options of busvisorctl: what --help lists is what the manual page tells of and what
the shells complete. The list itself is made from the tables that the program works with."""

import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bus"))

import tap  # noqa: E402
from busvisor import clean_environment, program, read, source  # noqa: E402

COMPLETIONS = "data/completions/"


def output(*arguments):
    return subprocess.run([program("busvisorctl"), *arguments], env=clean_environment(), text=True,
                          capture_output=True, check=True).stdout


def commands():
    part = output("--help").partition("\nCommands")[2].partition("\n\n")[0]
    return re.findall(r"^  (\w+) +\S", part, re.MULTILINE)


def options():
    """{"--long": "-s" or ""}"""
    found = re.findall(r"^  (?:(-\w), |    )(--[\w-]+)", output("--help"), re.MULTILINE)
    return {long: short for short, long in found}


def part(text, begin, end):
    found = text.partition(begin)[2].partition(end)[0]
    tap.check(found, "nothing behind %r" % begin)
    return found


def manual():
    page = read(source("man/busvisorctl.1")).replace("\\&", "")
    # "Fl i" is -i, "Fl Fl json" is --json; what they take stands behind.
    return page, re.sub(r"Fl Fl (\w)", r"--\1", re.sub(r"\bFl (\w)\b", r"-\1", page))


@tap.case("help, --help and help COMMAND")
def helps():
    names = commands()
    tap.check(len(names) > 25 and len(options()) > 25, names)
    tap.check("\n".join("  " + n for n in names[:1]) in output("help"), "help")
    tap.same(re.findall(r"^  (\w+) +\S", output("help"), re.MULTILINE), names)
    for name in names:
        text = output("help", name)
        tap.same(text.split()[0], name)
        tap.same(output(name, "--help"), text)
        known = options()
        for option in re.findall(r"(?<![\w-])--[a-z][\w-]*", text):
            tap.check(option in known, (name, option))


@tap.case("the manual page")
def page():
    raw, text = manual()
    items = re.findall(r"^\.It Cm (\w+)(?: , Cm (\w+))?", part(raw, "\n.Sh COMMANDS\n", "\n.Sh "),
                       re.MULTILINE)
    named = {name for item in items for name in item if name}
    tap.same(named, set(commands()))
    items = re.findall(r"^\.It (.*)", part(text, "\n.Sh OPTIONS\n", "\n.Ss Answers"), re.MULTILINE)
    told = {}
    for item in items:
        short = None
        for word in re.findall(r"(?<![\w-])--?\w[\w-]*", item.replace("Fl Fl ", "--")):
            if word.startswith("--"):
                told[word] = short or told.get(word, "")
                short = None
            else:
                short = word
    tap.same(told, options())


@tap.case("bash")
def bash():
    text = read(source(COMPLETIONS + "busvisorctl"))
    lists = re.findall(r"words='(status start[^']*)'", text)
    tap.same(len(lists), 2)
    tap.same(set(lists[0].split()), set(commands()) - {"exit", "quit"})
    tap.same(set(lists[1].split()), set(commands()) - {"help"})
    offered = {w for l in re.findall(r"words='(--[^']*)'", text) for w in l.split()}
    tap.same(offered, set(options()))
    # Those with a value.
    taking = set(re.findall(r"^  .{4}(--[\w-]+) [A-Z\[]", output("--help"), re.MULTILINE))
    skipped = part(text, "case ${line[i]} in", "-*) ;;")
    for option in taking:
        for word in {option, options()[option]} - {""}:
            tap.check(re.search(r"(?<![\w-])%s(?![\w-])" % word, skipped), word)


@tap.case("zsh")
def zsh():
    text = read(source(COMPLETIONS + "_busvisorctl"))
    tap.same(re.findall(r"""^ +['"](\w+):""", part(text, "commands=(", "\n        )"), re.MULTILINE),
             commands())
    listed = {}
    for line in part(text, "\n_arguments -S ", "1:command").splitlines():
        found = re.search(r"\{(-\w)\+?,(--[\w-]+)=?\}", line)
        alone = re.search(r"'\*?(--[\w-]+)=?\[", line)
        if found:
            listed[found.group(2)] = found.group(1)
        elif alone:
            listed[alone.group(1)] = ""
    tap.same(listed, options())


@tap.case("fish")
def fish():
    text = read(source(COMPLETIONS + "busvisorctl.fish"))
    tap.same(part(text, "set -l commands ", "\nset ").replace("\\\n", " ").split(), commands())
    described = re.findall(r"-n \$no_command -a (\w+)", text)
    tap.same(set(described), set(commands()) - {"exit", "quit"})
    listed = {}
    for line in text.replace("\\\n", " ").splitlines():
        short, long = re.search(r" -s (\w)\b", line), re.search(r" -l ([\w-]+)", line)
        if line.startswith("complete ") and long:
            listed["--" + long.group(1)] = "-" + short.group(1) if short else ""
    tap.same(listed, options())


tap.run()
