"""Fifty bad files by name, each with the message it deserves.

`FILES` rows are (file name, content, options, what the message says after `FILE`). The content is built from one good
monthly series of 60 rows, so that each file has one fault. A content of None is a file that does not exist."""

import gzip

ROWS = [f"{2001 + index // 12}-{index % 12 + 1:02d},{100 + 7 * index % 31}" for index in range(60)]


def table(rows=ROWS, header="month,value", end="\n"):
    return (end.join(([header] if header else []) + list(rows)) + end).encode()


def with_row(line, text, rows=ROWS):
    """The good file with the row on `line` (the header is line 1) replaced."""
    return table(rows[:line - 2] + [text] + rows[line - 1:])


def without_newline(content):
    return content[:-1]


GOOD = table()
ZIPPED = gzip.compress(GOOD, mtime=0)
TWO_VALUES = [f"{row},{index % 5}" for index, row in enumerate(ROWS)]

FILES = [
    # quotes
    ("quote-never-closed.csv", with_row(5, '2001-04,"121'), (),
     ":5:9: expected a closing quote, received the end of the file"),
    ("quote-never-closed-in-header.csv", table(header='month,"value'), (),
     ":1:7: expected a closing quote, received the end of the file"),
    ("quote-closed-too-early.csv", with_row(7, '2001-06,"12"1'), (),
     ':7:13: expected a comma or the end of the line after the closing quote, received "1"'),
    ("quote-in-bare-field.csv", with_row(9, '2001-08,1"21'), (),
     ':9:9: expected a number in the column "value", received "1\\"21"'),
    # ragged rows
    ("row-too-short.csv", with_row(12, "2001-11"), (),
     ":12:8: expected 2 columns as in the first line, received 1 column"),
    ("row-too-long.csv", with_row(12, "2001-11,170,3"), (),
     ":12:13: expected 2 columns as in the first line, received 3 columns"),
    ("header-too-short.csv", table(TWO_VALUES), (),
     ":2:13: expected 2 columns as in the first line, received 3 columns"),
    ("header-too-long.csv", table(header="month,value,other"), (),
     ":2:12: expected 3 columns as in the first line, received 2 columns"),
    ("last-row-cut-off.csv", without_newline(with_row(61, "2005-1")), (),
     ":61:7: expected 2 columns as in the first line, received 1 column"),
    # bytes that are not text
    ("latin-1-in-header.csv", table(header="month,d\u00e9bit").decode().encode("latin-1"), (),
     ":1:8: expected UTF-8 text, received the byte 0xE9"),
    ("latin-1-in-value.csv", with_row(8, "2001-07,1\u00b25").decode().encode("latin-1"), (),
     ":8:10: expected UTF-8 text, received the byte 0xB2"),
    ("utf-8-cut-off.csv", without_newline(GOOD) + b"\xe2\x82", (),
     ":61:12: expected UTF-8 text, received the byte 0xE2"),
    ("utf-8-overlong.csv", with_row(3, "2001-02,1@5").replace(b"@", b"\xc0\xaf"), (),
     ":3:10: expected UTF-8 text, received the byte 0xC0"),
    ("utf-8-surrogate.csv", with_row(3, "2001-02,1@5").replace(b"@", b"\xed\xa0\x80"), (),
     ":3:10: expected UTF-8 text, received the byte 0xED"),
    ("utf-16.csv", GOOD.decode().encode("utf-16"), (),
     ":1:1: expected UTF-8 text, received UTF-16 text"),
    ("nul-byte.csv", with_row(4, "2001-03,1\0005"), (),
     ":4:10: expected text, received the byte 0x00"),
    ("png-picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, (),
     ":1:1: expected UTF-8 text, received the byte 0x89"),
    # sizes
    ("huge-number.csv", with_row(6, "2001-05," + "9" * 2_000_000), (),
     ":6:9: expected a field of at most 1 MiB, received a longer one"),
    ("huge-quoted-field.csv", with_row(6, '2001-05,"' + "a\n" * 1_000_000 + '"'), (),
     ":6:9: expected a field of at most 1 MiB, received a longer one"),
    ("too-many-columns.csv", table(["1," * 20_000 + "1"] * 3, header=None), (),
     ":1:20001: expected at most 10000 columns, received more"),
    ("gap-of-a-thousand-years.csv", with_row(61, "3005-12,7"), (),
     ':61:1: expected a monthly grid with at most 1000 missing rows, received "3005-12", 12000 rows missing before it'),
    # nothing in it
    ("empty.csv", b"", (),
     ":1:1: expected rows of values, received an empty file"),
    ("only-newlines.csv", b"\n" * 20, (),
     ":1:1: expected rows of values, received an empty file"),
    ("only-byte-order-mark.csv", b"\xef\xbb\xbf", (),
     ":1:1: expected rows of values, received an empty file"),
    ("header-only.csv", b"month,value\n", (),
     ":2:1: expected rows below the header, received the end of the file"),
    ("header-only-no-newline.csv", b"month,value", (),
     ":1:12: expected rows below the header, received the end of the file"),
    ("missing-file.csv", None, (),
     ": expected a readable file, received no such file"),
    # times
    ("timestamp-twice.csv", with_row(20, ROWS[17]), (),
     ':20:1: expected a time after 2002-06, received "2002-06", the same time again'),
    ("timestamp-backward.csv", with_row(20, "1999-07,5"), (),
     ':20:1: expected a time after 2002-06, received "1999-07", an earlier one'),
    ("timestamp-is-text.csv", with_row(20, "soon,5"), (),
     ':20:1: expected a time written as yyyy-MM, received "soon"'),
    ("timestamp-missing.csv", with_row(20, ",5"), (),
     ":20:1: expected a time written as yyyy-MM, received an empty field"),
    ("timestamp-month-13.csv", with_row(20, "2002-13,5"), (),
     ':20:1: expected a time written as yyyy-MM, received "2002-13"'),
    ("timestamp-impossible-day.csv",
     table([f"2001-02-{day:02d},{day}" for day in range(1, 31)], header="day,value"), (),
     ':30:1: expected a time written as yyyy-MM-dd, received "2001-02-29"'),
    ("timestamp-other-format.csv", with_row(20, "07/2002,5"), (),
     ':20:1: expected a time written as yyyy-MM, received "07/2002"'),
    ("timestamp-off-the-grid.csv",
     table([f"2001-01-{1 + index:02d} {index * index % 24:02d}:{index * 7 % 60:02d}:{index * 13 % 60:02d},{index}"
            for index in range(30)], header="time,value"), ("--frequency", "hourly"),
     ':3:1: expected 2001-01-01 01:00:00 or a later time on the hourly grid, received "2001-01-02 01:07:13"'),
    # numbers
    ("all-missing-column.csv", table([row + "," for row in ROWS], header="month,value,empty"), ("--target", "empty"),
     ':1:1: expected values in the target "empty", received a column without any value'),
    ("text-in-numbers.csv", with_row(31, "2003-06,many"), (),
     ':31:9: expected a number in the column "value", received "many"'),
    ("number-with-unit.csv", with_row(31, "2003-06,12 kg"), (),
     ':31:9: expected a number in the column "value", received "12 kg"'),
    ("number-too-large.csv", with_row(31, "2003-06,1e999"), (),
     ':31:9: expected a number in the column "value", received "1e999"'),
    ("number-infinite.csv", with_row(31, "2003-06,inf"), (),
     ':31:9: expected a number in the column "value", received "inf"'),
    ("number-hexadecimal.csv", with_row(31, "2003-06,0x1F"), (),
     ':31:9: expected a number in the column "value", received "0x1F"'),
    ("no-numbers-at-all.csv", table([row.split(",")[0] + ",cold" for row in ROWS]), (),
     ':2:9: expected a column of numbers, received "cold" and other text'),
    ("column-name-twice.csv", table(TWO_VALUES, header="month,value,value"), (),
     ':1:13: expected a name that no other column has, received "value", the name of column 2 too'),
    # too little
    ("one-row.csv", table(ROWS[:1]), (),
     ":2:1: expected at least one row in each part, received 0 in the validation part of 1 rows"),
    ("two-rows.csv", table(ROWS[:2]), (),
     ":3:1: expected at least one row in each part, received 0 in the validation part of 2 rows"),
    ("shorter-than-window.csv", GOOD, ("--window", "100"),
     ":61:1: expected at least 103 rows in the training part for a window of 100 and a horizon of 3, received 42"),
    ("shorter-than-horizon.csv", table(ROWS[:10]), ("--window", "6", "--horizon", "30"),
     ":11:1: expected at least 36 rows in the training part for a window of 6 and a horizon of 30, received 6"),
    # compressed
    ("gzip-cut-off.csv.gz", ZIPPED[:len(ZIPPED) // 2], (),
     ":23:6: expected a whole gzip file, received one that ends early, at byte 130"),
    ("gzip-damaged.csv.gz", ZIPPED[:-8] + bytes(4) + ZIPPED[-4:], (),
     ":62:1: expected a whole gzip file, received damaged bytes near byte 257"),
    ("gzip-bomb.csv.gz", gzip.compress(bytes(200 << 20), mtime=0), (),
     ":1:134217729: expected at most 128 MiB of text, received more"),
]
