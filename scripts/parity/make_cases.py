"""Draws cases of recurrent layers and writes what PyTorch and Keras make of them in float64.

    make_cases.py SEED COUNT OUT [--small]

A case is a cell, its options, weights, inputs, lengths and initial states; the file (safetensors) holds them in float32
together with the outputs, the final states and the gradients of everything, for the loss

    sum(outputs * cos(0.37 i + 0.5)) + sum over final states s, in their order, of sum(s * sin(0.53 i + 0.8 (s + 1)))

with i the index of an entry in row-major order. The case descriptions are JSON in the metadata entry `cases`.
Every case is also computed from the plain equations; a peer that disagrees with them stops the script."""

import argparse
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import numpy
import torch
from safetensors.numpy import save_file

import equations
import keras_peer
import torch_peer

PEERS = (torch_peer, keras_peer)
FORMS = [
    dict(cell="lstm"), dict(cell="gru", reset="after"), dict(cell="gru", reset="before"),
    dict(cell="elman", activation="tanh"), dict(cell="lstm"), dict(cell="gru", reset="after"),
    dict(cell="gru", reset="before"), dict(cell="elman", activation="relu"),
    dict(cell="elman", activation="sigmoid"), dict(cell="elman", activation="linear"),
]
PADDING = 50.0
KINK_MARGIN = 5e-6
# A recurrence without bound must not grow: its result would say more about float32 than about the layer.
LARGEST_GAIN = 0.95


def draw_case(random, index, small):
    """The description of a case; every cell form, direction, depth and length pattern comes in turn."""
    top = dict(hidden=10, input=8, batch=5, time=9) if small else dict(hidden=38, input=20, batch=10, time=41)
    case = dict(FORMS[index % len(FORMS)])
    case["direction"] = ("forward", "backward", "bidirectional")[int(random.integers(3))]
    if case["direction"] == "bidirectional":
        case["merge"] = str(random.choice(["concatenate", "concatenate", "concatenate", "sum", "mean"]))
    case["layers"] = int(random.integers(1, 4))
    case["hiddenSize"] = int(random.integers(2, top["hidden"]))
    case["inputSize"] = 0 if random.random() < 0.05 else int(random.integers(1, top["input"]))
    case["batch"] = int(random.integers(1, top["batch"]))
    case["time"] = int(random.integers(1, top["time"]))
    case["hasBias"] = bool(random.random() < 0.9)
    case["givesInitialState"] = bool(random.random() < 0.5)
    case["lengths"] = None
    if random.random() < 0.8:
        case["lengths"] = [int(length) for length in random.integers(0, case["time"] + 1, case["batch"])]
        if random.random() < 0.5:
            case["lengths"][int(random.integers(case["batch"]))] = 0
    return case


def draw_tensors(random, case):
    """Weights, inputs (with loud values past each length) and initial states, as float64 that are exact in float32."""
    exact = lambda value: torch.tensor(numpy.asarray(value, dtype=numpy.float32).astype(numpy.float64))
    hidden, gates = case["hiddenSize"], equations.GATES[case["cell"]]
    bound = random.uniform(0.8, 1.6) / hidden ** 0.5
    width = hidden * (2 if case.get("merge") == "concatenate" else 1)
    weights, initial = {}, {}
    for layer, recurrences in enumerate(equations.suffixes(case)):
        for suffix, _ in recurrences:
            columns = case["inputSize"] if layer == 0 else width
            weights["weight_ih" + suffix] = exact(random.uniform(-bound, bound, (gates * hidden, columns)))
            recurrent = random.uniform(-bound, bound, (gates * hidden, hidden))
            if case.get("activation") in ("relu", "linear"):
                recurrent *= min(1, LARGEST_GAIN / numpy.linalg.norm(recurrent, 2))
            weights["weight_hh" + suffix] = exact(recurrent)
            if case["hasBias"]:
                weights["bias_ih" + suffix] = exact(random.uniform(-0.5, 0.5, gates * hidden))
                weights["bias_hh" + suffix] = exact(random.uniform(-0.5, 0.5, gates * hidden))
            if case["givesInitialState"]:
                for name in equations.zero_state(case):
                    initial[name + suffix] = exact(random.normal(0, 0.7, (case["batch"], hidden)))
    x = random.normal(0, 1, (case["batch"], case["time"], case["inputSize"]))
    for row, length in enumerate(case["lengths"] or []):
        x[row, length:] = PADDING
    return weights, exact(x), initial


def loss_of(outputs, finals):
    wave = lambda function, tensor, step, shift: function(
        step * torch.arange(tensor.numel(), dtype=torch.float64) + shift).reshape(tensor.shape)
    loss = (outputs * wave(torch.cos, outputs, 0.37, 0.5)).sum()
    for index, value in enumerate(finals.values()):
        loss = loss + (value * wave(torch.sin, value, 0.53, 0.8 * (index + 1))).sum()
    return loss


def results(case, implementation, weights, x, initial):
    """Outputs, final states and gradients of one implementation, by name."""
    x = x.clone().requires_grad_()
    initial = {name: value.clone().requires_grad_() for name, value in initial.items()}
    weights = {name: value.clone().requires_grad_() for name, value in weights.items()}
    outputs, finals, *own = implementation.run(case, weights, x, initial)
    parameters = own[0] if own else weights
    finals = {name + suffix: finals[name + suffix] for layer in equations.suffixes(case) for suffix, _ in layer
              for name in equations.zero_state(case)}
    leaves = {"input": x, **{"initial." + name: value for name, value in initial.items()}}
    named = list(parameters.items()) + list(leaves.items())
    loss, found = loss_of(outputs, finals), [None] * len(named)
    if loss.requires_grad:
        found = torch.autograd.grad(loss, [value for _, value in named], allow_unused=True)
    gradients = {name: torch.zeros_like(value) if gradient is None else gradient
                 for (name, value), gradient in zip(named, found)}
    ours = {name: gradients[name] for name in leaves}
    theirs = {name: gradients[name] for name in parameters}
    ours.update(implementation.gradients_in_our_layout(case, theirs) if own else theirs)
    return {"outputs": outputs, **{"final." + name: value for name, value in finals.items()},
            **{"gradient." + name: value for name, value in ours.items()}}


def worst_difference(first, second):
    """The largest difference of two results, relative to the largest entry of each tensor, and its tensor."""
    worst = (0.0, "")
    for name, value in first.items():
        if value.numel() == 0:
            continue
        scale = value.abs().max().item() or 1.0
        worst = max(worst, ((value - second[name]).abs().max().item() / scale, name))
    return worst


def far_from_kinks(case, weights, x, initial):
    if case.get("activation") != "relu":
        return True
    seen = []
    with torch.no_grad():
        equations.run(case, weights, x, initial, seen)
    return min((argument.abs().min().item() for argument in seen), default=1.0) > KINK_MARGIN


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("seed", type=int)
    parser.add_argument("count", type=int)
    parser.add_argument("out")
    parser.add_argument("--small", action="store_true", help="sizes below 10, for the stored fixtures")
    options = parser.parse_args()
    torch.set_num_threads(1)
    cases, tensors, tally = [], {}, {}
    for index in range(options.count):
        random = numpy.random.default_rng([options.seed, index])
        while True:
            case = draw_case(random, index, options.small)
            weights, x, initial = draw_tensors(random, case)
            if far_from_kinks(case, weights, x, initial):
                break
        expected = results(case, equations, weights, x, initial)
        case["references"] = ["equations"]
        for peer in reversed([peer for peer in PEERS if peer.has(case)]):
            found = results(case, peer, weights, x, initial)
            difference, name = worst_difference(expected, found)
            if difference > 1e-9:
                sys.exit(f"case {index} {case}: {peer.NAME} differs from the equations by {difference} in {name}")
            expected = found
            case["references"].insert(0, peer.NAME)
        form = case["cell"] + "".join("-" + case[key] for key in ("activation", "reset") if key in case)
        case["name"] = f"{index:03d} {form} {case['direction']} x{case['layers']}"
        for reference in case["references"]:
            tally[reference] = tally.get(reference, 0) + 1
        cases.append(case)
        for group, values in (("weights", weights), ("initial", initial), ("expected", expected), ("", {"input": x})):
            for name, value in values.items():
                key = f"{index:03d}.{group + '.' if group else ''}{name}"
                tensors[key] = numpy.ascontiguousarray(value.detach().numpy().astype(numpy.float32))
    save_file(tensors, options.out, metadata={"seed": str(options.seed), "cases": json.dumps(cases)})
    print(f"{len(cases)} cases in {options.out}; computed with " +
          ", ".join(f"{name} {count}" for name, count in sorted(tally.items(), reverse=True)))


if __name__ == "__main__":
    main()
