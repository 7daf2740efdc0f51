"""Listeners: what the listener of this folder, listener.c, has seen so far."""

import collections
import struct

import measure
import processes

_HEAD = struct.Struct("=8Q")
_END = struct.Struct("=2Q")
ENDS = 65536

Seen = collections.namedtuple("Seen", "events repeats missing last_serial last_poolserial "
                                      "first_nsec last_nsec ends")


class Tally:
    """The file that the listener keeps; zeros as long as there is none."""

    def __init__(self, path):
        self.path = path

    def _read(self, size, offset=0):
        try:
            with open(self.path, "rb") as stream:
                stream.seek(offset)
                return stream.read(size)
        except FileNotFoundError:
            return b""

    def seen(self):
        head = self._read(_HEAD.size)
        return Seen(*_HEAD.unpack(head if len(head) == _HEAD.size else bytes(_HEAD.size)))

    def ends(self):
        """Process id to the second of CLOCK_MONOTONIC in which the listener heard of it, out of
        the last events that name a process."""
        count = min(self.seen().ends, ENDS)
        text = self._read(count * _END.size, _HEAD.size)
        return {pid: nsec / 1e9 for nsec, pid in _END.iter_unpack(text)}

    def wait(self, events, patience):
        """Until it has seen so many."""
        processes.wait_for(lambda: self.seen().events >= events,
                           lambda: "%d events, %s" % (events, self.seen()), patience)


def command(file, *arguments):
    """Of a listener that keeps its tally in this file of the run's folder."""
    return " ".join([measure.own_program("listener"), "%%(here)s/%s" % file, *arguments])


def of(run, pools):
    """One for each pool, of which each has one listener."""
    return [Tally(run.file("tally-" + pool)) for pool in pools]
