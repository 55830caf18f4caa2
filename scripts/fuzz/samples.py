"""Good files in every format that is read: what the random changes start from."""

import csv
import gzip
import io
import math

from support import DATA


def lines_of(name, count):
    """The first lines of a file of the series folder, as bytes."""
    path = DATA / name
    content = path.read_bytes()
    if name.endswith(".gz"):
        content = gzip.decompress(content)
    return b"\n".join(content.replace(b"\r\n", b"\n").split(b"\n")[:count]) + b"\n"


def respelled(content, **format):
    """The same table with another delimiter, quoting or line end."""
    out = io.StringIO(newline="")
    csv.writer(out, **format).writerows(csv.reader(io.StringIO(content.decode())))
    return out.getvalue().encode()


def samples():
    """(file name, content, options) of each sample."""
    airline = lines_of("airline-passengers.csv", 90)
    hourly = "time,load,heat\n" + "".join(
        f"2021-03-{1 + t // 24:02d}T{t % 24:02d}:00:00Z,{10 + 3 * math.sin(t / 4):.3f},{t % 7 if t % 11 else 'NA'}\n"
        for t in range(96))
    found = [
        ("airline.csv", airline, ()),
        ("airline-crlf.csv", airline.replace(b"\n", b"\r\n")[:-2], ()),
        ("airline-bom.csv", b"\xef\xbb\xbf" + airline, ()),
        ("airline-semicolon.csv", respelled(airline, delimiter=";", lineterminator="\n"), ()),
        ("airline-tab.tsv", respelled(airline, delimiter="\t", lineterminator="\r\n"), ()),
        ("airline-quoted.csv", respelled(airline, quoting=csv.QUOTE_ALL, lineterminator="\n"), ()),
        ("airline.csv.gz", gzip.compress(airline, mtime=0), ()),
        ("ETTh1.csv", lines_of("ETTh1.csv", 80), ()),
        ("WTH.csv.gz", gzip.compress(lines_of("WTH.csv.gz", 80), mtime=0), ()),
        ("exchange_rate.txt", lines_of("exchange_rate.txt.gz", 90), ("--no-header",)),
        ("sp500.csv", lines_of("sp500.csv", 100), ("--target", "Close")),
        ("shampoo.csv", lines_of("monthly-shampoo-sales.csv", 60), ()),
        ("day.csv", lines_of("bike-sharing/day.csv", 80), ("--target", "cnt", "--time", "dteday")),
        ("hourly.csv", hourly.encode(), ()),
        ("births.csv", lines_of("daily-total-female-births.csv", 100), ("--missing", "linear")),
    ]
    return [(name, content, ("--horizon", "3", *options)) for name, content, options in found]
