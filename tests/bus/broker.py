"""Broker: dbus-broker as a message bus, which has no configuration of its own: a controller tells it
over a socket pair where to listen, and who may do what. The launcher that does so elsewhere wants
systemd; this one does what a test needs, with the packaged policy.
"""

import array
import os
import shutil
import socket
import subprocess
import xml.etree.ElementTree as ElementTree

from jeepney import DBusAddress, HeaderFields, MessageType, Parser, new_method_call

import busvisor
import processes
import systembus
import tap

CONTROLLED = DBusAddress("/org/bus1/DBus/Broker", "org.bus1", "org.bus1.DBus.Broker")
# Who may connect; own names; send; receive.
BATCH = "bta(btbs)a(btssssuutt)a(btssssuutt)"
POLICY = "(a(u(%s))a(buu(%s))a(ss)bs)" % (BATCH, BATCH)

EVERYBODY = 2 ** 32 - 1
SIGNAL = 4
OF_ANY_KIND, ALSO_BROADCAST, ANY_NUMBER = 0, 0, 2 ** 64 - 1


def needs_broker():
    if not shutil.which("dbus-broker"):
        raise tap.Skip("dbus-broker is not installed")


class Rules:
    """What holds for one user: later ones before earlier ones."""

    def __init__(self):
        self.own, self.send, self.receive = [], [], []
        self._n = 0

    def _priority(self):
        self._n += 1
        return self._n

    def may_own(self, name):
        """"" is any name."""
        self.own.append((True, self._priority(), name == "", name))

    def may_send(self, name="", kind=OF_ANY_KIND, interface="", member=""):
        self.send.append(self._message(name, kind, interface, member))

    def may_send_no_descriptors(self, name):
        self.send.append(self._message(name, OF_ANY_KIND, allow=False, descriptors=1))

    def may_receive(self, name=""):
        self.receive.append(self._message(name, OF_ANY_KIND))

    def _message(self, name, kind, interface="", member="", allow=True, descriptors=0):
        return (allow, self._priority(), name, "", interface, member, kind, ALSO_BROADCAST,
                descriptors, ANY_NUMBER)

    def batch(self):
        return (True, 1, self.own, self.send, self.receive)


def policy_of_user():
    """As on the bus of a user: who gets in may do everything."""
    rules = Rules()
    rules.may_own("")
    rules.may_send()
    rules.may_receive()
    return {EVERYBODY: rules}


def add_allowed(rules, own=None, receive_sender=None, send_destination="", send_interface="",
                send_member=""):
    if own:
        rules.may_own(own)
    elif receive_sender:
        rules.may_receive(receive_sender)
    else:
        tap.check(send_destination or send_interface, "everything may be sent")
        rules.may_send(send_destination, interface=send_interface, member=send_member)


def add_denied(rules, send_destination, min_fds):
    tap.same(min_fds, "1")
    rules.may_send_no_descriptors(send_destination)


def add_file(rules, file):
    """What busvisor's own policy file says, and no more than that can be in it."""
    for policy in ElementTree.parse(file).getroot():
        users = {"root": [0]}.get(policy.get("user"), [0, EVERYBODY])
        tap.check(policy.tag == "policy" and (policy.get("user") or
                                              policy.get("context") == "default"), file)
        for rule in policy:
            for user in users:
                {"allow": add_allowed, "deny": add_denied}[rule.tag](rules[user], **rule.attrib)


def policy_of_system():
    """As on a system: nobody owns names or calls anybody but the bus itself, unless a file says
    so."""
    rules = {0: Rules(), EVERYBODY: Rules()}
    for user in rules.values():
        user.may_send(kind=SIGNAL)
        user.may_send("org.freedesktop.DBus")
        user.may_receive()
    rules[0].may_own("org.freedesktop.PolicyKit1")
    rules[0].may_send("org.freedesktop.PolicyKit1")
    add_file(rules, busvisor.source("data/system/org.busvisor1.conf"))
    return rules


def authenticate(controller):
    """The side of a client, without the name that a bus would give it."""
    controller.sendall(b"\0AUTH EXTERNAL %s\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n" %
                       str(os.geteuid()).encode().hex().encode())
    answer = b""
    while answer.count(b"\r\n") < 2:
        received = controller.recv(1)
        tap.check(received, "dbus-broker hung up")
        answer += received
    lines = answer.split(b"\r\n")
    tap.check(lines[0].startswith(b"OK ") and lines[1] == b"AGREE_UNIX_FD", answer)


def call(controller, message):
    """The reply. A connection of jeepney's would say Hello, which is nothing for a controller."""
    descriptors, parser = array.array("i"), Parser()
    data = message.serialise(serial=1, fds=descriptors)
    tap.same(controller.sendmsg(
        [data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptors)]), len(data), "bytes sent")
    while True:
        reply = parser.get_next_message()
        if reply:
            return reply
        received = controller.recv(4096)
        tap.check(received, "dbus-broker hung up")
        parser.add_data(received)


class Broker:
    """dbus-broker with a socket in a folder of the test's, until the end of the `with` block."""

    def __init__(self, folder, policy=policy_of_system):
        needs_broker()
        self.socket = folder.file("broker-bus")
        self.address = "unix:path=" + self.socket
        self.policy = policy
        self._log = open(folder.file("broker-log"), "wb")  # pylint: disable=consider-using-with

    def __enter__(self):
        self._controller, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                ["dbus-broker", "--controller", str(theirs.fileno()), "--machine-id", "0" * 31 + "1",
                 "--max-bytes", "536870912", "--max-fds", "4096", "--max-matches", "131072",
                 "--max-objects", "131072"],
                pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stderr=self._log)
        self._controller.settimeout(processes.WAIT_LIMIT)
        authenticate(self._controller)
        self._listen()
        return self

    def _listen(self):
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self.socket)
            os.chmod(self.socket, 0o666)
            listener.listen()
            listener.setblocking(False)
            batches = [(uid, rules.batch()) for uid, rules in self.policy().items()]
            policy = (POLICY, (batches, [], [], False, "system"))
            message = new_method_call(CONTROLLED, "AddListener", "ohv",
                                      ("/org/bus1/DBus/Listener/0", listener, policy))
            del message.header.fields[HeaderFields.destination]  # there is but one at the end
            reply = call(self._controller, message)
        tap.check(reply.header.message_type is MessageType.method_return,
                  reply.header.fields.get(HeaderFields.error_name))

    def __exit__(self, kind, error, trace):
        self.process.kill()
        self.process.wait()
        self._controller.close()
        self._log.close()


class UserBroker(Broker):
    """Like the bus of a user."""

    def __init__(self, folder):
        super().__init__(folder, policy_of_user)


class OnBroker(systembus.UserDaemon):
    """In place of a daemon on its private bus."""

    def __init__(self, sections, arguments=("--bus", "private")):
        super().__init__(sections, on=UserBroker,
                         arguments=["user" if a == "private" else a for a in arguments])
