"""Grammar: random supervisord.conf files, the same ones for the same seed.

Most of a file is right, so that most files are accepted and every option is looked at; a few values
and lines are wrong on purpose. Nothing here depends on the machine: users are root and nobody,
folders are /tmp and /, the file's own and one that does not exist.
"""

import random

WRONG = 0.006  # share of values and lines that are meant to be wrong

BOOLEAN = (["true", "false", "yes", "no", "on", "off", "1", "0", "True", "FALSE", "oN"],
           ["", "y", "none", "2", "yes no"])
INTEGER = (["0", "1", "5", "10", "-1", "+7", "007", "1_000", "60"],
           ["", "1.5", "ten", "0x10", "1__0", "1 2", "-", "_1"])
BYTES = (["0", "1", "1KB", "2mb", "1Gb", "50MB", "3 kB", "-1", "1_0KB"],
         ["", "5K", "5M", "1.5MB", "MB", "5B", "1TB"])
OCTAL = (["022", "0", "777", "0o17", "0O7", "-2", "0_7"], ["", "-1", "8", "rwx", "0x7", "09"])
LEVEL = (["critical", "error", "warn", "info", "debug", "trace", "blather", "INFO", "Debug"],
         ["warning", "crit", "20", ""])
SIGNAL = (["TERM", "SIGHUP", "int", "sigquit", "9", "USR1", "10", "RTMIN", "SIGRTMAX", "CLD"],
          ["", "NOPE", "SIG", "99", "33", "SIGRTMIN+1", "-1"])
EXITCODES = (["0", "0,2", "1, 2 ,3", "255", "007"], ["0,", "256", "-1", "a", ",", "0;1"])
AUTORESTART = (["true", "false", "unexpected", "Unexpected", "1", "no"], ["", "maybe", "always"])
USER = (["root", "nobody", "0", "65534"], ["", "no-such-user", "-5", "4000000"])
OWNER = (["root", "nobody", "root:root", "nobody:nogroup", "0:0"],
         ["", "root:", ":root", "no-such-user:root", "root:no-such-group"])
DIRECTORY = (["/tmp", "/", "%(here)s"], ["/no/such/folder"])
PATH = (["x.log", "/tmp/x.log", "%(here)s/x.log", "~/x.log", "./x"], ["/no/such/folder/x.log"])
LOGFILE = (["AUTO", "auto", "NONE", "off", "none", "", "syslog", "Syslog", "/tmp/x.log", "x.log",
            "%(here)s/%(program_name)s.log", "/dev/stdout", "/tmp/100%%%%.log", "false",
            "/tmp/%(process_num)03d.log", "~/y.log"], ["/no/such/folder/x", "%(program_name)d"])
PORT = (["9001", ":9001", "*:9001", "LocalHost:9001", "127.0.0.1:80", "a:b:1"],
        ["", "0", "65536", "host", "host:", "1.5"])
PRIORITY = (["1", "999", "-5", "10", "5"], ["high", ""])
PROCESSES = (["1", "2", "3", "1", "1", "0", "-1", "1"], ["many", ""])
TEXT = (["x", "a b", "a  b", "x=y", "a:b", "%(here)s", "%(ENV_PLAIN)s", "100%%", "ä ö", "[x]",
         "a;b", "a#b", "%(ENV_PLAIN)10s|", "%(ENV_PLAIN)-10s|", "%(ENV_PLAIN).2s", ""],
        ["%(nothing)s", "%", "100%", "%(here", "%(here)d", "%(HERE)s", "%y"])
PROCESS_TEXT = (TEXT[0] + ["%(program_name)s", "%(group_name)s/%(program_name)s",
                           "%(process_num)d", "%(process_num)02d", "%(process_num)x-%(numprocs)s",
                           "%(process_num)+d", "%(process_num) 5d", "%(process_num)o",
                           "%(host_node_name)s", "%(process_num)r%(program_name)r",
                           "%(process_num).3f", "%(process_num)#x", "%(process_num)-4d|"], TEXT[1])
COMMAND = (["/bin/cat", "sleep 10", "sh -c 'a b'", "\"a b\" c", "a\\ b", "sh -c \"x ; y\"", "",
            "a '' b", "/bin/x %(process_num)d", "%(program_name)s --port=80%(process_num)02d",
            "a 'b", "b\\", "date +%%s", "x \"\\\"\" '\\'", "%(ENV_PLAIN)s", "a;b", "a#b c"],
           ["%(nothing)s", "date +%Y", "50%", "%(program_name)i"])
NAME = (["%(program_name)s", "x%(process_num)d", "%(program_name)s_%(process_num)02d",
         "%(process_num)d", "n", "%(group_name)s-%(process_num)s"],
        ["a b", "a:b", "a/b", "%(nothing)s"])
EVENTS = (["PROCESS_STATE", "TICK_5,TICK_60", "EVENT", "process_log", "Tick_3600 , PROCESS_GROUP",
           "PROCESS_STATE_EXITED,PROCESS_STATE_EXITED", "REMOTE_COMMUNICATION,\n TICK"],
          ["", "TICK_6", "TICK,", "PROCESS_STATE TICK", "nothing"])
SOCKET = (["tcp://localhost:9000", "unix:///tmp/x.sock", "unix://%(here)s/%(program_name)s.sock",
           "tcp://LOCALHOST:1", "tcp://127.0.0.1:65535"],
          ["", "tcp://localhost", "unix://x", "http://x:1", "tcp://h:0", "tcp://h:99999", "x"])
URL = (["AUTO", "auto", "http://localhost:1", "unix:///tmp/x", " AUTO "], ["%(nothing)s"])
BACKLOG = (["1", "128", "65535"], ["0", "65536", "x", "-1"])
BUFFER = (["1", "10", "100"], ["0", "-1", "x", ""])
HANDLER = (["supervisor.dispatchers:default_handler"], ["json:dumps", "nosuchmodule:x"])

CHANNEL = {"logfile": LOGFILE, "logfile_maxbytes": BYTES, "logfile_backups": INTEGER,
           "capture_maxbytes": BYTES, "events_enabled": BOOLEAN, "syslog": BOOLEAN}

SUPERVISORD = {
    "logfile": PATH, "logfile_maxbytes": BYTES, "logfile_backups": INTEGER, "loglevel": LEVEL,
    "pidfile": PATH, "umask": OCTAL, "nodaemon": BOOLEAN, "silent": BOOLEAN, "minfds": INTEGER,
    "minprocs": INTEGER, "nocleanup": BOOLEAN, "childlogdir": DIRECTORY, "user": USER,
    "directory": DIRECTORY, "strip_ansi": BOOLEAN, "identifier": TEXT}

PROGRAM = {
    "process_name": NAME, "numprocs": PROCESSES, "numprocs_start": INTEGER, "priority": PRIORITY,
    "autostart": BOOLEAN, "autorestart": AUTORESTART, "startsecs": INTEGER,
    "startretries": INTEGER, "exitcodes": EXITCODES, "stopsignal": SIGNAL,
    "stopwaitsecs": INTEGER, "stopasgroup": BOOLEAN, "killasgroup": BOOLEAN, "user": USER,
    "umask": OCTAL, "directory": PROCESS_TEXT, "redirect_stderr": BOOLEAN, "serverurl": URL}
PROGRAM.update({"%s_%s" % (stream, key): pool for stream in ("stdout", "stderr")
                for key, pool in CHANNEL.items()})

LISTENER = dict({k: v for k, v in PROGRAM.items() if k != "redirect_stderr"},
                buffer_size=BUFFER, result_handler=HANDLER, redirect_stderr=(["no", "0"], ["yes"]))
FCGI = dict(PROGRAM, socket_backlog=BACKLOG, socket_owner=OWNER, socket_mode=OCTAL)
UNIX = {"chmod": OCTAL, "chown": OWNER}
FACTORY = "supervisor.rpcinterface:make_main_rpcinterface"

PROGRAM_NAMES = ["a", "b", "c", "web", "Work-er", "x.y", "ä", " d"]
WRONG_NAMES = ["a b", "a/b", "a:b"]
QUOTED = ['"v"', '"a b"', "'a b'", '"a,b=c"', '""', "''", '"%%"', '"%(ENV_PLAIN)s"', '"it\'s"',
          '"a;b"', '"a#b"', '"C:\\x"']
UNQUOTED = ["1", "v", "/usr/bin:/bin", "a.b-c", "%(here)s", "x+y", "a_b", "(x)", "ab#c"]
WRONG_PAIRS = ["A", "A=", "=1", "A=a@b,C=1", "A=\"x", "A=1,,B=2", "A=[x]"]


class Grammar:
    """A source of files. Each call of file() goes on from the last."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def chance(self, share):
        return self.random.random() < share

    def pick(self, pool):
        good, wrong = pool
        return self.random.choice(wrong if self.chance(WRONG) else good)

    # Values

    def pair(self):
        value = self.random.choice(QUOTED + UNQUOTED)
        blanks = self.random.choice(["", "", "", " "])
        return "%s%s=%s%s" % (self.random.choice("ABCDE"), blanks, blanks, value)

    def environment(self):
        if self.chance(WRONG):
            return self.random.choice(WRONG_PAIRS)
        count = self.random.randrange(4)
        separator = self.random.choice([",", ", ", " , ", ",\n ", ";"])
        return separator.join(self.pair() for _ in range(count)) + \
            ("," if count and self.chance(0.1) else "")

    # Sections: a header and its options

    def options(self, pools, share):
        return [(key, self.pick(pool)) for key, pool in pools.items() if self.chance(share)]

    def process_options(self, pools):
        options = self.options(pools, 0.12)
        if not self.chance(WRONG):
            options.append(("command", self.pick(COMMAND)))
        if self.chance(0.3):
            options.append(("environment", self.environment()))
        chosen = dict(options)
        # What goes together only in some ways is made to fit, mostly.
        if chosen.get("numprocs") in ("2", "3") and not self.chance(WRONG) and \
                "%(process_num)" not in chosen.get("process_name", ""):
            options.append(("process_name", "%(program_name)s_%(process_num)02d"))
        if "stopasgroup" in chosen and "killasgroup" in chosen and not self.chance(WRONG):
            options = [o for o in options if o[0] != "killasgroup"]
        self.random.shuffle(options)
        return options

    def program(self, name):
        return "program:" + name, self.process_options(PROGRAM)

    def listener(self, name):
        options = self.process_options(LISTENER)
        if not self.chance(WRONG):
            options.append(("events", self.pick(EVENTS)))
        return "eventlistener:" + name, options

    def fcgi(self, name):
        options = self.process_options(FCGI)
        if not self.chance(WRONG):
            options.append(("socket", self.pick(SOCKET)))
        tcp = dict(options).get("socket", "").startswith("tcp")
        if tcp and not self.chance(WRONG):
            options = [o for o in options if o[0] not in ("socket_owner", "socket_mode")]
        return "fcgi-program:" + name, options

    def group(self, name, members):
        count = self.random.randint(0, min(3, len(members)))
        chosen = self.random.sample(members, count)
        if self.chance(WRONG):
            chosen.append("nobody-knows")
        options = [("programs", self.random.choice([",", " , ", ",\n  "]).join(chosen))]
        if not chosen and self.chance(0.5):
            options = []
        return "group:" + name, options + self.options({"priority": PRIORITY}, 0.4)

    def login(self):
        options = [("username", "u"), ("password", "{SHA}" + "0" * 40)]
        if self.chance(WRONG):
            options.pop()
        return options if self.chance(0.5) else []

    def server(self):
        name = self.random.choice(["", "", ":two", "2", ":a b"])
        if self.chance(0.5):
            return "inet_http_server" + name, [("port", self.pick(PORT))] + self.login()
        file = self.random.choice(["/tmp/x", "x.sock", "~/x", "%(here)s/../x", " /tmp/./y "])
        return "unix_http_server" + name, \
            [("file", file)] + self.options(UNIX, 0.4) + self.login()

    def strange(self):
        """Sections that nobody of ours reads, and whose values are therefore never looked at."""
        header = self.random.choice(["other", "programs", "Program:x", "group", " supervisord ",
                                     "supervisorctl", "ctl", "x]y", "ä:ö"])
        return header, [("key", "%(nothing)s"), ("serverurl", "x")]

    def supervisord(self):
        options = self.options(SUPERVISORD, 0.15)
        if self.chance(0.3):
            options.append(("environment", self.environment()))
        return "supervisord", options

    def sections(self):
        names = list(PROGRAM_NAMES)
        self.random.shuffle(names)
        if self.chance(WRONG):
            names[0] = self.random.choice(WRONG_NAMES)
        programs = names[:self.random.randint(0, 4)]
        made = [self.program(n) for n in programs]
        if self.chance(0.4):
            made.append(self.listener(self.random.choice(["l", "mail", names[0]])))
        if self.chance(0.25):
            made.append(self.fcgi(self.random.choice(["f", "cgi", names[-1]])))
        if self.chance(0.35):
            members = [n.strip() for n in programs if n == n.strip()]
            made.append(self.group(self.random.choice(["g", "site", names[0]]), members))
        made += [self.server() for _ in range(self.random.choice([0, 0, 1, 2]))]
        if self.chance(0.3):
            made.append(("rpcinterface:supervisor", [("supervisor.rpcinterface_factory", FACTORY)]))
        if self.chance(0.2):
            made.append(self.strange())
        if self.chance(0.08):
            made.append(("DEFAULT", self.options({"priority": PRIORITY, "autostart": BOOLEAN,
                                                  "user": USER, "startsecs": INTEGER}, 0.5)))
        if not self.chance(WRONG):
            made.append(self.supervisord())
        self.random.shuffle(made)
        return made

    # Layout

    def comment(self):
        return self.random.choice(["; comment", "# comment", " ; x=y", ";", "#[program:x]"])

    def tail(self, value):
        """What may stand behind a value without being part of it."""
        if self.chance(0.05):
            return self.random.choice([" ; comment", "\t# comment", " ;", "   "])
        return " ;x # y" if value and self.chance(0.02) else ""

    def key(self, key):
        if self.chance(0.05):
            key = self.random.choice([key.upper(), key.capitalize()])
        return key

    def option(self, key, value, indent):
        delimiter = self.random.choice(["=", "=", "=", " = ", ": ", ":", "\t=\t"])
        first, *rest = value.split("\n")
        lines = [indent + self.key(key) + delimiter + first + self.tail(first)]
        for line in rest:
            lines.append(indent + self.random.choice(["  ", "\t", "    "]) + line.strip())
            if self.chance(0.1):
                lines.append(self.comment())
        if self.chance(WRONG):
            lines.append(indent + "   " + self.random.choice(["more", "x=y", "[z]", "ä"]))
        return lines

    def noise(self):
        if self.chance(WRONG / 4):
            return [self.random.choice(["word", "=value", "[open", "[]", ": x", "a b c"])]
        return self.random.choice([[], [], [], [""], [self.comment()], ["", ""], ["\t"]])

    def section(self, header, options, indent):
        if self.chance(WRONG):
            indent = "   "  # as a continuation of what stands before
        lines = [indent + "[%s]" % header +
                 self.random.choice(["", "", "", " ; comment", " text"])]
        for key, value in options:
            lines += self.option(key, value, indent)
            lines += self.noise()
            if self.chance(0.02):
                lines += self.option(key, value, indent)
        if self.chance(0.1):
            lines += self.option(self.random.choice(["unknown", "comand", "a b"]), "%(x)s", indent)
        return lines

    def layout(self, sections):
        lines = [] if self.chance(0.8) else [self.comment(), ""]
        if self.chance(WRONG):
            lines.append("key=before the first header")
        indent = self.random.choice(["", "", "", "", "  "])
        for header, options in sections:
            lines += self.section(header, options, indent) + self.noise()
        return self.random.choice(["\n", "\n", "\n", "\n", "\r\n"]).join(lines) + "\n"

    def file(self):
        """The text of a file, and a table of those that it includes."""
        sections, included = self.sections(), {}
        if self.chance(0.25):
            moved = [sections.pop() for _ in range(self.random.randint(0, len(sections) // 2))]
            included["conf.d/10.conf"] = self.layout(moved)
            if self.chance(0.5):
                included["conf.d/20.conf"] = self.layout([self.supervisord(), self.strange()])
            patterns = self.random.choice(["conf.d/*.conf", "conf.d/2*.conf conf.d/1*.conf",
                                           "%(here)s/conf.d/??.conf", "none/*.conf\n conf.d/*",
                                           "conf.d/[12]0.conf conf.d/10.conf"])
            sections.insert(self.random.randint(0, len(sections)),
                            ("include", [] if self.chance(WRONG) else [("files", patterns)]))
        return self.layout(sections), included
