"""What the acceptance lines of speed share: rows put beside those of other libraries, and their ratios.

PEERS is one Python environment or several with colons between them, RECURRENT_BENCH the folder of compare.py and peers.py.
"""

import concurrent.futures
import importlib.util
import json
import math
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from support import ROOT, program, recurrent

BENCH = pathlib.Path(os.environ.get("RECURRENT_BENCH", ROOT.parent / "shared" / "bench")).resolve()
HERE = pathlib.Path(__file__).resolve().parent
# What speed.1 saw last, for speed.9 to explain.
SEEN = ROOT / ".build" / "layers.json"
ROUNDS = int(os.environ.get("ROUNDS", "4"))
# What each backend of peers.py imports.
MODULES = {"torch": ["torch"], "jax": ["jax", "optax"], "ort": ["onnx", "onnxruntime"], "keras": ["tensorflow"]}

# JAX compiles what it starts with once, not in every round again; nothing of it is in a row's time.
COMPILATIONS = tempfile.TemporaryDirectory()
KEPT_COMPILATIONS = {"JAX_COMPILATION_CACHE_DIR": COMPILATIONS.name, "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
                     "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1"}


def bench_file(name):
    """A file of the folder RECURRENT_BENCH; ends the line where there is none."""
    if not (BENCH / name).exists():
        sys.exit(f"no {BENCH}/{name}: name its folder with RECURRENT_BENCH=")
    return BENCH / name


def environments():
    """The interpreter of every backend that is installed."""
    found = {}
    for folder in os.environ.get("PEERS", "").split(":"):
        python = pathlib.Path(folder) / "bin" / "python"
        if not folder or not python.exists():
            continue
        for backend, modules in MODULES.items():
            test = f"import importlib.util, sys; sys.exit(not all(map(importlib.util.find_spec, {modules})))"
            if backend not in found and subprocess.run([python, "-c", test], check=False).returncode == 0:
                found[backend] = str(python)
    return found


def groups(suite):
    """What selects the rows of a suite that are timed together: the sizes of layers and of streams, each model."""
    specification = importlib.util.spec_from_file_location("peers", bench_file("peers.py"))
    peers = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(peers)
    return {"layers": [f"B{b}T{t}I{i}H{h}" for b, t, i, h in peers.LAYER_GRID],
            "models": list(peers.MODELS), "stream": [f"I{i}H{h}" for i, h in peers.STREAM_GRID]}.get(suite, [""])


class Comparison:
    """The rows of one suite: our time, everybody's time, and which of them did not do the same work.

    A machine that others share changes its speed within minutes, so all rounds of a few rows are run before the next few:
    everyone's times of a row then lie within a minute. `between` is called before each few.
    """

    def __init__(self, suite, threads=2, keras=True, between=lambda: None):
        known = environments()
        self.backends = sorted(known)
        if "torch" not in known:
            sys.exit("no PyTorch: name its Python environment with PEERS=")
        self.suite, self.threads = suite, threads
        self.ours, self.peers, self.different, self.rounds, self.unfit = {}, {}, [], 0, 0
        self.is_verified = suite in ("layers", "models")
        for only in groups(suite):
            between()
            self._add({name: path for name, path in known.items() if name != "keras"}, ROUNDS, only,
                      known["torch"] if self.is_verified else None)
            if keras and "keras" in known:
                self._add({"keras": known["keras"]}, 1, only, None)

    def _add(self, peers, rounds, only, verifier):
        with tempfile.TemporaryDirectory() as scratch:
            file = pathlib.Path(scratch) / "rows.json"
            command = [sys.executable, bench_file("compare.py"), "--ours", program(), "--suite", self.suite, "--rounds",
                       rounds, "--threads", self.threads, "--json", file]
            command += ["--only", only] if only else []
            command += ["--verify", verifier] if verifier else []
            for name, path in peers.items():
                command += ["--peer", f"{name}={path}"]
            done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False,
                                  env={**os.environ, **KEPT_COMPILATIONS})
            print(re.sub("^", "         ", done.stdout.strip(), flags=re.MULTILINE), flush=True)
            sys.stderr.write(done.stderr)
            if done.returncode != 0:
                sys.exit(f"compare.py ended with {done.returncode}")
            self.rounds += rounds
            self.unfit += done.stderr.count("not to be trusted")
            self.different += re.findall(r"^# not the same work: (\S+):", done.stdout, re.MULTILINE)
            for row in json.loads(file.read_text()):
                name = row["name"]
                if row["ours"]:
                    self.ours[name] = min(row["ours"], self.ours.get(name, math.inf))
                times = {peer: row[peer] for peer in peers if row.get(peer)}
                self.peers.setdefault(name, {}).update(times)

    def keep(self):
        """Leaves the rows where speed.9 finds them, in the form of compare.py: no ratio where it was other work."""
        SEEN.parent.mkdir(exist_ok=True)
        SEEN.write_text(json.dumps([
            {"suite": self.suite, "name": name, "ours": self.ours.get(name),
             "ratio": None if name in self.different or name not in self.ours else self.ratio(name)}
            for name in self.names]))

    @property
    def names(self):
        return sorted(name for name, peers in self.peers.items() if peers)

    def fastest(self, name):
        return min(self.peers[name].values())

    def ratio(self, name):
        """The fastest peer's time divided by ours; 0 for a row that we do not print."""
        return self.fastest(name) / self.ours[name] if name in self.ours else 0.0

    def mean_ratio(self):
        ratios = [self.ratio(name) for name in self.names]
        return math.exp(sum(map(math.log, ratios)) / len(ratios)) if ratios and min(ratios) > 0 else 0.0

    def check_work(self, line, count):
        """Every row is there and, where figures are defined, is the same work."""
        line.note(f"in {self.unfit} of {self.rounds} rounds two threads gave less than 1.8 of one on plain arithmetic")
        same = ", the same work as PyTorch's" if self.is_verified else ""
        line.check(f"{count} rows beside {', '.join(self.backends)}{same}",
                   f"{len(self.names)} rows, {len(self.different)} of other work {' '.join(self.different)}",
                   len(self.names) == count == len(self.ours) and not self.different)

    def check_rows(self, line, asked, bound):
        """Every row reaches the ratio that `bound` gives for its name."""
        behind = sorted((self.ratio(name) / bound(name), name) for name in self.names)
        behind = [name for share, name in behind if share < 1]
        worst = ", ".join(f"{name} {self.ratio(name):.2f}" for name in behind[:8])
        line.check(asked, f"{len(behind)} rows below{': ' + worst if worst else ''}", not behind)


def times(suite, *options, environment=None):
    """Our own rows without peers: the object of each name."""
    done = recurrent("bench", "--json", "--suite", suite, *options, environment=environment)
    if done.returncode != 0:
        sys.exit(f"recurrent bench --suite {suite}: exit {done.returncode}\n{done.stderr.strip()}")
    return {row["name"]: row for row in map(json.loads, done.stdout.splitlines())}


def keep_apart(process, threads):
    """Every 100 ms gives the threads of the process that did work, in the order of their creation, the CPUs in turn: a
    virtual machine may put two on one. compare.py does the same."""
    cpus, before, home = sorted(os.sched_getaffinity(0))[:threads], {}, {}
    while process.poll() is None:
        try:
            busy = []
            for thread in map(int, os.listdir(f"/proc/{process.pid}/task")):
                ran = int(pathlib.Path(f"/proc/{process.pid}/task/{thread}/schedstat").read_text().split()[0])
                if ran - before.get(thread, 0) > 25e6:
                    busy.append(thread)
                before[thread] = ran
            for place, thread in enumerate(sorted(busy)):
                cpu = cpus[place % len(cpus)]
                if home.get(thread) != cpu:
                    os.sched_setaffinity(thread, {cpu})
                    home[thread] = cpu
        except OSError:
            pass
        time.sleep(0.1)


class Setting:
    """A way to run our rows: threads, environment, and the CPUs of the process (None: all)."""

    def __init__(self, name, threads, environment=None):
        self.name, self.threads, self.environment = name, threads, environment or {}

    def milliseconds(self, suite, only, seconds, is_apart, cpus):
        """The median of each row in one run of the suite."""
        command = [program(), "bench", "--json", "--quiet", "--suite", suite, "--threads", str(self.threads), "--seconds",
                   str(seconds)] + (["--only", only] if only else [])
        if cpus is not None:
            command = ["taskset", "-c", ",".join(map(str, cpus)), *command]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **self.environment})
        if is_apart and self.threads > 1:
            threading.Thread(target=keep_apart, args=(process, self.threads), daemon=True).start()
        text = process.communicate()[0]
        if process.returncode != 0:
            sys.exit(f"{' '.join(command)}: exit {process.returncode}")
        return {row["name"]: row["ms"] for row in map(json.loads, text.splitlines())}


class Rounds:
    """The times of rows in rounds in which settings took turns within seconds."""

    def __init__(self):
        self.each, self.unfit = [], 0
        # What `core_distance` gave after the rounds of each few rows, if that is wanted.
        self.distances = {}

    def names(self, setting):
        return sorted({name for times in self.each for name in times[setting]})

    def quotient(self, setting, name, other_setting, other_name):
        """What the first row takes of the second one: the median of the rounds' own quotients, as a machine that others
        share is now fast and now slow, but mostly the same within seconds."""
        return statistics.median(times[setting][name] / times[other_setting][other_name] for times in self.each
                                 if name in times[setting] and other_name in times[other_setting])


def alternate(line, settings, suite, onlys=("",), seconds=0.4, rounds=ROUNDS, on_one_cpu=False,
              sees_distance=False):
    """Rounds in which the settings take turns: all rounds of the rows that contain one of `onlys` before those of the next.

    In every other round busy threads are kept on CPUs of their own; `on_one_cpu` keeps all settings of a round on one. A
    round of two threads around which plain arithmetic gives less than 1.8 on two threads is made again, at most twice.
    """
    result, allowed = Rounds(), sorted(os.sched_getaffinity(0))
    is_shared = any(setting.threads > 1 for setting in settings)
    for only in onlys:
        kept, unfit = [], []
        while len(kept) < rounds and len(kept) + len(unfit) < 3 * rounds:
            turn = len(kept) + len(unfit)
            cpus = {allowed[turn % len(allowed)]} if on_one_cpu else None
            is_fit = not is_shared or probe() >= 1.8
            times = {setting.name: setting.milliseconds(suite, only, seconds, turn % 2 == 0, cpus) for setting in settings}
            (kept if is_fit and (not is_shared or probe() >= 1.8) else unfit).append(times)
        result.each += kept + unfit[:rounds - len(kept)]
        result.unfit += len(unfit)
        if sees_distance:
            result.distances[only] = core_distance()
        if unfit:
            line.note(f"{only or suite}: {len(kept)} rounds, and {len(unfit)} around which two threads gave less than 1.8 of "
                      f"one on plain arithmetic, of which {max(0, rounds - len(kept))} count")
    return result


def second_thread(suite, name, seconds=0.6, rounds=ROUNDS):
    """What a second thread gives to one row, times one thread, and what two processes of one thread that share nothing give side
    by side, times one alone: of all rounds in turn the least times. Beside them the least and the most of `core_distance`."""
    one, two = Setting("one", 1), Setting("two", 2)
    cpus, least = sorted(os.sched_getaffinity(0))[:2], dict.fromkeys(("alone", "beside", "two"), math.inf)

    def time_of(setting, cpus=None):
        return setting.milliseconds(suite, name, seconds, True, cpus)[name]

    distances = []
    for turn in range(rounds):
        distances.append(core_distance())
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            beside = max(pool.map(lambda cpu: time_of(one, {cpu}), cpus))
        alone = time_of(one, {cpus[turn % len(cpus)]})
        for way, ms in (("alone", alone), ("beside", beside), ("two", time_of(two))):
            least[way] = min(least[way], ms)
    return least["alone"] / least["two"], 2 * least["alone"] / least["beside"], min(distances), max(distances)


def compiled(source, folder, *options):
    """The program or library that a C file makes on this machine."""
    target = pathlib.Path(folder) / pathlib.Path(source).stem
    subprocess.run(["cc", "-O3", "-march=native", *options, source, "-o", target], check=True)
    return target


def probe():
    """What two threads give on plain arithmetic, one being 1: about 2 on a machine fit for comparing them."""
    with tempfile.TemporaryDirectory() as scratch:
        target = compiled(bench_file("probe.c"), scratch, "-O2", "-pthread")
        return max(float(subprocess.run([target], check=True, capture_output=True, text=True).stdout) for _ in range(3))


def check_stream_allocations(line):
    """No step of a stream allocates. Twice the same program, once with more runs: what it allocates more, divided by the
    steps it made more."""
    with tempfile.TemporaryDirectory() as scratch:
        counter = compiled(HERE / "count_allocations.c", scratch, "-shared", "-fPIC", "-ldl")

        def allocations(name, seconds):
            done = subprocess.run([program(), "bench", "--suite", "stream", "--only", name, "--threads", "1", "--seconds",
                                   str(seconds), "--json"], env={**os.environ, "LD_PRELOAD": str(counter)},
                                  capture_output=True, text=True, check=True)
            return int(re.search(r"^allocations (\d+)$", done.stderr, re.MULTILINE)[1]), int(
                re.search(r'"runs": (\d+)', done.stdout)[1]) * 100

        for cell in ("rnn", "lstm", "gru"):
            (few, few_steps), (many, many_steps) = (allocations(f"stream/{cell}/I32H64", s) for s in (0, 0.3))
            each = (many - few) / (many_steps - few_steps)
            line.check(f"{cell} 32 -> 64: no allocation in a step", f"{each:.3f} a step", each < 0.01)


def core_distance():
    """The nanoseconds in which a cache line goes from one processor to the other and back; 0 if there is only one."""
    cpus = sorted(os.sched_getaffinity(0))[:2]
    if len(cpus) < 2:
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        target = compiled(HERE / "core_distance.c", scratch, "-pthread")
        return float(subprocess.run([target, *map(str, cpus)], check=True, capture_output=True, text=True).stdout)


def product_rate(threads, environment=None):
    """Floating-point operations a millisecond of our product of two matrices of 1024 rows."""
    (row,) = times("products", "--threads", threads, "--seconds", 2, environment=environment).values()
    return 2 * 1024 ** 3 / row["ms"]


def layer_operations(name):
    """The floating-point operations of the products of a row of `layers`, and its batch and hidden size."""
    _, cell, sizes, mode = name.split("/")
    batch, steps, inputs, hidden = map(int, re.fullmatch(r"B(\d+)T(\d+)I(\d+)H(\d+)", sizes).groups())
    forward = 2 * batch * steps * {"rnn": 1, "lstm": 4, "gru": 3}[cell] * hidden * (inputs + hidden)
    return forward * (3 if mode == "train" else 1), batch, hidden
