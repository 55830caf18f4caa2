"""Expected numbers for the likelihood losses, from torch.distributions in float64, with gradients by autograd.

    python likelihoods.py ../Fixtures/likelihoods.safetensors

Needs torch and safetensors."""

import sys

import torch
from safetensors.torch import save_file

torch.manual_seed(21)
torch.set_default_dtype(torch.float64)
lengths = [4, 0, 2]
shape = (3, 4, 2)
tensors = {}


def positive(low, high):
    return low * (high / low) ** torch.rand(shape)


weights = 0.2 + 1.8 * torch.rand(shape)
weights[0, 1, 0] = weights[2, 0, 1] = 0
tensors["weights"] = weights
location = torch.randn(shape)
mean = positive(0.05, 500)
cases = {
    "gaussian": (
        (location, positive(0.05, 5)), location + 2 * torch.randn(shape),
        lambda p: torch.distributions.Normal(p[..., 0], p[..., 1])),
    "student-t": (
        (location, positive(0.05, 5), positive(0.7, 60)), location + 4 * torch.randn(shape),
        lambda p: torch.distributions.StudentT(p[..., 2], p[..., 0], p[..., 1])),
    "negative-binomial": (
        (mean, positive(0.002, 8)), torch.poisson(mean * positive(0.3, 2)),
        lambda p: torch.distributions.NegativeBinomial(
            1 / p[..., 1], probs=p[..., 0] * p[..., 1] / (1 + p[..., 0] * p[..., 1]))),
}
cases["negative-binomial"][1][0, 2, 1] = cases["negative-binomial"][1][2, 1, 0] = 0

for name, (parameters, target, distribution) in cases.items():
    parameters = torch.stack(parameters, dim=-1)
    tensors[f"{name}.parameters"], tensors[f"{name}.target"] = parameters, target
    for with_lengths in (False, True):
        for weighted in (False, True):
            own = parameters.clone().requires_grad_()
            counted = weights.clone() if weighted else torch.ones(shape)
            for row, length in enumerate(lengths if with_lengths else []):
                counted[row, length:] = 0
            total = -(distribution(own).log_prob(target) * counted).sum()
            total.backward()
            kind = name + (".lengths" if with_lengths else "") + (".weights" if weighted else "")
            tensors[f"{kind}.sum"] = total.detach()
            tensors[f"{kind}.mean"] = (total / counted.sum()).detach()
            tensors[f"{kind}.gradient"] = own.grad

numbers = 10 ** torch.linspace(-3, 6, 60)
tensors["gamma.numbers"] = numbers
tensors["gamma.logarithm"] = torch.lgamma(numbers)
tensors["gamma.digamma"] = torch.digamma(numbers)

save_file({name: value.contiguous() for name, value in tensors.items()}, sys.argv[1])
print(f"{len(tensors)} tensors in {sys.argv[1]}")
