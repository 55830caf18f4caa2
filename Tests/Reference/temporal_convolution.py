"""Expected numbers for causal dilated convolutions and networks of them, from their equations in float64.

    python temporal_convolution.py ../Fixtures/temporal-convolution.safetensors

Needs numpy and safetensors. Every output is computed by itself, tap by tap: no shared code with the package."""

import sys

import numpy
from safetensors.numpy import save_file

random = numpy.random.default_rng(34)
tensors = {}
LENGTHS, STEPS = [11, 0, 4, 1], 11


def convolved(x, w, dilation):
    """x [time, in], weight_v [out, in, size]"""
    v, g, size = w["weight_v"], w["weight_g"], w["weight_v"].shape[2]
    y = numpy.zeros((len(x), len(v)))
    for t in range(len(x)):
        for o in range(len(v)):
            y[t, o] = w["bias"][o]
            length = numpy.sqrt((v[o] ** 2).sum())
            for k in range(size):
                seen = t - (size - 1 - k) * dilation
                if seen >= 0:
                    y[t, o] += g[o] * v[o, :, k] @ x[seen] / length
    return y


def shapes(prefix, inputs, outputs, size):
    return {f"{prefix}weight_v": (outputs, inputs, size), f"{prefix}weight_g": (outputs,), f"{prefix}bias": (outputs,)}


def draw(name, shapes):
    weights = {path: random.normal(size=shape) * 0.7 for path, shape in shapes.items()}
    tensors.update({f"{name}.{path}": weight for path, weight in weights.items()})
    return weights


def below(weights, prefix):
    return {path.removeprefix(prefix): weight for path, weight in weights.items() if path.startswith(prefix)}


inputs = tensors["inputs"] = random.normal(size=(4, STEPS, 2))
for size, dilation in [(1, 1), (3, 2), (2, 4), (4, 9)]:
    name = f"convolution.{size}.{dilation}"
    w = draw(name, shapes("", 2, 3, size))
    tensors[f"{name}.outputs"] = numpy.stack([convolved(x, w, dilation) for x in inputs])

for size, blocks in [(3, 2), (2, 3)]:
    name, sizes = f"tcn.{size}", {}
    for block in range(blocks):
        width = 2 if block == 0 else 3
        sizes |= shapes(f"network.{block}.conv1.", width, 3, size) | shapes(f"network.{block}.conv2.", 3, 3, size)
        if width != 3:
            sizes |= {f"network.{block}.downsample.weight": (3, width), f"network.{block}.downsample.bias": (3,)}
    w = draw(name, sizes)
    outputs = numpy.zeros((4, STEPS, 3))
    for row, length in enumerate(LENGTHS):
        x = inputs[row, :length]
        for block in range(blocks):
            own = below(w, f"network.{block}.")
            inner = numpy.maximum(0, convolved(x, below(own, "conv1."), 2 ** block))
            added = numpy.maximum(0, convolved(inner, below(own, "conv2."), 2 ** block))
            around = x @ own["downsample.weight"].T + own["downsample.bias"] if "downsample.weight" in own else x
            x = numpy.maximum(0, added + around)
        outputs[row, :length] = x
    tensors[f"{name}.outputs"] = outputs

save_file({name: numpy.ascontiguousarray(value) for name, value in tensors.items()}, sys.argv[1])
