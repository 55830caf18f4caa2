"""Weights and numbers of PyTorch's LSTM with a projection: two layers, both directions, in float64.

    python projected_lstm.py ../Fixtures/projected-lstm.safetensors

Needs torch and safetensors. Weights lie under the names of the state dictionary."""

import sys

import torch
from safetensors.torch import save_file
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

torch.manual_seed(7)
lstm = torch.nn.LSTM(3, 7, num_layers=2, bidirectional=True, proj_size=4, batch_first=True).double()
with torch.no_grad():
    for weight in lstm.parameters():
        weight.uniform_(-0.7, 0.7)
inputs = torch.randn(3, 6, 3, dtype=torch.float64, requires_grad=True)
packed = pack_padded_sequence(inputs, [6, 1, 4], batch_first=True, enforce_sorted=False)
outputs, (hidden, memory) = lstm(packed)
outputs = pad_packed_sequence(outputs, batch_first=True)[0]
(outputs.square().sum() + 2 * hidden.sum() - memory.tanh().sum()).backward()
tensors = dict(lstm.state_dict())
tensors |= {f"gradient.{name}": weight.grad for name, weight in lstm.named_parameters()}
tensors |= {"inputs": inputs.detach(), "gradient.inputs": inputs.grad, "outputs": outputs.detach(),
            "hidden": hidden.detach(), "memory": memory.detach()}
save_file({name: value.contiguous() for name, value in tensors.items()}, sys.argv[1])
