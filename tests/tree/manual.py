"""The manual page of the interfaces on the bus is made from their files: all of it is there; and all
pages are in order."""

import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bus"))

import tap  # noqa: E402
from busvisor import BUILD, Folder, read, source  # noqa: E402

PAGE = os.path.join(BUILD, "man/org.busvisor1.5")
PROGRAM = os.path.join(BUILD, "interface-manual")
KINDS = {"property": ".It Va %s ", "method": ".It Fn %s", "signal": ".It Fn %s"}


@tap.case("each interface and each member is in the page, and each error")
def complete():
    page = read(PAGE)
    names = [f for f in os.listdir(source("data")) if f.startswith("org.") and f.endswith(".xml")]
    tap.same(len(names), 5)
    for name in names:
        interface = next(ElementTree.parse(source("data/" + name)).getroot().iter("interface"))
        chapter = page.partition("\n.Sh INTERFACE %s\n" % interface.get("name"))[2]
        chapter = chapter.partition("\n.Sh ")[0]
        for member in interface:
            item = KINDS[member.tag] % member.get("name")
            tap.same(chapter.count(item + "\n") + chapter.count(item + " ") +
                     (chapter.count(item) if member.tag == "property" else 0), 1, item)
    tap.check("\n.It Li StalePlan\n" in page.partition("\n.Sh ERROR NAMES\n")[2], "no errors")
    tap.check("@" not in page, "something was not replaced")


def made(folder, text):
    result = subprocess.run([PROGRAM, folder.write("x.xml", text)], text=True, capture_output=True,
                            check=False)
    return result.returncode, result.stdout, result.stderr


@tap.case("what a page would take for its own is text")
def escapes():
    with Folder() as folder:
        code, out, _ = made(folder, """<!-- .Dd a\\b. 'x 'y

           - Name: 'tis. (Yes.) And "so". On -->
           <node><interface name="a.b"><!-- About all. --><!-- One. -->
           <property name="P" type="s" access="readwrite"/></interface></node>""")
    tap.same((code, out), (0, """.Sh INTERFACE a.b
\\&.Dd a\\eb.
\\&'x 'y
.Bl -tag -width Ds
.It Li Name
\\&'tis.
(Yes.)
And "so".
On
.El
.Ss Properties
About all.
.Bl -tag -width Ds
.It Va P Pq "s, can be set"
One.
.El
"""))


@tap.case("a file that is none is refused by name")
def broken():
    with Folder() as folder:
        for text in ("", "<node>", "<node><interface></node>"):
            code, _, error = made(folder, text)
            tap.check(code == 1 and "x.xml" in error, "%r: %s" % (text, error))


@tap.case("the pages are in order")
def lint():
    if not shutil.which("mandoc"):
        raise tap.Skip("mandoc is not installed")
    pages = [os.path.join(folder, name) for folder in (source("man"), os.path.join(BUILD, "man"))
             for name in os.listdir(folder) if name[-2:] in (".1", ".5", ".7", ".8")]
    tap.check(PAGE in pages, "not all pages are there")
    result = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", *sorted(pages)], text=True,
                            capture_output=True, check=False)
    tap.same((result.returncode, result.stdout + result.stderr), (0, ""))


tap.run()
