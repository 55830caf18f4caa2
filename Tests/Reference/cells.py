"""Expected numbers for every cell that can be chosen by name, from its equations in float64.

    python cells.py ../Fixtures/cells.safetensors

Needs numpy and safetensors. A function gives one step for one row, written unit by unit from the paper: no shared code with the package.
Matrices lie as the package's documentation says, their blocks one below the other."""

import sys

import numpy

from safetensors.numpy import save_file

random = numpy.random.default_rng(21)
tensors = {}
INPUT, HIDDEN, LENGTHS, STEPS = 3, 5, [6, 0, 4, 1], 6


def sigmoid(a):
    return 1 / (1 + numpy.exp(-a))


def blocks(w):
    """Input and recurrent products of each block of rows, with their biases."""
    def of_input(k, x):
        rows = slice(k * HIDDEN, (k + 1) * HIDDEN)
        return w["weight_ih"][rows] @ x + w["bias_ih"][rows]

    def of_state(k, h):
        rows = slice(k * HIDDEN, (k + 1) * HIDDEN)
        return w["weight_hh"][rows] @ h + w["bias_hh"][rows]
    return of_input, of_state


def elman(w, x, h):
    i, s = blocks(w)
    h = numpy.tanh(i(0, x) + s(0, h))
    return h, []


def lstm(w, x, h, c):
    i, s = blocks(w)
    c = sigmoid(i(1, x) + s(1, h)) * c + sigmoid(i(0, x) + s(0, h)) * numpy.tanh(i(2, x) + s(2, h))
    return sigmoid(i(3, x) + s(3, h)) * numpy.tanh(c), [c]


def gru(w, x, h):
    i, s = blocks(w)
    r, z = sigmoid(i(0, x) + s(0, h)), sigmoid(i(1, x) + s(1, h))
    n = numpy.tanh(i(2, x) + r * s(2, h))
    return (1 - z) * n + z * h, []


def jordan(w, x, h):
    i, s = blocks(w)
    unit = numpy.tanh(i(0, x) + s(0, h))
    return numpy.tanh(s(1, unit)), []


def irnn(w, x, h):
    i, s = blocks(w)
    return numpy.maximum(0, i(0, x) + s(0, h)), []


def indrnn(w, x, h):
    i, _ = blocks(w)
    return numpy.maximum(0, i(0, x) + w["recurrent"] * h), []


def lstm_peephole(w, x, h, c):
    i, s = blocks(w)
    write, keep = (sigmoid(i(k, x) + s(k, h) + w[f"peephole_{'if'[k]}"] * c) for k in (0, 1))
    c = keep * c + write * numpy.tanh(i(2, x) + s(2, h))
    return sigmoid(i(3, x) + s(3, h) + w["peephole_o"] * c) * numpy.tanh(c), [c]


def lstm_coupled(w, x, h, c):
    i, s = blocks(w)
    f = sigmoid(i(0, x) + s(0, h))
    c = f * c + (1 - f) * numpy.tanh(i(1, x) + s(1, h))
    return sigmoid(i(2, x) + s(2, h)) * numpy.tanh(c), [c]


def mgu(w, x, h):
    i, s = blocks(w)
    f = sigmoid(i(0, x) + s(0, h))
    n = numpy.tanh(i(1, x) + s(1, f * h))
    return (1 - f) * h + f * n, []


def mingru(w, x, h):
    i, _ = blocks(w)
    z = sigmoid(i(0, x))
    return (1 - z) * h + z * i(1, x), []


def minlstm(w, x, h):
    i, _ = blocks(w)
    f, g = sigmoid(i(0, x)), sigmoid(i(1, x))
    return f / (f + g) * h + g / (f + g) * i(2, x), []


def sru(w, x, h, c):
    i, _ = blocks(w)
    f, r = (sigmoid(i(k, x) + w[f"peephole_{'-fr'[k]}"] * c) for k in (1, 2))
    c = f * c + (1 - f) * i(0, x)
    return r * c + (1 - r) * i(3, x), [c]


def slstm(w, x, h, c, n, m):
    """Without the stabiliser, as the paper's first form: what m carries is compared apart."""
    i, s = blocks(w)
    write, keep = numpy.exp(i(0, x) + s(0, h)), numpy.exp(i(1, x) + s(1, h))
    scale = numpy.exp(m)  # 0 at the start
    c = keep * (c * scale) + write * numpy.tanh(i(2, x) + s(2, h))
    n = keep * (n * scale) + write
    m = numpy.maximum(i(1, x) + s(1, h) + m, i(0, x) + s(0, h))
    return sigmoid(i(3, x) + s(3, h)) * c / n, [c / numpy.exp(m), n / numpy.exp(m), m]


def qrnn(w, x, h, c, before):
    product = w["weight_ih"][:, :INPUT] @ before + w["weight_ih"][:, INPUT:] @ x + w["bias_ih"]
    z, f, o = product[:HIDDEN], product[HIDDEN:2 * HIDDEN], product[2 * HIDDEN:]
    c = sigmoid(f) * c + (1 - sigmoid(f)) * numpy.tanh(z)
    return sigmoid(o) * c, [c, x]


def lru(w, x, h, real, imaginary):
    b, c = w["weight_ih"][:HIDDEN] + 1j * w["weight_ih"][HIDDEN:2 * HIDDEN], w["weight_hh"][:, :HIDDEN] - 1j * w["weight_hh"][:, HIDDEN:]
    eigenvalue = numpy.exp(-numpy.exp(w["nu_log"]) + 1j * numpy.exp(w["theta_log"]))
    s = eigenvalue * (real + 1j * imaginary) + numpy.exp(w["gamma_log"]) * (b @ x)
    return (c @ s).real + w["weight_ih"][2 * HIDDEN:] @ x, [s.real, s.imag]


def ssm_selective(w, x, h, s):
    i, _ = blocks(w)
    a = numpy.exp(-numpy.exp(w["rate_log"]) * numpy.log(1 + numpy.exp(i(0, x))))
    s = a * s + (1 - a) * i(1, x)
    return (w["weight_hh"] @ s + w["bias_hh"] + i(3, x)) * i(2, x) * sigmoid(i(2, x)), [s]


def normalized(v, gain, bias):
    return gain * (v - v.mean()) / numpy.sqrt(v.var() + 1e-5) + bias


def lstm_layer_norm(w, x, h, c):
    a = normalized(w["weight_ih"] @ x, w["gain_ih"], w["bias_ih"]) + normalized(w["weight_hh"] @ h, w["gain_hh"], w["bias_hh"])
    i, f, g, o = a.reshape(4, HIDDEN)
    c = sigmoid(f) * c + sigmoid(i) * numpy.tanh(g)
    return sigmoid(o) * numpy.tanh(normalized(c, w["gain_c"], w["bias_c"])), [c]


def gru_layer_norm(w, x, h):
    def parts(side, v):
        gates, candidate = slice(0, 2 * HIDDEN), slice(2 * HIDDEN, 3 * HIDDEN)
        both = normalized(v[gates], w[f"gain_{side}"][gates], w[f"bias_{side}"][gates])
        return *both.reshape(2, HIDDEN), normalized(v[candidate], w[f"gain_{side}"][candidate], w[f"bias_{side}"][candidate])
    (r, z, n), (from_r, from_z, from_n) = parts("ih", w["weight_ih"] @ x), parts("hh", w["weight_hh"] @ h)
    z = sigmoid(z + from_z)
    return (1 - z) * numpy.tanh(n + sigmoid(r + from_r) * from_n) + z * h, []


def lstm_projection(w, x, h, c):
    a = w["weight_ih"] @ x + w["bias_ih"] + w["weight_hh"] @ h + w["bias_hh"]
    i, f, g, o = a.reshape(4, 2 * HIDDEN)
    c = sigmoid(f) * c + sigmoid(i) * numpy.tanh(g)
    return w["weight_hr"] @ (sigmoid(o) * numpy.tanh(c)), [c]


def mlstm(w, x, memory, n, m):
    """Without the stabiliser, as the paper's first form: what m carries is compared apart."""
    q, k, v, o, (i, f) = numpy.split(w["weight_ih"] @ x + w["bias_ih"], [HIDDEN, 2 * HIDDEN, 3 * HIDDEN, 4 * HIDDEN])
    keep, k, scale = sigmoid(f), k / numpy.sqrt(HIDDEN), numpy.exp(m)
    memory = keep * scale * memory.reshape(HIDDEN, HIDDEN) + numpy.exp(i) * numpy.outer(v, k)
    n = keep * scale * n + numpy.exp(i) * k
    m = numpy.maximum(numpy.log(keep) + m, i)
    return sigmoid(o) * (memory @ q) / max(abs(n @ q), 1), [memory.ravel() / numpy.exp(m), n / numpy.exp(m), m]


# The step, blocks that meet the input, blocks that meet a state, weights of single units, memories.
CELLS = {
    "elman": (elman, 1, 1, [], 0), "lstm": (lstm, 4, 4, [], 1), "gru": (gru, 3, 3, [], 0),
    "jordan": (jordan, 1, 2, [], 0), "irnn": (irnn, 1, 1, [], 0), "indrnn": (indrnn, 1, 0, ["recurrent"], 0),
    "lstm-peephole": (lstm_peephole, 4, 4, ["peephole_i", "peephole_f", "peephole_o"], 1),
    "lstm-coupled": (lstm_coupled, 3, 3, [], 1), "mgu": (mgu, 2, 2, [], 0), "mingru": (mingru, 2, 0, [], 0),
    "minlstm": (minlstm, 3, 0, [], 0), "sru": (sru, 4, 0, ["peephole_f", "peephole_r"], 1),
    "slstm": (slstm, 4, 4, [], 3),
    "qrnn": (qrnn, 3, 0, [], 1), "lru": (lru, 3, 1, ["nu_log", "theta_log", "gamma_log"], 2),
    "ssm-selective": (ssm_selective, 4, 1, ["rate_log"], 1),
}
# Columns of weights that meet more than one input or more than one state, and states behind the memories of another width.
INPUT_COLUMNS, STATE_COLUMNS, FURTHER_STATES = {"qrnn": 2 * INPUT}, {"lru": 2 * HIDDEN}, {"qrnn": [INPUT]}


def clockwork(w, x, h, clock):
    bounds, periods = [0, 2, 3, 4, 5], [1, 2, 4, 8]
    after = h.copy()
    for k, period in enumerate(periods):
        units = slice(bounds[k], bounds[k + 1])
        if clock[0] % period == 0:
            after[units] = numpy.tanh(w["weight_ih"][units] @ x + w["bias_ih"][units] + w[f"weight_hh_{k}"] @ h[bounds[k]:])
    return after, [(clock + 1) % 8]


def echo_state(w, x, h):
    return (1 - w["leak"]) * h + w["leak"] * numpy.tanh(w["weight_ih"] @ x + w["bias_ih"] + w["weight_hh"] @ h), []


# Cells of other shapes: the step, the shape of each weight, the state before the first step; without h but for the mLSTM, which
# carries none.
OTHERS = {
    "lstm-layer-norm": (lstm_layer_norm, {
        "weight_ih": (4 * HIDDEN, INPUT), "weight_hh": (4 * HIDDEN, HIDDEN), "gain_ih": (4 * HIDDEN,), "bias_ih": (4 * HIDDEN,),
        "gain_hh": (4 * HIDDEN,), "bias_hh": (4 * HIDDEN,), "gain_c": (HIDDEN,), "bias_c": (HIDDEN,)}, [numpy.zeros(HIDDEN)]),
    "gru-layer-norm": (gru_layer_norm, {
        "weight_ih": (3 * HIDDEN, INPUT), "weight_hh": (3 * HIDDEN, HIDDEN), "gain_ih": (3 * HIDDEN,), "bias_ih": (3 * HIDDEN,),
        "gain_hh": (3 * HIDDEN,), "bias_hh": (3 * HIDDEN,)}, []),
    "lstm-projection": (lstm_projection, {
        "weight_ih": (8 * HIDDEN, INPUT), "weight_hh": (8 * HIDDEN, HIDDEN), "bias_ih": (8 * HIDDEN,), "bias_hh": (8 * HIDDEN,),
        "weight_hr": (HIDDEN, 2 * HIDDEN)}, [numpy.zeros(2 * HIDDEN)]),
    "clockwork": (clockwork, {
        "weight_ih": (HIDDEN, INPUT), "bias_ih": (HIDDEN,), "weight_hh_0": (2, 5), "weight_hh_1": (1, 3),
        "weight_hh_2": (1, 2), "weight_hh_3": (1, 1)}, [numpy.zeros(1)]),
    "echo-state": (echo_state, {
        "weight_ih": (HIDDEN, INPUT), "weight_hh": (HIDDEN, HIDDEN), "bias_ih": (HIDDEN,), "leak": (HIDDEN,)}, []),
    "mlstm": (mlstm, {"weight_ih": (4 * HIDDEN + 2, INPUT), "bias_ih": (4 * HIDDEN + 2,)}, [
        numpy.zeros(HIDDEN * HIDDEN), numpy.zeros(HIDDEN), numpy.zeros(())]),
}


def record(name, step, weights, others):
    """Runs the cell both ways and keeps its outputs and each state after the last step."""
    tensors.update({f"{name}.{key}": value for key, value in weights.items()})
    carried = [] if step is mlstm else [numpy.zeros(HIDDEN)]
    start = [*carried, *others]
    for reversed_ in (False, True):
        outputs = numpy.zeros((len(LENGTHS), STEPS, HIDDEN))
        last = [numpy.zeros((len(LENGTHS), *part.shape)) for part in start]
        for row, length in enumerate(LENGTHS):
            state = start
            for t in range(length)[::-1 if reversed_ else 1]:
                h, others = step(weights, inputs[row, t], *state)
                outputs[row, t], state = h, [h, *others] if carried else others
            for tensor, part in zip(last, state):
                tensor[row] = part
        direction = "backward" if reversed_ else "forward"
        tensors[f"{name}.{direction}.outputs"] = outputs
        tensors.update({f"{name}.{direction}.state.{place}": tensor for place, tensor in enumerate(last)})


inputs = tensors["inputs"] = random.normal(size=(len(LENGTHS), STEPS, INPUT))
for name, (step, from_input, from_state, units, memories) in CELLS.items():
    weights = {"weight_ih": random.normal(size=(from_input * HIDDEN, INPUT_COLUMNS.get(name, INPUT))) * 0.6,
               "bias_ih": random.normal(size=from_input * HIDDEN)}
    if from_state:
        weights["weight_hh"] = random.normal(size=(from_state * HIDDEN, STATE_COLUMNS.get(name, HIDDEN))) * 0.4
        weights["bias_hh"] = random.normal(size=from_state * HIDDEN) * 0.5
    weights |= {unit: random.uniform(-0.9, 0.9, size=HIDDEN) for unit in units}
    others = [numpy.full(HIDDEN, -1e30 if (name, place) == ("slstm", 2) else 0) for place in range(memories)]
    record(name, step, weights, others + [numpy.zeros(width) for width in FURTHER_STATES.get(name, [])])
for name, (step, shapes, others) in OTHERS.items():
    record(name, step, {key: random.normal(size=shape) * (0.5 if len(shape) == 2 else 0.8) for key, shape in shapes.items()}, others)

save_file({name: numpy.ascontiguousarray(value) for name, value in tensors.items()}, sys.argv[1])
