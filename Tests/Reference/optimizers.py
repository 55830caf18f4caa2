"""Reference numbers of Tests/RecurrentTrainingTests/OptimizerTests.swift, in float64 from the published formulas.

Five weights follow the slopes  c[i] * w[i] + cos(0.1 * t * (i + 1))  for 100 updates t = 1...100.
With an interpreter that has PyTorch the same runs are repeated there and compared.

    python3 Tests/Reference/optimizers.py
"""
import numpy as np

START = np.array([0.5, -1.0, 1.5, -2.0, 2.5])
CURVATURE = np.array([0.3, 0.7, 1.1, 0.2, 0.5])
UPDATES = 100


def slope(w, t):
    return CURVATURE * w + np.cos(0.1 * t * np.arange(1, 6))


def sgd(rate, momentum=0.0, nesterov=False, decay=0.0):
    w, direction = START.copy(), None
    for t in range(1, UPDATES + 1):
        g = slope(w, t) + decay * w
        if momentum:
            direction = g if direction is None else momentum * direction + g
            g = g + momentum * direction if nesterov else direction
        w = w - rate * g
    return w


def adam(rate, beta1=0.9, beta2=0.999, epsilon=1e-8, decay=0.0, decoupled=False):
    w, m, v = START.copy(), np.zeros(5), np.zeros(5)
    for t in range(1, UPDATES + 1):
        g = slope(w, t)
        if decoupled:
            w = w * (1 - rate * decay)
        else:
            g = g + decay * w
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        w = w - rate * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + epsilon)
    return w


CASES = {
    "plain": (sgd(0.05), "SGD", dict(lr=0.05)),
    "decayed": (sgd(0.05, decay=0.1), "SGD", dict(lr=0.05, weight_decay=0.1)),
    "momentum": (sgd(0.02, 0.9, decay=0.05), "SGD", dict(lr=0.02, momentum=0.9, weight_decay=0.05)),
    "nesterov": (
        sgd(0.02, 0.8, True, 0.05),
        "SGD",
        dict(lr=0.02, momentum=0.8, nesterov=True, weight_decay=0.05),
    ),
    "adam": (adam(0.03), "Adam", dict(lr=0.03)),
    "adamDecayed": (
        adam(0.03, 0.8, 0.95, 1e-4, 0.1),
        "Adam",
        dict(lr=0.03, betas=(0.8, 0.95), eps=1e-4, weight_decay=0.1),
    ),
    "adamW": (adam(0.03, decay=0.01, decoupled=True), "AdamW", dict(lr=0.03)),
    "adamWStrong": (
        adam(0.03, 0.85, 0.97, 1e-6, 0.3, True),
        "AdamW",
        dict(lr=0.03, betas=(0.85, 0.97), eps=1e-6, weight_decay=0.3),
    ),
}


def with_pytorch(kind, options):
    import torch

    w = torch.tensor(START, requires_grad=True)
    optimizer = getattr(torch.optim, kind)([w], **options)
    for t in range(1, UPDATES + 1):
        w.grad = torch.tensor(slope(w.detach().numpy(), t))
        optimizer.step()
    return w.detach().numpy()


for name, (weights, kind, options) in CASES.items():
    print(name, ", ".join(f"{weight:.12f}" for weight in weights))
    try:
        difference = np.abs(with_pytorch(kind, options) - weights).max()
        print(f"  largest difference from PyTorch {difference:.1e}")
    except ImportError:
        pass
