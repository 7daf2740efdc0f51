"""What can be counted about the style: sizes, headers, fragments."""

import glob
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bus"))

import tap  # noqa: E402

SOURCE = os.environ.get("BUSVISOR_SOURCE",
                        os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
MAX_FILE, MAX_FUNCTION = 600, 60
# clang-format keeps code at 100, but leaves comments and tables as they are.
MAX_COLUMNS = 120

# Where the rules make a place worse: "file" or "file:function", with the reason.
EXCEPTIONS = {
    "tools/rpc-host/status-html.c": "made when building, from the page",
}


def paths(*patterns):
    found = []
    for pattern in patterns:
        found += glob.glob(os.path.join(SOURCE, pattern), recursive=True)
    return sorted(os.path.relpath(f, SOURCE) for f in found)


def sources():
    folders = ("bus", "daemon", "listener-host", "tools", "tests")
    return paths(*("%s/**/*.%s" % (f, s) for f in folders for s in "ch"))


def lines(file):
    with open(os.path.join(SOURCE, file), encoding="utf-8") as stream:
        return stream.read().splitlines()


def complain(wrong):
    tap.check(not wrong, "".join("\n  " + w for w in wrong))


def functions(file):
    """Name and number of lines of each function, from brace to brace at the margin."""
    start, name = None, None
    for number, line in enumerate(lines(file), 1):
        match = re.match(r"[A-Za-z].*?\b(\w+)\(", line)
        if match and start is None:
            name = match.group(1)
        if line == "{":
            start = number
        elif line == "}" and start is not None:
            yield name, number - start + 1
            start = None


@tap.case("no file of more than %d lines" % MAX_FILE)
def file_size():
    complain(["%s: %d lines" % (f, len(lines(f))) for f in sources()
              if len(lines(f)) > MAX_FILE and f not in EXCEPTIONS])


@tap.case("no function of more than %d lines" % MAX_FUNCTION)
def function_size():
    complain(["%s: %s has %d lines" % (f, name, size) for f in sources()
              for name, size in functions(f)
              if size > MAX_FUNCTION and "%s:%s" % (f, name) not in EXCEPTIONS])


@tap.case("no line of more than %d columns, no tabs, no blanks at the end" % MAX_COLUMNS)
def columns():
    wrong = []
    for file in sources() + paths("tests/**/*.py"):
        for number, line in enumerate(lines(file), 1):
            if len(line) > MAX_COLUMNS or "\t" in line or line != line.rstrip():
                wrong.append("%s:%d" % (file, number))
    complain(wrong)


@tap.case("a header begins with its purpose and guards itself")
def header_form():
    wrong = []
    for file in sources():
        text = lines(file)
        if file.endswith(".h") and not (text[0].startswith("/* ") and "#pragma once" in text):
            wrong.append(file)
    complain(wrong)


@tap.case("a C file begins with why it is built this way")
def source_form():
    complain([f for f in sources() if f.endswith(".c") and not lines(f)[0].startswith("/* ")])


@tap.case("no goto")
def no_goto():
    complain(["%s:%d" % (f, n) for f in sources() for n, l in enumerate(lines(f), 1)
              if re.search(r"\bgoto\b", l) and not l.lstrip().startswith(("*", "/*"))])


def listed():
    """Every file that a fragment names."""
    found = set()
    for fragment in ["Makefile.am"] + paths("**/Makefile-*.am"):
        found |= set(re.findall(r"[\w./-]+\.[ch]\b", "\n".join(lines(fragment))))
    # A program without a list of its own is made of the file of its name.
    for fragment in paths("**/Makefile-*.am"):
        found |= {p + ".c" for p in re.findall(r"\btests/(?:unit|fuzz)/(?:test|fuzz)-[\w-]+",
                                               "\n".join(lines(fragment)))}
    return found


@tap.case("every source that a fragment names is there")
def listed_exist():
    complain([f for f in sorted(listed())
              if "/" in f and not os.path.exists(os.path.join(SOURCE, f)) and
              f not in EXCEPTIONS and not f.endswith((".c.c", ".h.c"))])


@tap.case("every source that is there is named by a fragment")
def existing_listed():
    known = listed()
    complain([f for f in sources() if f not in known])


tap.run()
