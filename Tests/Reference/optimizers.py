"""Reference weights of Tests/RecurrentTrainingTests/OptimizerParityTests.swift: PyTorch's optimizers in float64.

    /path/with/torch/python optimizers.py ../Fixtures/optimizers.safetensors

Four tensors with 35 weights together follow slopes that differ from weight to weight and change from update to update:

    f(w, t) = sum_i  c_i w_i^2 / 2 + 0.3 (1 - cos(w_i - w_i+1)) + w_i cos(0.1 t (1 + i mod 5) + i)

with c_i = 0.2 + 0.05 (7 i mod 11), i + 1 modulo 35, and t counted from 1; L-BFGS leaves t at 0 and adds
0.1 i to c_i. The fixture holds the weights after some updates, [updates, 35], for every case, and in `losses.` those of L-BFGS
with a line search. A case that ends in `.grouped` gives the second part 0.3 times the learning rate and a weight decay
of 0.2, and freezes the third. With --float32 the same is done in float32, and the distance is printed."""

import sys

import numpy
import torch
from safetensors.numpy import save_file

SHAPES = [(3, 5), (7,), (1,), (2, 2, 3)]
COUNT = 35
KEPT = (1, 2, 3, 10, 37, 100)
INDEX = numpy.arange(COUNT)

DECAYED = dict(weight_decay=0.1)
CASES = {
    "sgd": ("SGD", dict(lr=0.05)),
    "sgd.decayed": ("SGD", dict(lr=0.05, weight_decay=0.1)),
    "sgd.momentum": ("SGD", dict(lr=0.02, momentum=0.9, weight_decay=0.05)),
    "sgd.nesterov": ("SGD", dict(lr=0.02, momentum=0.8, nesterov=True, weight_decay=0.05)),
    "adam": ("Adam", dict(lr=0.03)),
    "adam.decayed": ("Adam", dict(lr=0.03, betas=(0.8, 0.95), eps=1e-4, weight_decay=0.1)),
    "adam.amsgrad": ("Adam", dict(lr=0.03, betas=(0.8, 0.9), amsgrad=True)),
    "adamw": ("AdamW", dict(lr=0.03)),
    "adamw.strong": ("AdamW", dict(lr=0.03, betas=(0.85, 0.97), eps=1e-6, weight_decay=0.3)),
    "adamw.amsgrad": ("AdamW", dict(lr=0.03, betas=(0.8, 0.9), weight_decay=0.2, amsgrad=True)),
    "adagrad": ("Adagrad", dict(lr=0.1)),
    "adagrad.decayed": (
        "Adagrad", dict(lr=0.1, lr_decay=0.01, weight_decay=0.1, initial_accumulator_value=0.3, eps=1e-4)),
    "adadelta": ("Adadelta", dict()),
    "adadelta.decayed": ("Adadelta", dict(lr=0.7, rho=0.8, eps=1e-3, weight_decay=0.1)),
    "rmsprop": ("RMSprop", dict(lr=0.01)),
    "rmsprop.momentum": ("RMSprop", dict(lr=0.01, alpha=0.9, momentum=0.7, weight_decay=0.1)),
    "rmsprop.centered": ("RMSprop", dict(lr=0.01, alpha=0.95, eps=1e-3, centered=True)),
    "rmsprop.both": ("RMSprop", dict(lr=0.01, alpha=0.95, eps=1e-3, momentum=0.5, centered=True)),
    "nadam": ("NAdam", dict(lr=0.02)),
    "nadam.decayed": ("NAdam", dict(lr=0.02, betas=(0.8, 0.95), eps=1e-5, weight_decay=0.1, momentum_decay=0.05)),
    "rprop": ("Rprop", dict(lr=0.01)),
    "rprop.bounded": ("Rprop", dict(lr=0.02, etas=(0.4, 1.3), step_sizes=(5e-3, 0.2))),
    "asgd": ("ASGD", dict(lr=0.05)),
    "asgd.averaged": ("ASGD", dict(lr=0.05, lambd=0.01, alpha=0.6, t0=20, weight_decay=0.05)),
    "lbfgs": ("LBFGS", dict(lr=0.3, max_iter=1, history_size=5)),
    "lbfgs.long": ("LBFGS", dict(lr=0.5, max_iter=1, history_size=12)),
    "sgd.grouped": ("SGD", dict(lr=0.02, momentum=0.8, nesterov=True, weight_decay=0.05)),
    "adam.grouped": ("Adam", dict(lr=0.03)),
    "adamw.grouped": ("AdamW", dict(lr=0.03)),
    "adagrad.grouped": ("Adagrad", dict(lr=0.1)),
    "adadelta.grouped": ("Adadelta", dict()),
    "rmsprop.grouped": ("RMSprop", dict(lr=0.01, momentum=0.5, centered=True, eps=1e-3)),
    "nadam.grouped": ("NAdam", dict(lr=0.02)),
    "rprop.grouped": ("Rprop", dict(lr=0.01)),
    "asgd.grouped": ("ASGD", dict(lr=0.05, lambd=0.01, t0=20)),
}
# The weights after each whole call of `step`, with iterations and line search inside.
MINIMIZED = {
    "minimize": dict(max_iter=20, history_size=7, line_search_fn="strong_wolfe"),
    "minimize.short": dict(lr=0.6, max_iter=4, max_eval=7, history_size=3, line_search_fn="strong_wolfe"),
    "minimize.small": dict(lr=0.05, max_iter=5, max_eval=11, history_size=3, line_search_fn="strong_wolfe"),
    "minimize.large": dict(lr=4, max_iter=5, max_eval=30, history_size=3, line_search_fn="strong_wolfe"),
    "minimize.fixed": dict(lr=0.2, max_iter=6, history_size=4),
}


def curvature(still):
    return (0.2 + 0.05 * (7 * INDEX % 11)) + (0.1 * INDEX if still else 0)


def loss(weights, t, still):
    w = torch.cat([weight.reshape(-1) for weight in weights])
    push = torch.tensor(numpy.cos(0.1 * t * (1 + INDEX % 5) + INDEX)).to(w.dtype)
    pull = torch.tensor(curvature(still)).to(w.dtype)
    return (pull * w**2 / 2 + 0.3 * (1 - torch.cos(w - w.roll(-1))) + w * push).sum()


def start(dtype):
    flat = torch.tensor(1.5 * numpy.sin(1.3 * INDEX + 0.4), dtype=dtype)
    parts = torch.split(flat, [int(numpy.prod(shape)) for shape in SHAPES])
    return [part.reshape(shape).clone().requires_grad_() for part, shape in zip(parts, SHAPES)]


def flat(weights):
    return numpy.concatenate([weight.detach().double().numpy().reshape(-1) for weight in weights])


def groups(kind, options, weights):
    second = dict(params=weights[1:3], lr=0.3 * options.get("lr", 1.0))
    if kind != "Rprop":
        second["weight_decay"] = 0.2
    weights[3].requires_grad_(False)
    return [dict(params=weights[:1]), second]


def run(name, kind, options, dtype):
    weights, kept, averages = start(dtype), [], []
    still = kind == "LBFGS"
    parameters = groups(kind, options, weights) if name.endswith(".grouped") else weights
    optimizer = getattr(torch.optim, kind)(parameters, **options)
    for t in range(1, max(KEPT) + 1):
        def closure():
            optimizer.zero_grad()
            value = loss(weights, 0 if still else t, still)
            value.backward()
            return value
        optimizer.step(closure)
        if t in KEPT:
            kept.append(flat(weights))
            if kind == "ASGD":
                averages.append(flat([optimizer.state[w]["ax"] if w.requires_grad else w for w in weights]))
    result = {name: numpy.stack(kept)}
    if averages:
        result[f"{name}.average"] = numpy.stack(averages)
    return result


def minimize(name, options, dtype):
    weights, kept, losses = start(dtype), [], []
    optimizer = torch.optim.LBFGS(weights, **options)
    for _ in range(4):
        def closure():
            optimizer.zero_grad()
            value = loss(weights, 0, True)
            value.backward()
            return value
        optimizer.step(closure)
        kept.append(flat(weights))
        losses.append(loss(weights, 0, True).item())
    return {name: numpy.stack(kept), f"losses.{name}": numpy.array(losses)}


def everything(dtype):
    tensors = {}
    for name, (kind, options) in CASES.items():
        tensors |= run(name, kind, options, dtype)
    for name, options in MINIMIZED.items():
        tensors |= minimize(name, options, dtype)
    return tensors


wide = everything(torch.float64)
if "--float32" in sys.argv:
    narrow = everything(torch.float32)
    for name, numbers in wide.items():
        print(f"{name:20} {numpy.abs(narrow[name] - numbers).max() / numpy.abs(numbers).max():.1e}")
else:
    save_file(wide, sys.argv[1])
    print(f"{len(wide)} tensors in {sys.argv[1]}")
