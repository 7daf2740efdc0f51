"""TAP: the frame of the tests that drive the real programs.

A test file marks its cases with @case and ends with tap.run(). Each case is one line of TAP; what
it raises becomes diagnostics. A case that takes longer than its limit fails; the limit is there so
that nothing hangs, not to measure anything.

Where cases mostly wait, tap.run(at_once=N) has N of them under way, each in a process of its own.
"""

import os
import signal
import sys
import tempfile
import traceback

CASE_LIMIT = 240  # seconds, generous: sanitizers and busy machines are slow

_cases = []


class Skip(Exception):
    """Raised by a case that cannot run here; the text says why."""


class TimeLimit(BaseException):
    """Not an Exception, so that nothing on the way up takes it for an ordinary failure."""


def case(description):
    """Marks a function without arguments as a case."""
    def register(function):
        _cases.append((description, function))
        return function
    return register


def diagnostics(text):
    """Prints text so that it stands beside the results."""
    for line in text.splitlines():
        print("# " + line)
    sys.stdout.flush()


def _on_alarm(_signal, _frame):
    raise TimeLimit("took longer than %d seconds" % CASE_LIMIT)


def _on_end(number, _frame):
    """Leaves through all `with` blocks, so that nothing stays behind."""
    sys.exit(128 + number)


def _run_case(number, description, function):
    """True when it passed."""
    signal.alarm(CASE_LIMIT)
    try:
        function()
    except Skip as reason:
        print("ok %d %s # SKIP %s" % (number, description, reason))
        return True
    except (Exception, TimeLimit):
        print("not ok %d %s" % (number, description))
        diagnostics(traceback.format_exc())
        return False
    finally:
        signal.alarm(0)
        sys.stdout.flush()
    print("ok %d %s" % (number, description))
    sys.stdout.flush()
    return True


def _begin(number, description, function, output):
    """The id of a process that runs the case, and tells of it in this file."""
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    os.dup2(output.fileno(), 1)
    status = 1
    try:
        status = 0 if _run_case(number, description, function) else 1
    finally:
        sys.stdout.flush()
        os._exit(status)


def _end(pids):
    for pid in pids:
        os.kill(pid, signal.SIGTERM)
    for pid in pids:
        os.waitpid(pid, 0)


def _run_at_once(cases, at_once):
    """Whether each passed. What they tell is printed in their order."""
    outputs = [tempfile.TemporaryFile("w+", encoding="utf-8") for _ in cases]
    numbers, passed, printed = {}, {}, 0
    try:
        while printed < len(cases):
            while len(numbers) < at_once and len(numbers) + len(passed) < len(cases):
                i = len(numbers) + len(passed)
                numbers[_begin(i + 1, *cases[i], outputs[i])] = i
            pid, status = os.wait()
            if pid in numbers:
                passed[numbers.pop(pid)] = status == 0
            while printed in passed:
                outputs[printed].seek(0)
                sys.stdout.write(outputs[printed].read())
                sys.stdout.flush()
                printed += 1
    finally:
        _end(numbers)
    return passed.values()


def run(at_once=1):
    """Runs the cases in order, or those named on the command line only. Does not return."""
    wanted = [c for c in _cases if not sys.argv[1:] or any(a in c[0] for a in sys.argv[1:])]
    signal.signal(signal.SIGALRM, _on_alarm)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _on_end)
    print("1..%d" % len(wanted))
    if at_once > 1:
        passed = _run_at_once(wanted, at_once)
    else:
        passed = [_run_case(i, *c) for i, c in enumerate(wanted, 1)]
    sys.exit(0 if all(passed) else 1)


def same(actual, expected, what="value"):
    """Fails with both values in full when they differ."""
    if actual != expected:
        raise AssertionError("%s\n  is       %r\n  expected %r" % (what, actual, expected))


def check(condition, what):
    """An assertion that python -O keeps."""
    if not condition:
        raise AssertionError(what)
