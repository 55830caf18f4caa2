"""Expected numbers for convolutions and the convolutional LSTM in one and two dimensions, from their equations in float64.

    python conv_lstm.py ../Fixtures/conv-lstm.safetensors

Needs numpy and safetensors. Every place is computed by itself, number by number."""

import itertools
import sys

import numpy
from safetensors.numpy import save_file

random = numpy.random.default_rng(9)
tensors = {}


def sigmoid(a):
    return 1 / (1 + numpy.exp(-a))


def convolved(x, weight, bias):
    """x [in, ...places], weight [out, in, ...kernel]"""
    places, kernel = x.shape[1:], weight.shape[2:]
    y = numpy.zeros((weight.shape[0], *places))
    for place in itertools.product(*map(range, places)):
        for offset in itertools.product(*map(range, kernel)):
            seen = tuple(p + o - k // 2 for p, o, k in zip(place, offset, kernel))
            if all(0 <= s < size for s, size in zip(seen, places)):
                y[(slice(None), *place)] += weight[(slice(None), slice(None), *offset)] @ x[(slice(None), *seen)]
    return y + bias.reshape(-1, *[1] * len(places))


for name, frame, kernel in [("line", (7,), (5,)), ("image", (5, 4), (3, 5)), ("small", (1, 2), (3, 5))]:
    x, weight, bias = random.normal(size=(3, 2, *frame)), random.normal(size=(4, 2, *kernel)), random.normal(size=4)
    tensors |= {f"convolution.{name}.input": x, f"convolution.{name}.weight": weight, f"convolution.{name}.bias": bias,
                f"convolution.{name}.output": numpy.stack([convolved(image, weight, bias) for image in x])}

LENGTHS, STEPS, INPUT, HIDDEN = [4, 0, 2], 4, 2, 3
for name, frame, kernel in [("line", (6,), (3,)), ("image", (4, 3), (3, 3))]:
    w = {"weight_ih": random.normal(size=(4 * HIDDEN, INPUT, *kernel)) * 0.4,
         "weight_hh": random.normal(size=(4 * HIDDEN, HIDDEN, *kernel)) * 0.3, "bias_ih": random.normal(size=4 * HIDDEN)}
    inputs = random.normal(size=(len(LENGTHS), STEPS, INPUT, *frame))
    tensors |= {f"{name}.{key}": value for key, value in w.items()} | {f"{name}.inputs": inputs}
    for reversed_ in (False, True):
        outputs = numpy.zeros((len(LENGTHS), STEPS, HIDDEN, *frame))
        states = numpy.zeros((2, len(LENGTHS), HIDDEN, *frame))
        for row, length in enumerate(LENGTHS):
            h, c = states[:, row]
            for t in range(length)[::-1 if reversed_ else 1]:
                gates = convolved(inputs[row, t], w["weight_ih"], w["bias_ih"]) + convolved(h, w["weight_hh"], numpy.zeros(4 * HIDDEN))
                i, f, g, o = gates.reshape(4, HIDDEN, *frame)
                c = sigmoid(f) * c + sigmoid(i) * numpy.tanh(g)
                h = outputs[row, t] = sigmoid(o) * numpy.tanh(c)
            states[:, row] = h, c
        direction = "backward" if reversed_ else "forward"
        tensors[f"{name}.{direction}.outputs"], tensors[f"{name}.{direction}.state"] = outputs, states

save_file({name: numpy.ascontiguousarray(value) for name, value in tensors.items()}, sys.argv[1])
