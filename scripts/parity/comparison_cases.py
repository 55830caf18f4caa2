"""Writes what PyTorch makes in float64 of the structures that recurrent networks are compared with.

    comparison_cases.py Tests/Fixtures/comparison-parity.safetensors

Multi-head self-attention and Transformer encoder layers are PyTorch's own; blocks of causal convolutions are made of its
convolutions with its weight normalisation. A case has weights, an input, lengths, an upstream gradient for the outputs of valid
steps, and the outputs and gradients; the names of the weights are the package's."""

import sys

import numpy
import torch
from safetensors.numpy import save_file
from torch import nn
from torch.nn.utils.parametrizations import weight_norm

torch.manual_seed(41)
torch.set_default_dtype(torch.float64)
BATCH, STEPS, SIZE, HEADS, FORWARD = 4, 9, 12, 3, 17
LENGTHS = [9, 2, 6, 1]
tensors = {"lengths": numpy.array(LENGTHS, dtype=numpy.float64)}
padding = torch.arange(STEPS)[None, :] >= torch.tensor(LENGTHS)[:, None]
later = torch.triu(torch.ones(STEPS, STEPS, dtype=torch.bool), 1)


class Block(nn.Module):
    """Two causal convolutions and a way around them."""

    def __init__(self, inputs, outputs, size, dilation):
        super().__init__()
        self.left = (size - 1) * dilation
        self.conv1 = weight_norm(nn.Conv1d(inputs, outputs, size, dilation=dilation))
        self.conv2 = weight_norm(nn.Conv1d(outputs, outputs, size, dilation=dilation))
        self.downsample = nn.Linear(inputs, outputs) if inputs != outputs else nn.Identity()

    def forward(self, x):
        y = x.transpose(1, 2)
        for convolution in (self.conv1, self.conv2):
            y = torch.relu(convolution(nn.functional.pad(y, (self.left, 0))))
        return torch.relu(y.transpose(1, 2) + self.downsample(x))


def own_name(name):
    return name.replace(".parametrizations.weight.original0", ".weight_g").replace(".parametrizations.weight.original1", ".weight_v")


def record(case, module, size, run):
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(torch.randn_like(parameter) * 0.5)
    x = torch.randn(BATCH, STEPS, size, requires_grad=True)
    outputs = run(module, x).masked_fill(padding[:, :, None], 0)
    upstream = torch.randn_like(outputs)
    (outputs * upstream).sum().backward()
    tensors.update({f"{case}.input": x, f"{case}.upstream": upstream, f"{case}.outputs": outputs, f"{case}.gradient.input": x.grad})
    for name, parameter in module.named_parameters():
        # The package keeps one length for each output.
        shape = (-1,) if name.endswith("original0") else parameter.shape
        tensors[f"{case}.weights.{own_name(name)}"] = parameter.reshape(shape)
        tensors[f"{case}.gradient.{own_name(name)}"] = parameter.grad.reshape(shape)


for end, mask in (("", None), (".causal", later)):
    record(f"heads{end}", nn.MultiheadAttention(SIZE, HEADS, batch_first=True), SIZE, lambda module, x: module(
        x, x, x, key_padding_mask=padding, attn_mask=mask, need_weights=False)[0])
    for place in ("before", "after"):
        layer = nn.TransformerEncoderLayer(SIZE, HEADS, FORWARD, dropout=0, batch_first=True, norm_first=place == "before")
        record(f"layer.{place}{end}", layer, SIZE, lambda module, x: module(x, src_mask=mask, src_key_padding_mask=padding))
network = nn.Sequential(Block(5, 7, 3, 1), Block(7, 7, 3, 2), Block(7, 7, 3, 4))
record("network", nn.ModuleDict({"network": network}), 5, lambda module, x: network(x))

arrays = {name: value.detach().numpy() if torch.is_tensor(value) else value for name, value in tensors.items()}
save_file({name: numpy.ascontiguousarray(value, dtype=numpy.float64) for name, value in arrays.items()}, sys.argv[1])
