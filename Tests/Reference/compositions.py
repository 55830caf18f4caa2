"""Expected numbers for what is made of cells: a dilated network of GRUs and a GRU that is told its network's output, from their equations in float64.

    python compositions.py ../Fixtures/compositions.safetensors

Needs numpy and safetensors. One row and one step at a time; no shared code with the package."""

import sys

import numpy
from safetensors.numpy import save_file

random = numpy.random.default_rng(33)
tensors = {}
INPUT, HIDDEN, LENGTHS, STEPS = 3, 5, [7, 0, 4, 1], 7


def sigmoid(a):
    return 1 / (1 + numpy.exp(-a))


def weights(name, suffix, features):
    shapes = {"weight_ih": (3 * HIDDEN, features), "weight_hh": (3 * HIDDEN, HIDDEN), "bias_ih": 3 * HIDDEN, "bias_hh": 3 * HIDDEN}
    made = {key: random.normal(size=shape) * 0.5 for key, shape in shapes.items()}
    tensors.update({f"{name}{key}{suffix}": value for key, value in made.items()})
    return made


def gru(w, x, h):
    def part(k):
        rows = slice(k * HIDDEN, (k + 1) * HIDDEN)
        return w["weight_ih"][rows] @ x + w["bias_ih"][rows], w["weight_hh"][rows] @ h + w["bias_hh"][rows]
    (r_x, r_h), (z_x, z_h), (n_x, n_h) = map(part, range(3))
    r, z = sigmoid(r_x + r_h), sigmoid(z_x + z_h)
    return (1 - z) * numpy.tanh(n_x + r * n_h) + z * h


inputs = random.normal(size=(len(LENGTHS), STEPS, INPUT))
tensors["inputs"] = inputs

layers = [weights("dilated.", f"_l{layer}", INPUT if layer == 0 else HIDDEN) for layer in range(3)]
outputs = numpy.zeros((len(LENGTHS), STEPS, HIDDEN))
for row, length in enumerate(LENGTHS):
    below = inputs[row]
    for layer, w in enumerate(layers):
        distance, states = 2 ** layer, []
        for t in range(length):
            states.append(gru(w, below[t], states[t - distance] if t >= distance else numpy.zeros(HIDDEN)))
        below = states
    outputs[row, :length] = below if length else 0
tensors["dilated.outputs"] = outputs

w = weights("output-feedback.layer.", "_l0", INPUT + HIDDEN)
head, bias = random.normal(size=(HIDDEN, HIDDEN)) * 0.7, random.normal(size=HIDDEN)
tensors |= {"output-feedback.head.weight": head, "output-feedback.head.bias": bias}
targets = random.normal(size=(len(LENGTHS), STEPS, HIDDEN))
tensors["output-feedback.targets"] = targets
for name in ("free", "forced"):
    outputs = numpy.zeros((len(LENGTHS), STEPS, HIDDEN))
    for row, length in enumerate(LENGTHS):
        h, told = numpy.zeros(HIDDEN), numpy.zeros(HIDDEN)
        for t in range(length):
            h = gru(w, numpy.concatenate([inputs[row, t], told]), h)
            outputs[row, t] = head @ h + bias
            told = outputs[row, t] if name == "free" else targets[row, t]
    tensors[f"output-feedback.{name}.outputs"] = outputs

save_file({name: numpy.ascontiguousarray(value) for name, value in tensors.items()}, sys.argv[1])
