"""Reference: what Debian's Supervisor makes of a file, in the shape of `busvisord --dump-config`."""

import io
import os
import shlex
import signal
import socket
from unittest import mock

from supervisor import events, loggers, options
from supervisor.datatypes import Automatic, RestartUnconditionally, RestartWhenExitUnexpected

AUTORESTART = {RestartUnconditionally: True, RestartWhenExitUnexpected: "unexpected", False: False}
LEVELS = {loggers.LevelsByName.CRIT: "critical", loggers.LevelsByName.ERRO: "error",
          loggers.LevelsByName.WARN: "warn", loggers.LevelsByName.INFO: "info",
          loggers.LevelsByName.DEBG: "debug", loggers.LevelsByName.TRAC: "trace",
          loggers.LevelsByName.BLAT: "blather"}
SAME = ("command", "directory", "priority", "autostart", "startsecs", "startretries",
        "stopwaitsecs", "stopasgroup", "killasgroup", "redirect_stderr", "exitcodes",
        "environment", "name", "uid")
CHANNEL = ("logfile_maxbytes", "logfile_backups", "capture_maxbytes", "events_enabled", "syslog")


class Refused(Exception):
    """The text is Supervisor's."""


class Options(options.ServerOptions):
    def usage(self, msg):
        raise Refused(msg)

    def exit(self, code=0):
        raise Refused("exit %s" % code)


def octal(number):
    if number is None:
        return None
    return "0%o" % number if number >= 0 else "-0%o" % -number


def logfile(value):
    return "AUTO" if value is Automatic else value or None


def words(command):
    try:
        return shlex.split(command) or None
    except ValueError:
        return None


def signal_name(number):
    try:
        return signal.Signals(number).name
    except ValueError:
        return "signal %d" % number


def process(config, everywhere):
    shape = {key: getattr(config, key) for key in SAME}
    shape.update(umask=octal(config.umask), serverurl=config.serverurl or None,
                 autorestart=AUTORESTART[config.autorestart],
                 stopsignal=int(config.stopsignal), argv=words(config.command),
                 stopsignal_name=signal_name(config.stopsignal),
                 environment=dict(everywhere, **config.environment))
    for stream in ("stdout", "stderr"):
        shape[stream + "_logfile"] = logfile(getattr(config, stream + "_logfile"))
        for key in CHANNEL:
            key = "%s_%s" % (stream, key)
            shape[key] = getattr(config, key)
    return shape


def fcgi_socket(config):
    shape = config.socket_config
    if not isinstance(shape, options.UnixStreamSocketConfig):
        return {"url": shape.url, "owner": None, "mode": None, "backlog": shape.get_backlog()}
    owner = shape.get_owner()
    return {"url": shape.url, "owner": list(owner) if owner else None,
            "mode": octal(shape.get_mode()), "backlog": shape.get_backlog()}


def group(config, everywhere):
    """The last process of a name counts, as when the group is made."""
    processes = {p.name: process(p, everywhere) for p in config.process_configs}
    shape = {"name": config.name, "priority": config.priority, "type": "program",
             "processes": list(processes.values())}
    if isinstance(config, options.EventListenerPoolConfig):
        shape.update(type="eventlistener", buffer_size=config.buffer_size,
                     events=sorted(map(events.getEventNameByType, config.pool_events)))
    elif isinstance(config, options.FastCGIGroupConfig):
        shape.update(type="fcgi-program", socket=fcgi_socket(config))
    return shape


def groups(config, everywhere):
    """The first group of a name counts, as when they are started."""
    found = {}
    for each in sorted(config.process_group_configs):
        found.setdefault(each.name, group(each, everywhere))
    return list(found.values())


def server(config):
    shape = {key: config[key] for key in ("section", "name", "username", "password")}
    if config["family"] == socket.AF_UNIX:
        shape.update(family="unix", file=config["file"], chmod=octal(config["chmod"]),
                     chown=list(config["chown"]))
    else:
        shape.update(family="inet", host=config["host"], port=config["port"])
    return shape


def supervisord(config):
    shape = {key: getattr(config, key) for key in (
        "logfile", "logfile_maxbytes", "logfile_backups", "pidfile", "minfds", "minprocs",
        "childlogdir", "uid", "gid", "directory", "identifier", "serverurl")}
    shape.update({key: bool(getattr(config, key))
                  for key in ("nodaemon", "silent", "nocleanup", "strip_ansi")})
    shape.update(umask=octal(config.umask), loglevel=LEVELS[config.loglevel],
                 environment=config.configroot.supervisord.environment)
    return shape


def parse(path, environment, arguments=()):
    """Supervisor's options object, when it accepts the file and the arguments. Raises Refused."""
    with mock.patch.dict(os.environ, environment, clear=True), \
            mock.patch("sys.stderr", io.StringIO()):
        config = Options()
        try:
            config.realize(["-c", path] + list(arguments))
        except Refused:
            raise
        except Exception as error:  # a traceback, with which supervisord ends as well
            raise Refused("%s: %s" % (type(error).__name__, error)) from error
    return config


def read(path, environment, arguments=()):
    """Likewise, in our shape."""
    config = parse(path, environment, arguments)
    everywhere = config.configroot.supervisord.environment
    return {"supervisord": supervisord(config), "groups": groups(config, everywhere),
            "http_servers": [server(s) for s in config.server_configs]}
