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


def mlstm(w, x, memory, n, m):
    """Without the stabiliser, as the paper's first form: what m carries is compared apart."""
    q, k, v, o, (i, f) = numpy.split(w["weight_ih"] @ x + w["bias_ih"], [HIDDEN, 2 * HIDDEN, 3 * HIDDEN, 4 * HIDDEN])
    keep, k, scale = sigmoid(f), k / numpy.sqrt(HIDDEN), numpy.exp(m[0])
    memory = keep * scale * memory.reshape(HIDDEN, HIDDEN) + numpy.exp(i) * numpy.outer(v, k)
    n = keep * scale * n + numpy.exp(i) * k
    m = numpy.maximum(numpy.log(keep) + m, i)
    return sigmoid(o) * (memory @ q) / max(abs(n @ q), 1), [memory.ravel() / numpy.exp(m[0]), n / numpy.exp(m[0]), m]


# The step, blocks that meet the input, blocks that meet a state, weights of single units, memories.
CELLS = {
    "elman": (elman, 1, 1, [], 0), "lstm": (lstm, 4, 4, [], 1), "gru": (gru, 3, 3, [], 0),
    "jordan": (jordan, 1, 2, [], 0), "irnn": (irnn, 1, 1, [], 0), "indrnn": (indrnn, 1, 0, ["recurrent"], 0),
    "lstm-peephole": (lstm_peephole, 4, 4, ["peephole_i", "peephole_f", "peephole_o"], 1),
    "lstm-coupled": (lstm_coupled, 3, 3, [], 1), "mgu": (mgu, 2, 2, [], 0), "mingru": (mingru, 2, 0, [], 0),
    "minlstm": (minlstm, 3, 0, [], 0), "sru": (sru, 4, 0, ["peephole_f", "peephole_r"], 1),
    "slstm": (slstm, 4, 4, [], 3),
    "qrnn": (qrnn, 3, 0, [], 1), "lru": (lru, 3, 1, ["nu_log", "theta_log", "gamma_log"], 2),
    "ssm-selective": (ssm_selective, 4, 1, ["rate_log"], 1), "mlstm": (mlstm, 4, 0, [], 0),
}
# Columns of weights that meet more than one input or more than one state, and states behind the memories of another width.
INPUT_COLUMNS, STATE_COLUMNS, FURTHER_STATES = {"qrnn": 2 * INPUT}, {"lru": 2 * HIDDEN}, {"qrnn": [INPUT]}
# Rows of weights beside whole blocks, and cells that carry no output: their states.
FURTHER_ROWS, OTHER_STATES = {"mlstm": 2}, {"mlstm": [HIDDEN * HIDDEN, HIDDEN, 1]}

inputs = tensors["inputs"] = random.normal(size=(len(LENGTHS), STEPS, INPUT))
for name, (step, from_input, from_state, units, memories) in CELLS.items():
    rows = from_input * HIDDEN + FURTHER_ROWS.get(name, 0)
    weights = {"weight_ih": random.normal(size=(rows, INPUT_COLUMNS.get(name, INPUT))) * 0.6, "bias_ih": random.normal(size=rows)}
    if from_state:
        weights["weight_hh"] = random.normal(size=(from_state * HIDDEN, STATE_COLUMNS.get(name, HIDDEN))) * 0.4
        weights["bias_hh"] = random.normal(size=from_state * HIDDEN) * 0.5
    weights |= {unit: random.uniform(-0.9, 0.9, size=HIDDEN) for unit in units}
    tensors |= {f"{name}.{key}": value for key, value in weights.items()}
    for reversed_ in (False, True):
        outputs = numpy.zeros((len(LENGTHS), STEPS, HIDDEN))
        widths = OTHER_STATES.get(name, [HIDDEN] * (1 + memories) + FURTHER_STATES.get(name, []))
        last = [numpy.zeros((len(LENGTHS), width)) for width in widths]
        for row, length in enumerate(LENGTHS):
            state = [numpy.zeros(width) for width in widths]
            if name == "slstm":
                state[3][:] = -1e30
            for t in range(length)[::-1 if reversed_ else 1]:
                h, others = step(weights, inputs[row, t], *state)
                outputs[row, t], state = h, others if name in OTHER_STATES else [h, *others]
            for tensor, value in zip(last, state):
                tensor[row] = value
        direction = "backward" if reversed_ else "forward"
        tensors[f"{name}.{direction}.outputs"] = outputs
        tensors |= {f"{name}.{direction}.state.{place}": tensor.squeeze() if tensor.shape[1] == 1 else tensor
                    for place, tensor in enumerate(last)}

save_file({name: numpy.ascontiguousarray(value) for name, value in tensors.items()}, sys.argv[1])
