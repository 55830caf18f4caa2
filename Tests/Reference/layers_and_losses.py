"""Expected numbers for the layers, poolings and losses, from their definitions in float64.

    python layers_and_losses.py ../Fixtures/layers-and-losses.safetensors

Needs numpy alone. Everything is written out number by number on purpose: no shared code with the package, no tricks."""

import json
import math
import struct
import sys

import numpy

random = numpy.random.default_rng(20)
tensors = {}


def keep(name, value):
    tensors[name] = numpy.asarray(value, dtype=numpy.float64)
    return tensors[name]


def write(path):
    header, offset = {}, 0
    for name, value in tensors.items():
        header[name] = {"dtype": "F64", "shape": list(value.shape), "data_offsets": [offset, offset + value.nbytes]}
        offset += value.nbytes
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for value in tensors.values():
            file.write(value.astype("<f8").tobytes())


# Linear, layer norm, embedding: [batch 2, time 3, features].
x = keep("linear.input", random.normal(size=(2, 3, 4)))
weight, bias = keep("linear.weight", random.normal(size=(5, 4))), keep("linear.bias", random.normal(size=5))
keep("linear.output", [[[sum(weight[o, i] * x[b, t, i] for i in range(4)) + bias[o] for o in range(5)]
                        for t in range(3)] for b in range(2)])

x = keep("norm.input", random.normal(1.5, 2, size=(2, 3, 5)))
weight, bias = keep("norm.weight", random.normal(size=5)), keep("norm.bias", random.normal(size=5))
output = numpy.zeros_like(x)
for b in range(2):
    for t in range(3):
        mean = sum(x[b, t]) / 5
        variance = sum((value - mean) ** 2 for value in x[b, t]) / 5
        for i in range(5):
            output[b, t, i] = weight[i] * (x[b, t, i] - mean) / math.sqrt(variance + 0.01) + bias[i]
keep("norm.output", output)

# Pooling over valid steps.
lengths = [4, 0, 2]
x = keep("pooling.input", random.normal(-1, 1, size=(3, 4, 2)))
keep("pooling.last", [x[row, length - 1] if length else [0, 0] for row, length in enumerate(lengths)])
keep("pooling.mean", [sum(x[row, :length]) / length if length else [0, 0] for row, length in enumerate(lengths)])
keep("pooling.max", [[max(x[row, :length, i]) for i in range(2)] if length else [0, 0]
                     for row, length in enumerate(lengths)])

# Losses by number: predictions and targets [3, 4, 2].
prediction, target = keep("loss.prediction", random.normal(size=(3, 4, 2))), keep("loss.target", random.normal(size=(3, 4, 2)))
weights = random.uniform(0.2, 2, size=(3, 4, 2))
weights[0, 1, 0] = weights[2, 0, 1] = 0
keep("loss.weights", weights)
levels = [0.1, 0.5, 0.8]
several = keep("loss.several", random.normal(size=(3, 4, 2, 3)))
yes = keep("loss.yes", random.uniform(0, 1, size=(3, 4, 2)))


def huber(p, t):
    d = abs(p - t)
    return 0.5 * d * d if d <= 0.7 else 0.7 * (d - 0.35)


def cross_entropy(weight_of_yes):
    def term(logit, t):
        probability = 1 / (1 + math.exp(-logit))
        return -(weight_of_yes * t * math.log(probability) + (1 - t) * math.log(1 - probability))
    return term


def pinball(p, t, level):
    return level * (t - p) if t > p else (1 - level) * (p - t)


def reduce(name, term, weighted, with_lengths):
    total, count = 0, 0
    for b in range(3):
        for t in range(lengths[b] if with_lengths else 4):
            for i in range(2):
                weight = weights[b, t, i] if weighted else 1
                for value in term(b, t, i):
                    total += weight * value
                    count += weight
    kind = name + (".lengths" if with_lengths else "") + (".weights" if weighted else "")
    keep(f"{kind}.sum", total)
    keep(f"{kind}.mean", total / count)


for with_lengths in (False, True):
    for weighted in (False, True):
        for name, term in {
            "mse": lambda b, t, i: [(prediction[b, t, i] - target[b, t, i]) ** 2],
            "mae": lambda b, t, i: [abs(prediction[b, t, i] - target[b, t, i])],
            "huber": lambda b, t, i: [huber(prediction[b, t, i], target[b, t, i])],
            "quantile": lambda b, t, i: [pinball(several[b, t, i, q], target[b, t, i], levels[q]) for q in range(3)],
            "sigmoid": lambda b, t, i: [cross_entropy(1)(prediction[b, t, i], yes[b, t, i])],
            "sigmoid-weighted": lambda b, t, i: [cross_entropy(2.5)(prediction[b, t, i], yes[b, t, i])],
        }.items():
            reduce(name, term, weighted, with_lengths)

# Softmax cross-entropy: logits [3, 4, 5].
logits = keep("softmax.logits", random.normal(0, 2, size=(3, 4, 5)))
classes = random.integers(0, 5, size=(3, 4))
keep("softmax.classes", classes)
probabilities = random.uniform(size=(3, 4, 5))
probabilities /= probabilities.sum(axis=2, keepdims=True)
keep("softmax.probabilities", probabilities)
class_weights = keep("softmax.weights", [0.5, 2, 1, 0.3, 1.7])
for with_lengths in (False, True):
    for weighted in (False, True):
        for smoothing in (0, 0.1):
            for kind in ("classes", "probabilities"):
                total, count = 0, 0
                for b in range(3):
                    for t in range(lengths[b] if with_lengths else 4):
                        log_sum = math.log(sum(math.exp(value) for value in logits[b, t]))
                        for c in range(5):
                            hard = float(classes[b, t] == c) if kind == "classes" else probabilities[b, t, c]
                            share = (1 - smoothing) * hard + smoothing / 5
                            total -= (class_weights[c] if weighted else 1) * share * (logits[b, t, c] - log_sum)
                        count += class_weights[classes[b, t]] if weighted and kind == "classes" else 1
                name = f"softmax.{kind}" + (".lengths" if with_lengths else "") + (".weights" if weighted else "")
                name += ".smoothing" if smoothing else ""
                keep(f"{name}.sum", total)
                keep(f"{name}.mean", total / count)

write(sys.argv[1])
print(f"{len(tensors)} tensors in {sys.argv[1]}")
