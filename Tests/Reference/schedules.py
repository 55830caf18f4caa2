"""Reference factors of Tests/RecurrentTrainingTests/Schedules/ScheduleParityTests.swift: PyTorch's schedulers.

    /path/with/torch/python schedules.py ../Fixtures/schedules.safetensors

The fixture holds the factors of the learning rate in 100 steps, and for `plateau` those after each of the losses that
are stored beside it."""

import sys

import numpy
import torch
from safetensors.numpy import save_file
from torch.optim import lr_scheduler as schedulers

STEPS = 100


def factors(make):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = make(optimizer)
    result = []
    for _ in range(STEPS):
        result.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return numpy.array(result)


def warm(steps, following):
    def make(optimizer):
        rise = schedulers.LinearLR(optimizer, start_factor=1 / steps, total_iters=steps - 1)
        return schedulers.SequentialLR(optimizer, [rise, following(optimizer)], milestones=[steps])
    return make


CASES = {
    "step": lambda o: schedulers.StepLR(o, 30, gamma=0.3),
    "multiStep": lambda o: schedulers.MultiStepLR(o, [7, 30, 30, 81], gamma=0.4),
    "exponential": lambda o: schedulers.ExponentialLR(o, 0.97),
    "linear": lambda o: schedulers.LinearLR(o, start_factor=0.2, end_factor=0.9, total_iters=41),
    "polynomial": lambda o: schedulers.PolynomialLR(o, total_iters=73, power=1.7),
    "cosine": lambda o: schedulers.CosineAnnealingLR(o, T_max=99, eta_min=0.05),
    "restarts": lambda o: schedulers.CosineAnnealingWarmRestarts(o, T_0=17, eta_min=0.1),
    "restarts.growing": lambda o: schedulers.CosineAnnealingWarmRestarts(o, T_0=9, T_mult=2),
    "oneCycle": lambda o: schedulers.OneCycleLR(o, 1.0, total_steps=101),
    "oneCycle.late": lambda o: schedulers.OneCycleLR(
        o, 1.0, total_steps=150, pct_start=0.45, div_factor=7, final_div_factor=90),
    "warmup.step": warm(13, lambda o: schedulers.StepLR(o, 20, gamma=0.5)),
    "warmup.cosine": warm(8, lambda o: schedulers.CosineAnnealingLR(o, T_max=91)),
}

tensors = {name: factors(make) for name, make in CASES.items()}
random = numpy.random.default_rng(4)
losses = numpy.abs(3 * numpy.exp(-numpy.arange(STEPS) / 15) + 0.4 + random.normal(0, 0.05, STEPS))
for name, options in {"plateau": dict(factor=0.5, patience=3, threshold=1e-4),
                      "plateau.cooldown": dict(factor=0.6, patience=2, threshold=0.02, cooldown=4, min_lr=0.05)}.items():
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = schedulers.ReduceLROnPlateau(optimizer, **options)
    tensors[name] = numpy.zeros(STEPS)
    for step in range(STEPS):
        scheduler.step(losses[step])
        tensors[name][step] = optimizer.param_groups[0]["lr"]
tensors["losses"] = losses
save_file(tensors, sys.argv[1])
print(f"{len(tensors)} tensors in {sys.argv[1]}")
