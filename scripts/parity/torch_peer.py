"""The cases on PyTorch's own recurrent modules, in float64 and with packed sequences."""

import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from equations import given_state, merged, suffixes

NAME = "PyTorch"


def has(case):
    if case["inputSize"] == 0:
        return False
    return case["cell"] == "lstm" or case.get("reset") == "after" or case.get("activation") in ("tanh", "relu")


def module_of(case, input_size, layers, bidirectional):
    options = dict(bias=case["hasBias"], batch_first=True, bidirectional=bidirectional, dtype=torch.float64)
    if case["cell"] == "elman":
        return torch.nn.RNN(input_size, case["hiddenSize"], layers, nonlinearity=case["activation"], **options)
    kind = torch.nn.LSTM if case["cell"] == "lstm" else torch.nn.GRU
    return kind(input_size, case["hiddenSize"], layers, **options)


def reversed_rows(x, lengths):
    """Every row backwards within its own length; what lies past the length stays."""
    t = torch.arange(x.shape[1])[None, :]
    ends = torch.tensor(lengths)[:, None]
    index = torch.where(t < ends, ends - 1 - t, t)
    return torch.gather(x, 1, index[:, :, None].expand(-1, -1, x.shape[2]))


def through(case, module, x, lengths, states):
    """Runs one module; rows of length zero, which packing refuses, are left out and put back."""
    rows = torch.tensor([row for row, length in enumerate(lengths) if length > 0], dtype=torch.long)
    width = case["hiddenSize"] * (2 if module.bidirectional else 1)
    outputs = torch.zeros(x.shape[0], x.shape[1], width, dtype=torch.float64)
    if len(rows) == 0:
        return outputs, states
    packed = pack_padded_sequence(x[rows], [lengths[row] for row in rows], batch_first=True, enforce_sorted=False)
    kept = [state[:, rows] for state in states]
    result, final = module(packed, tuple(kept) if case["cell"] == "lstm" else kept[0])
    padded, _ = pad_packed_sequence(result, batch_first=True, total_length=x.shape[1])
    finals = final if case["cell"] == "lstm" else (final,)
    return outputs.index_copy(0, rows, padded), [
        state.index_copy(1, rows, value) for state, value in zip(states, finals)]


def run(case, weights, x, initial):
    """Outputs, final states, and the parameters of the modules by their names in the case."""
    lengths = case["lengths"] or [x.shape[1]] * case["batch"]
    names = ["hidden", "cell"] if case["cell"] == "lstm" else ["hidden"]
    parameters, finals = {}, {}

    def called(x, keys, bidirectional, reverse):
        module = module_of(case, x.shape[2], len(keys) // (2 if bidirectional else 1), bidirectional)
        own = [suffix for layer in range(module.num_layers) for suffix in
               ([f"_l{layer}", f"_l{layer}_reverse"] if bidirectional else [f"_l{layer}"])]
        named = dict(module.named_parameters())
        with torch.no_grad():
            for mine, theirs in zip(keys, own):
                for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
                    if kind + theirs in named:
                        named[kind + theirs].copy_(weights[kind + mine])
                        parameters[kind + mine] = named[kind + theirs]
        given = [given_state(case, initial, key) for key in keys]
        states = [torch.stack([state[name] for state in given]) for name in names]
        outputs, last = through(case, module, reversed_rows(x, lengths) if reverse else x, lengths, states)
        for name, value in zip(names, last):
            finals.update({name + key: value[index] for index, key in enumerate(keys)})
        return reversed_rows(outputs, lengths) if reverse else outputs

    layers = suffixes(case)
    if case["direction"] == "forward" or (case["direction"] == "bidirectional" and case["merge"] == "concatenate"):
        keys = [key for layer in layers for key, _ in layer]
        return called(x, keys, case["direction"] == "bidirectional", False), finals, parameters
    for layer in layers:
        x = merged(case, [called(x, [key], False, reverse) for key, reverse in layer])
    return x, finals, parameters


def gradients_in_our_layout(case, gradients):
    return gradients
