"""What the acceptance lines share: running the program, reading its metrics, and judging."""

import hashlib
import html
import json
import math
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SEED = int(os.environ.get("SEED", "1"))
SEEDS = (SEED, SEED + 1, SEED + 2)
DATA = pathlib.Path(os.environ.get("DATA", ROOT.parent / "shared" / "data" / "series")).resolve()
SERIES = {
    "airline": "airline-passengers.csv", "sunspots": "monthly-sunspots.csv",
    "temperatures": "daily-min-temperatures.csv", "ETTh1": "ETTh1.csv", "WTH": "WTH.csv.gz",
    "exchange": "exchange_rate.txt.gz", "sp500": "sp500.csv", "bikes": "bike-sharing/hour.csv.gz",
}


class Line:
    """One line of the acceptance list: every `check` prints asked, seen and the judgement."""

    def __init__(self, name, title):
        self.name, self.failed, self.started = name, False, time.monotonic()
        print(f"== {name}  {title}  (seed {SEED})", flush=True)

    def check(self, asked, seen, passed):
        self.failed |= not passed
        print(f"  asked  {asked}\n  seen   {seen}\n  {'PASS' if passed else 'FAIL'}", flush=True)
        return passed

    def note(self, text):
        print(f"         {text}", flush=True)

    def finish(self):
        seconds = time.monotonic() - self.started
        print(f"== {self.name}  {'FAIL' if self.failed else 'PASS'}  {seconds:.0f} s\n", flush=True)
        sys.exit(1 if self.failed else 0)


def series(name):
    path = DATA / SERIES[name]
    if not path.exists():
        sys.exit(f"no file {path}: name the folder of the series files with DATA=")
    return path


def program():
    if "RECURRENT_PROGRAM" not in os.environ:
        subprocess.run(["swift", "build", "-c", "release", "--product", "recurrent"], cwd=ROOT, check=True,
                       stdout=subprocess.DEVNULL)
        folder = subprocess.run(["swift", "build", "-c", "release", "--show-bin-path"], cwd=ROOT, check=True,
                                capture_output=True, text=True).stdout.strip()
        os.environ["RECURRENT_PROGRAM"] = f"{folder}/recurrent"
    return os.environ["RECURRENT_PROGRAM"]


def recurrent(*arguments, environment=None, folder=None):
    """Runs the program; the result has `seconds` beside code and texts."""
    begun = time.monotonic()
    result = subprocess.run([program(), *map(str, arguments)], capture_output=True, text=True, cwd=folder,
                            errors="replace", env={**os.environ, **(environment or {})})
    result.seconds = time.monotonic() - begun
    return result


def experiments():
    """The program of the experiments, built unless RECURRENT_EXPERIMENTS names it."""
    if "RECURRENT_EXPERIMENTS" not in os.environ:
        build = ["swift", "build", "-c", "release"]
        subprocess.run([*build, "--product", "experiments"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        folder = subprocess.run([*build, "--show-bin-path"], cwd=ROOT, check=True, capture_output=True, text=True)
        os.environ["RECURRENT_EXPERIMENTS"] = f"{folder.stdout.strip()}/experiments"
    return os.environ["RECURRENT_EXPERIMENTS"]


def experiment(*arguments):
    """The row that an experiment prints; a text says why there is none.

    With KEEP=FOLDER every row is kept there, under the digest of program, arguments and the files that they name: a line of
    hours that was stopped goes on with those that are missing.
    """
    command = [experiments(), *map(str, arguments)]
    kept = None
    if "KEEP" in os.environ:
        digest = hashlib.sha256()
        for argument in command:
            path = pathlib.Path(argument)
            files = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())
            # A file counts by what it holds, anything else by its name.
            for content in [file.read_bytes() for file in files] or [argument.encode()]:
                digest.update(hashlib.sha256(content).digest())
        kept = pathlib.Path(os.environ["KEEP"]) / f"{arguments[0]}-{digest.hexdigest()[:24]}.json"
        if kept.exists():
            return json.loads(kept.read_text())
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        return done.stderr.strip()[-200:]
    row = json.loads(done.stdout)
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.with_suffix(".new").write_text(done.stdout)
        kept.with_suffix(".new").rename(kept)
    return row


def train(data, *options, output=None, environment=None):
    """Trains a forecaster and gives its metrics.json with `wallSeconds` and `report` (the text of report.html) added;
    ends the line if that fails."""
    report = ""
    with tempfile.TemporaryDirectory() as scratch:
        model = output or pathlib.Path(scratch) / "model"
        result = recurrent("train", "forecast", data, "-o", model, "--json", "--quiet", *options,
                           environment=environment)
        if result.returncode == 0:
            report = html.unescape((model / "report.html").read_text())
    if result.returncode != 0:
        sys.exit(f"  FAIL   recurrent train forecast {data} {' '.join(map(str, options))}: "
                 f"exit {result.returncode}\n{result.stderr.strip()}")
    metrics = json.loads(result.stdout)
    metrics["wallSeconds"], metrics["report"] = result.seconds, report
    return metrics


def overall(metrics, key, target=None):
    scores = metrics["targets"][target] if target else metrics["overall"]
    return math.nan if scores.get(key) is None else scores[key]


def baselines(metrics, key, target=None):
    """Every baseline's figure, as one text."""
    return ", ".join(f"{name} {overall(scores, key, target):.4g}"
                     for name, scores in metrics["baselines"].items() if scores)


def best_baseline(metrics, key="mae"):
    return min(overall(scores, key) for scores in metrics["baselines"].values() if scores)


def is_called_better(metrics):
    return metrics["verdict"]["kind"] == "better"


def concedes(metrics):
    """Whether the verdict's sentence admits that a baseline does better, or that nothing is shown."""
    sentence = metrics["verdict"]["sentence"]
    return not sentence.startswith("Better") or "does as well or better" in sentence


def write_series(path, values, start=(2000, 1), header=("month", "value")):
    """A monthly CSV file of the values."""
    rows = [",".join(header)]
    for index, value in enumerate(values):
        month = start[1] - 1 + index
        rows.append(f"{start[0] + month // 12:04d}-{month % 12 + 1:02d},{value:.6g}")
    pathlib.Path(path).write_text("\n".join(rows) + "\n")


mean = statistics.fmean
generator = random.Random
