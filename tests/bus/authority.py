"""Authority: answers on a bus as polkit does, by a rule of the test's, and keeps the questions."""

import threading

from jeepney import HeaderFields, MessageType, new_error, new_method_call, \
    new_method_return
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection

NAME = "org.freedesktop.PolicyKit1"


class Authority:
    """rule(action, details) answers "yes", "no", "challenge" or None, for no answer at all."""

    def __init__(self, address, rule):
        self.rule = rule
        self.questions = []
        self._connection = open_dbus_connection(address)
        self._connection.send_and_get_reply(
            new_method_call(message_bus, "RequestName", "su", (NAME, 0)))
        self._ending = False
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self._ending = True
        self._thread.join()
        self._connection.close()

    def _serve(self):
        while not self._ending:
            try:
                message = self._connection.receive(timeout=0.1)
            except TimeoutError:
                continue
            except OSError:
                return
            if message.header.message_type is MessageType.method_call:
                self._answer(message)

    def _answer(self, message):
        if message.header.fields.get(HeaderFields.member) != "CheckAuthorization":
            self._connection.send(new_error(message, "org.freedesktop.DBus.Error.UnknownMethod"))
            return
        subject, action, details, flags, _ = message.body
        self.questions.append((subject, action, details, flags))
        answer = self.rule(action, details)
        if answer:
            self._connection.send(new_method_return(
                message, "(bba{ss})", ((answer == "yes", answer == "challenge", {}),)))
