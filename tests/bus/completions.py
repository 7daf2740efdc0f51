"""Completion in bash, zsh and fish: each shell is asked what it would offer."""

import os
import re
import shutil
import subprocess

import processes
import tap
from terminal import Terminal
from busvisor import Daemon, clean_environment, program, source

PROGRAMS = """
[program:cat]
command=/bin/cat
startsecs=0

[program:worker]
command=/bin/sleep 1000
process_name=%(program_name)s_%(process_num)d
numprocs=2
startsecs=0

[eventlistener:mail]
command=/bin/cat
events=TICK_3600
autostart=false
"""

# Prints what would be offered for a line, words apart by blanks.
BASH = """
. %(file)s
COMP_LINE='%(line)s' COMP_WORDS=(%(words)s) COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_busvisorctl
printf '%%s\\n' "${COMPREPLY[@]}"
"""

FISH = """
source %(file)s
complete -C '%(line)s'
"""

# A zsh of its own on a terminal of its own, as completion works in a line editor only. Each match is
# told in a line by itself. Keys are keys only when the editor is there, which it tells the terminal.
ZSH = """
zmodload zsh/zpty
zpty inner 'PS1= zsh -f -i'
zpty -w inner 'fpath=(%(folder)s $fpath); autoload -Uz compinit; compinit -u -d %(here)s/dump'
zpty -w inner 'compadd () { builtin compadd -O found "$@"; print -l -- "<"${^found}">" >>%(here)s/found;
        builtin compadd "$@" }'
zpty -w inner 'PATH=%(build)s:$PATH; print rea""dy'
zpty -r inner text '*ready*'
zpty -r inner text $'*\\x1b[[]?2004h*'
zpty -w -n inner '%(line)s'$'\\t'
zpty -w -n inner $'\\x15'
zpty -w inner 'print do""ne'
zpty -r inner text '*done*'
"""


def started(daemon):
    connection = daemon.connect()
    processes.wait_for(lambda: connection.state("worker", "worker_1") == "RUNNING", "RUNNING")


def environment(daemon, **more):
    build = os.path.dirname(program("busvisorctl"))
    return {**clean_environment(), "BUSVISOR_BUS_ADDRESS": daemon.address, "HOME": daemon.path,
            "TERM": "xterm", "PATH": build + ":" + os.environ["PATH"], **more}


def run(daemon, command, script, **more):
    result = subprocess.run(command + [script], env=environment(daemon, **more), cwd=daemon.path, text=True,
                            capture_output=True, check=False, timeout=processes.WAIT_LIMIT)
    tap.same(result.returncode, 0, result.stderr)
    return result.stdout.splitlines()


def in_bash(daemon, line, **more):
    parts = [re.findall("[:=]+|[^:=]+", word) or [""] for word in line.split(" ")]
    words = " ".join("'%s'" % part for word in parts for part in word)
    found = run(daemon, ["bash", "--norc", "-c"],
                BASH % {"file": source("data/completions/busvisorctl"), "words": words, "line": line}, **more)
    return {word for word in found if word}


def in_fish(daemon, line, **more):
    return {l.split("\t")[0] for l in run(
        daemon, ["fish", "--no-config", "-c"],
        FISH % {"file": source("data/completions/busvisorctl.fish"), "line": line}, **more)}


def in_zsh(daemon, line, **more):
    if os.path.exists(daemon.file("found")):
        os.unlink(daemon.file("found"))
    run(daemon, ["zsh", "-f", "-c"], ZSH % {
        "folder": os.path.abspath(source("data/completions")), "here": daemon.path, "line": line,
        "build": os.path.dirname(program("busvisorctl"))}, **more)
    return {l[1:-1] for l in daemon.read("found").splitlines()}


def needs(shell):
    if not shutil.which(shell):
        raise tap.Skip("there is no %s here" % shell)


NAMES = {"cat", "worker:worker_0", "worker:worker_1", "worker:*", "mail", "all"}

# A line, what must be among the candidates, and what must not.
CASES = (
    ("busvisorctl ", {"status", "watch", "show", "deadletters"}, set()),
    ("busvisorctl st", {"status", "start", "stop"}, {"watch"}),
    ("busvisorctl start ", NAMES, set()),
    ("busvisorctl watch ", NAMES, set()),
    ("busvisorctl show ", NAMES | {"group/worker", "pool/mail"}, set()),
    ("busvisorctl fg ", {"cat", "worker:worker_0"}, {"all", "worker:*"}),
    ("busvisorctl listeners ", {"mail"}, {"cat"}),
    ("busvisorctl signal U", {"USR1", "USR2"}, set()),
    ("busvisorctl remove ", {"cat", "worker", "mail"}, {"all"}),
    ("busvisorctl watch --sort ", {"cpu", "memory", "name"}, set()),
    ("busvisorctl --timeout ", {"5s", "5min"}, set()),
    ("busvisorctl show -p ", {"Pid", "State", "Identifier", "LagEvents"}, set()),
)


# However the daemon is named, it is that one which is asked.
PLACES = ("-i test", "-itest", "--identifier test", "--identifier=test", "-i test --timeout=1min",
          "--timeout 1min -q -i test", "--address=%(address)s", "--address %(address)s")


def check_places(daemon, complete):
    elsewhere = {"BUSVISOR_BUS_ADDRESS": "unix:path=/nonexistent",
                 "RUNTIME_DIRECTORY": daemon.file("run")}
    tap.check("cat" not in complete(daemon, "busvisorctl start ", **elsewhere), "of nowhere")
    for place in PLACES:
        line = "busvisorctl %s start " % (place % {"address": daemon.address})
        found = complete(daemon, line, **elsewhere)
        tap.check(NAMES <= found, "%r offers %s" % (line, sorted(found)))


def check(daemon, complete):
    for line, wanted, unwanted in CASES:
        found = complete(daemon, line)
        tap.check(wanted <= found, "%r offers %s" % (line, sorted(found)))
        tap.check(not unwanted & found, "%r offers %s" % (line, sorted(found)))


@tap.case("bash")
def bash():
    needs("bash")
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        check(daemon, in_bash)
        tap.check({"--host", "--timeout", "--json"} <= in_bash(daemon, "busvisorctl --"), "options")
        tap.same(in_bash(daemon, "busvisorctl show --v"), {"--value"})
        tap.same(in_bash(daemon, "busvisorctl watch --sort=c"), {"cpu"})
        tap.same(in_bash(daemon, "busvisorctl show -p Name,Stat"), {"Name,State", "Name,States"})
        tap.same(in_bash(daemon, "busvisorctl start worker:"), {"worker_0", "worker_1", "*"})
        check_places(daemon, in_bash)
        tap.check(NAMES <= in_bash(daemon, "busvisorctl --timeout=1min start "), "names")
        tap.same(in_bash(daemon, "busvisorctl --address=unix:path=/nonexistent start "), {"all"})
        os.mkdir(daemon.file(".ssh"))
        daemon.write(".ssh/config", "Host web1 web* !web2\n  User me\n")
        daemon.write(".ssh/known_hosts", "box.example.org,192.0.2.1 ssh-ed25519 AAAA\n"
                     "|1|hashed= ssh-ed25519 AAAA\n[far.example.org]:2222 ssh-ed25519 AAAA\n")
        tap.same(in_bash(daemon, "busvisorctl -H "), {"web1", "box.example.org", "far.example.org"})


# Completes to all that there is, and shows what came of it, word for word.
INSERT_ALL, SHOW = "\x1b*", "\x01show \n"


@tap.case("bash at its prompt, where it breaks words at colons and equals signs")
def bash_prompt():
    needs("bash")
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        for more in ("", "/usr/share/bash-completion/bash_completion"):
            with Terminal(["bash", "--norc", "-i"], dict(environment(daemon), PS1="ready> "),
                          size=(24, 200)) as terminal:
                terminal.wait("^ready> ")
                if os.path.exists(more):
                    terminal.type(". %s\n" % more)
                    terminal.wait("^ready> ")
                terminal.type("set -f; show() { printf '<%%s>' \"$@\"; echo; }; . %s\n" %
                              os.path.abspath(source("data/completions/busvisorctl")))
                terminal.wait("^ready> ")
                for typed, shown in (
                        ("start worker:", r"<start><worker:\*><worker_0><worker_1>"),
                        ("start worker:worker_", "<start><worker:worker_0><worker_1>"),
                        ("watch --sort=c", "<watch><--sort=cpu>"),
                        ("--timeout=5", "<--timeout=5min><5s>"),
                        ("--address=%s pid worker:worker_0 ca" % daemon.address,
                         "<--address=%s><pid><worker:worker_0><cat>" % daemon.address)):
                    terminal.type("busvisorctl " + typed + INSERT_ALL + SHOW)
                    terminal.wait("^<busvisorctl>" + shown)
                    terminal.wait("^ready> ")
                terminal.type("exit\n")
                terminal.wait_end()


@tap.case("fish")
def fish():
    needs("fish")
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        check(daemon, in_fish)
        check_places(daemon, in_fish)
        tap.same(in_fish(daemon, "busvisorctl watch --sort=c"), {"--sort=cpu"})
        tap.same(in_fish(daemon, "busvisorctl start worker:"),
                 {"worker:worker_0", "worker:worker_1", "worker:*"})
        tap.check({"--host", "--timeout", "--json"} <= in_fish(daemon, "busvisorctl --"), "options")


@tap.case("zsh")
def zsh():
    needs("zsh")
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        check(daemon, in_zsh)
        check_places(daemon, in_zsh)


tap.run()
