"""Calls as clients of other makes write them, byte by byte: both servers give the same answers.

They are in the style of PHP, Perl, Java, Node, shell scripts and old libraries, and of what people
write by hand.
"""

import os
import socket
import sys
import xmlrpc.client

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bus"))

from both import Busvisor, Supervisor, need_supervisor  # noqa: E402
from raw_http import Client  # noqa: E402
import rpc  # noqa: E402
import tap  # noqa: E402

SECTIONS = """
[program:cat]
command=/bin/cat
startsecs=0
"""
DECLARED = b'<?xml version="1.0"?>\n'
NAMED = b"<methodCall><methodName>supervisor.getProcessInfo</methodName>"
STATE = (DECLARED + b"<methodCall><methodName>supervisor.getState</methodName>%s</methodCall>")
PARAMS = NAMED + b"<params>%s</params></methodCall>"
VALUE = PARAMS % b"<param><value>%s</value></param>"
CAT = b"<string>cat</string>"


def two(one, other):
    pair = b"<param><value>%s</value></param><param><value>%s</value></param>" % (one, other)
    return (b"<methodCall><methodName>supervisor.readProcessStdoutLog</methodName><params>"
            b"<param><value>cat</value></param>%s</params></methodCall>" % pair)


def multicall(*structs):
    values = b"".join(b"<value><struct>%s</struct></value>" % s for s in structs)
    return (b"<methodCall><methodName>system.multicall</methodName><params><param><value><array>"
            b"<data>%s</data></array></value></param></params></methodCall>" % values)


def member(name, value):
    return b"<member><name>%s</name><value>%s</value></member>" % (name, value)


# Bodies.
XML = {
    "typed": DECLARED + VALUE % CAT,
    "without a type": DECLARED + VALUE % b"cat",
    "without a declaration": VALUE % CAT,
    "with blanks between": DECLARED + PARAMS % b"\r\n <param>\n  <value>\n <string>cat</string>\n"
                                               b"</value>\t</param>\n",
    "with blanks in a value": DECLARED + VALUE % b" cat ",
    "after a mark of byte order": b"\xef\xbb\xbf" + DECLARED + VALUE % CAT,
    "with an encoding": b"<?xml version='1.0' encoding='ISO-8859-1'?>" + VALUE % CAT,
    "in quotes and UTF-8": b'<?xml version="1.0" encoding="utf-8" standalone="yes"?>'
                           + VALUE % "<string>caté</string>".encode(),
    "CDATA": DECLARED + VALUE % b"<string><![CDATA[cat]]></string>",
    "entities": DECLARED + VALUE % b"<string>&#99;&#x61;t&#10;&lt;&amp;&gt;</string>",
    "comments": b"<!-- a -->" + VALUE % b"<!-- b --><string>c<!-- c -->at</string><!-- d -->",
    "attributes": DECLARED + VALUE % b'<string xml:space="preserve">cat</string>',
    "a namespace": STATE.replace(b"<methodCall>", b"<methodCall xmlns:ex='urn:x'>") % b"",
    "the name last": b"<methodCall><params><param><value>cat</value></param></params>"
                     b"<methodName>supervisor.getProcessInfo</methodName></methodCall>",
    "no params": STATE % b"",
    "empty params": STATE % b"<params/>",
    "blanks as params": STATE % b"<params>\r\n</params>",
    "a line after the end": STATE % b"" + b"\r\n\r\n",
    "a value without its param": PARAMS % (b"<value>%s</value>" % CAT),
    "a param without its value": PARAMS % (b"<param>%s</param>" % CAT),
    "an empty string": VALUE % b"<string/>",
    "nothing": VALUE % b"",
    "base64": VALUE % b"<base64>\nY2\nF0\n</base64>",
    "int": two(b"<int>0</int>", b"<int>\n4 </int>"),
    "i4": two(b"<i4>0</i4>", b"<i4>+4</i4>"),
    "numbers as text": two(b"<string>0</string>", b"4"),
    "multicall": multicall(member(b"methodName", b"supervisor.getState") +
                           member(b"params", b"<array><data></data></array>"),
                           member(b"params", b"<array><data/></array>") +
                           member(b"methodName", b"<string>supervisor.getIdentification</string>")),
    "multicall without params": multicall(member(b"methodName", b"supervisor.getState")),
    "multicall with PHP's empty array": multicall(
        member(b"methodName", b"supervisor.getState") + member(b"params", b"<struct></struct>")),
}

# Heads, with LENGTH for that of the body.
HEADS = {
    "Python": "POST /RPC2 HTTP/1.1\nHost: localhost\nAccept-Encoding: gzip\n"
              "Content-Type: text/xml\nUser-Agent: Python-xmlrpc/3.11\nContent-Length: LENGTH",
    "PHP's sockets": "POST /RPC2 HTTP/1.0\nContent-Length: LENGTH",
    "CodeIgniter": "POST /RPC2 HTTP/1.0\nHost: 127.0.0.1\nContent-Type: text/xml\n"
                   "User-Agent: XML-RPC for CodeIgniter\nContent-Length: LENGTH",
    "Java": "POST /RPC2 HTTP/1.1\nUser-Agent: Mozilla/5.0\nAccept-Language: en-US,en;q=0.5\n"
            "Host: localhost:9001\nAccept: text/html, image/gif, *; q=.2, */*; q=.2\n"
            "Connection: keep-alive\nContent-type: application/x-www-form-urlencoded\n"
            "Content-Length: LENGTH",
    "curl -d": "POST /RPC2 HTTP/1.1\nHost: localhost\nUser-Agent: curl/7.88.1\nAccept: */*\n"
               "Content-Length: LENGTH\nContent-Type: application/x-www-form-urlencoded",
    "in small letters": "POST /RPC2 HTTP/1.1\nhost: a_b:9001\ncontent-type: text/xml; "
                        "charset=\"utf-8\"\ncontent-length: LENGTH",
    "text/plain": "POST /RPC2 HTTP/1.1\nHost: x\nContent-Type: text/plain\nContent-Length: LENGTH",
    "kept open by HTTP/1.0": "POST /RPC2/ HTTP/1.0\nConnection: Keep-Alive\n"
                             "Content-Type: text/xml\nContent-Length: LENGTH",
    "no Host": "POST /RPC2?x=1 HTTP/1.1\nContent-Type: text/xml\nContent-Length: LENGTH",
    "the path of the socket as Host": "POST /RPC2 HTTP/1.1\nHost: /run/supervisor.sock\n"
                                      "Content-Type: text/xml\nContent-Length: LENGTH",
    "a password that nobody wants": "POST /RPC2 HTTP/1.1\nHost: x\nContent-Type: text/xml\n"
                                    "Authorization: Basic YTpi\nContent-Length: LENGTH",
}


def request(head, body):
    text = HEADS[head].replace("LENGTH", str(len(body))).replace("\n", "\r\n")
    return text.encode() + b"\r\n\r\n" + body


def told(run, answer):
    """An answer as what can be compared."""
    status, headers, body = answer
    tap.same(headers.get("content-type"), "text/xml", "type of %r" % body)
    try:
        value, _ = xmlrpc.client.loads(body)
        return status, rpc.shown(rpc.normal(run, value[0]))
    except xmlrpc.client.Fault as fault:
        return status, fault.faultCode, fault.faultString


def compare(asked):
    """asked(run): a table of what is told, by name."""
    need_supervisor()
    tables = []
    for kind in (Supervisor, Busvisor):
        with kind(SECTIONS) as run:
            rpc.wait_answering(run)
            rpc.wait_state(run, "cat", "RUNNING")
            tables.append(asked(run))
            run.end()
    theirs, ours = tables
    for name in theirs:
        tap.same(ours[name], theirs[name], name)


@tap.case("XML in every style is the same call")
def xml():
    def asked(run):
        with Client(run, "http") as client:
            return {name: told(run, client.ask(request("Python", body)))
                    for name, body in XML.items()}
    compare(asked)


@tap.case("what stands around it in HTTP does not matter")
def http():
    def asked(run):
        table = {}
        for head in HEADS:
            with Client(run, "http") as client:
                table[head] = told(run, client.ask(request(head, XML["typed"])))
        return table
    compare(asked)


@tap.case("who has ended its own side gets the answer, and then the end")
def half_closed():
    def asked(run):
        table = {}
        for name in ("typed", "no params", "int"):
            with Client(run, "http") as client:
                client.send(request("Python", XML[name]))
                client.socket.shutdown(socket.SHUT_WR)
                table[name] = told(run, client.answer())
                tap.check(client.is_closed(), "more than an answer")
        return table
    compare(asked)


tap.run()
