"""Systembus: a message bus like that of a system, with the packaged policy, and callers of other
users on it; and one like that of a user.

Only root can be several users, so tests that need it say so with needs_root()."""

import contextlib
import os
import socket
import subprocess

import bus
import busvisor
import processes
import tap

CONFIGURATION = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=%(socket)s</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <deny own="*"/>
    <deny send_type="method_call"/>
    <allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/>
    <allow receive_type="method_return"/>
    <allow receive_type="error"/>
    <allow receive_type="signal"/>
    <allow send_destination="org.freedesktop.DBus"/>
  </policy>
  <policy user="root">
    <allow own="org.freedesktop.PolicyKit1"/>
    <allow send_destination="org.freedesktop.PolicyKit1"/>
  </policy>
  <include>%(policy)s</include>
</busconfig>
"""

USER_CONFIGURATION = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=%(socket)s</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""

# Starts the rest of its arguments where the first one is the file of groups.
OTHER_GROUPS = ["unshare", "--mount", "--propagation", "private", "sh", "-c",
                'mount --bind "$1" /etc/group && shift && exec "$@"', "sh"]

# A user who has nothing to do with anything here; the bus wants to know him by name, so nobody.
STRANGER = 65534
OPERATORS = 65532


def needs_root():
    if os.geteuid() != 0:
        raise tap.Skip("only root can be several users")


def needs_mounts():
    needs_root()
    if subprocess.run(OTHER_GROUPS + ["/etc/group", "true"], capture_output=True,
                      check=False).returncode != 0:
        raise tap.Skip("nothing can be mounted here")


def can_have_host_user():
    """Hosts may be another user than root where that gets to the programs."""
    return os.geteuid() == 0 and subprocess.run(
        ["test", "-x", busvisor.program("busvisor-listener-host")], user=STRANGER, group=STRANGER,
        extra_groups=[], check=False).returncode == 0


def needs_host_user():
    needs_root()
    if not can_have_host_user():
        raise tap.Skip("the build folder is for its owner alone")


@contextlib.contextmanager
def acting_as(uid, groups=()):
    before = os.getgroups()
    os.setgroups(list(groups))
    os.setegid(uid)
    os.seteuid(uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(before)


def connect_as(daemon, uid, groups=()):
    """A connection of this user to the daemon's bus, which looks at who opened it."""
    with acting_as(uid, groups):
        connection = bus.Bus(daemon.address)
    daemon.buses.append(connection)
    return connection


class SystemBus:
    """A dbus-daemon in a folder of the test's, until the end of the `with` block."""

    configuration = CONFIGURATION

    def __init__(self, folder):
        self.socket = folder.file("system-bus")
        self.address = "unix:path=" + self.socket
        self.file = folder.write("system-bus.conf", self.configuration % {
            "socket": self.socket,
            "policy": os.path.abspath(busvisor.source("data/system/org.busvisor1.conf"))})

    def __enter__(self):
        self.process = subprocess.Popen(
            ["dbus-daemon", "--nofork", "--nopidfile", "--config-file=" + self.file],
            stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=busvisor.clean_environment())
        processes.wait_for(self._is_up, "the bus")
        return self

    def _is_up(self):
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(self.socket) == 0

    def __exit__(self, kind, error, trace):
        self.process.kill()
        self.process.wait()


class UserBus(SystemBus):
    """Everybody who gets in may do everything."""

    configuration = USER_CONFIGURATION


class SystemDaemon(busvisor.Daemon):
    """busvisord, as root, on such a bus, or another kind of one; with_group: where there is the
    group of operators."""

    variable = "DBUS_SYSTEM_BUS_ADDRESS"

    def __init__(self, sections, with_group=False, on=SystemBus, arguments=("--bus", "system")):
        super().__init__(sections, arguments=arguments)
        self.kind = on
        self.system = None
        self.with_group = with_group

    def start(self):
        self.system = self.system or self.kind(self).__enter__()
        if self.with_group:
            groups = self.write("group", busvisor.read("/etc/group") +
                                "busvisor:x:%d:\n" % OPERATORS)
            self.launcher = OTHER_GROUPS + [groups]
        self.environment[self.variable] = self.system.address
        super().start()

    def __exit__(self, kind, error, trace):
        try:
            if kind is None:
                self._end_and_check_before_bus()
        finally:
            super().__exit__(kind, error, trace)

    def _end_and_check_before_bus(self):
        """The daemon ends while its bus is there, as on a system."""
        if self.process.poll() is None:
            self.process.terminate()
        self.wait_end()
        self.system.__exit__(None, None, None)

    @property
    def address(self):
        return self.system.address

    def connect_as(self, uid, groups=()):
        return connect_as(self, uid, groups)


class UserDaemon(SystemDaemon):
    """Likewise on the bus of a user, who need not be root."""

    variable = "DBUS_SESSION_BUS_ADDRESS"

    def __init__(self, sections, on=UserBus, arguments=("--bus", "user")):
        super().__init__(sections, on=on, arguments=arguments)
