"""Random byte changes of good files: whatever comes in, the program answers and stays small and quick.

Each run changes one to four places of a good file and asks `recurrent train forecast FILE --dry-run` what it makes of
it. Allowed are exit code 0, 65 with file:line:column in the message, and 66 with the name of a file that cannot be
opened, below 500 MB and 5 s."""

import collections
import multiprocessing
import os
import pathlib
import random
import re
import tempfile
import time

from samples import samples
from support import program

ALLOWED = (0, 65, 66)
MOST_SECONDS = 5.0
MOST_BYTES = 500_000_000
TOKENS = [b'"', b'""', b",", b";", b"\t", b"\n", b"\r", b"\r\n", b"\0", b"\xff", b"\xc3\x28", b"\xef\xbb\xbf", b"NA",
          b"nan", b"inf", b"-inf", b"1e999", b"-", b".", b"9" * 400, b"1e-400", b"0x1p9", b"9999-12-31", b"0000-00-00", b"=",
          "é".encode(), "٣".encode()]

Outcome = collections.namedtuple("Outcome", "code seconds bytes message")


def changed(random, content):
    """The content with one to four random changes, most of them of single bytes."""
    content = bytearray(content)
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        place = random.randrange(len(content) + 1)
        kind = random.random()
        if kind < 0.25 and place < len(content):
            content[place] = random.randrange(256)
        elif kind < 0.5 and place < len(content) and content[place] in b"0123456789":
            content[place] = random.choice(b"0123456789")
        elif kind < 0.6 and place < len(content):
            content[place] ^= 1 << random.randrange(8)
        elif kind < 0.7:
            del content[place:place + random.randint(1, 8)]
        elif kind < 0.9:
            content[place:place] = random.choice(TOKENS)
        elif kind < 0.96:
            other = random.randrange(len(content) + 1)
            content[place:place] = content[other:other + random.randint(1, 200)]
        else:
            del content[place:]
    return bytes(content)


def run(arguments, folder):
    """One run of the program in `folder`: exit code (negative: a signal), seconds on the clock, peak memory, standard
    error."""
    message = os.path.join(folder, "message")
    actions = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
               (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
               (os.POSIX_SPAWN_OPEN, 2, message, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)]
    # `timeout` ends a hanging run; its own use of memory is far below the program's.
    start = time.monotonic()
    child = os.posix_spawnp("timeout", ["timeout", "-s", "KILL", "20", program(), *arguments], os.environ,
                            file_actions=actions)
    _, status, usage = os.wait4(child, 0)
    seconds = time.monotonic() - start
    text = pathlib.Path(message).read_bytes().decode(errors="replace")
    return Outcome(os.waitstatus_to_exitcode(status), seconds, usage.ru_maxrss * 1024, text)


def fault(outcome, path):
    """What is wrong with an outcome, or nothing."""
    if outcome.code not in ALLOWED:
        return f"exit {outcome.code}"
    place = {0: "", 65: r":\d+:\d+: ", 66: ": "}[outcome.code]
    if place and not re.search(re.escape(os.path.basename(path)) + place, outcome.message):
        return "no file:line:column in the message"
    if outcome.seconds >= MOST_SECONDS:
        return f"{outcome.seconds:.1f} s"
    if outcome.bytes >= MOST_BYTES:
        return f"{outcome.bytes / 1e6:.0f} MB"
    return None


def share(task):
    """A part of the runs: the tally of exit codes, the worst seconds and bytes, and the faults."""
    seed, first, count, keep = task
    files = samples()
    tally, worst, faults = collections.Counter(), [0.0, 0], []
    with tempfile.TemporaryDirectory() as folder:
        for index in range(first, first + count):
            own = random.Random(f"{seed} {index}")
            name, content, options = files[index % len(files)]
            path = os.path.join(folder, name)
            changes = changed(own, content)
            pathlib.Path(path).write_bytes(changes)
            outcome = run(["train", "forecast", path, "--dry-run", "--quiet", *options], folder)
            tally[outcome.code] += 1
            worst = [max(worst[0], outcome.seconds), max(worst[1], outcome.bytes)]
            wrong = fault(outcome, path)
            if wrong:
                where = pathlib.Path(keep) / f"{index}-{name}"
                where.write_bytes(changes)
                faults.append(f"{where}: {wrong}: {outcome.message.strip()[:300]}")
    return tally, worst, faults


def sweep(seed, count, keep):
    """`count` runs on all processors; files of faulty ones are kept in the folder `keep`."""
    program()
    workers = os.cpu_count() or 1
    size = 250
    tasks = [(seed, first, min(size, count - first), keep) for first in range(0, count, size)]
    tally, worst, faults = collections.Counter(), [0.0, 0], []
    with multiprocessing.Pool(workers) as pool:
        for part, peak, found in pool.imap_unordered(share, tasks):
            tally += part
            worst = [max(pair) for pair in zip(worst, peak)]
            faults += found
    return tally, worst, faults
