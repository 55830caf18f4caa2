"""The cases on Keras' recurrent layers (PyTorch backend), in float64 and with masks."""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import keras
import torch
from keras.src.backend.common import dtypes

from equations import given_state, suffixes

NAME = "Keras"
# On this backend Keras narrows every float64 result to float32 unless its table says otherwise.
dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"
keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")


def has(case):
    return case["inputSize"] > 0


def blocks(case, weight):
    """Rows of a weight by gate, in the other library's gate order (a swap that is its own inverse)."""
    size = case["hiddenSize"]
    if case["cell"] != "gru":
        return weight
    return torch.cat([weight[size:2 * size], weight[:size], weight[2 * size:]])


def keras_layer(case, reverse):
    options = dict(units=case["hiddenSize"], use_bias=case["hasBias"], return_sequences=True, return_state=True,
                   zero_output_for_mask=True, go_backwards=reverse)
    if case["cell"] == "elman":
        return keras.layers.SimpleRNN(activation=case["activation"], **options)
    if case["cell"] == "lstm":
        return keras.layers.LSTM(**options)
    return keras.layers.GRU(reset_after=case["reset"] == "after", **options)


def load(case, layer, weights, suffix, parameters):
    """Copies the weights of one recurrence in, and remembers the variables for the gradients."""
    cell = layer.cell
    values = [blocks(case, weights["weight_ih" + suffix]).T, blocks(case, weights["weight_hh" + suffix]).T]
    variables = [cell.kernel, cell.recurrent_kernel]
    if case["hasBias"]:
        pair = [blocks(case, weights["bias_ih" + suffix]), blocks(case, weights["bias_hh" + suffix])]
        values.append(torch.stack(pair) if case.get("reset") == "after" else pair[0] + pair[1])
        variables.append(cell.bias)
    for variable, value in zip(variables, values):
        variable.assign(value.detach())
    parameters.update({kind + suffix: variable.value for kind, variable in
                       zip(("kernel", "recurrent", "bias"), variables)})


def run(case, weights, x, initial):
    """Outputs, final states, and the variables of the layers by a name of their own."""
    names = ["hidden", "cell"] if case["cell"] == "lstm" else ["hidden"]
    mask = None
    if case["lengths"]:
        mask = torch.arange(x.shape[1])[None, :] < torch.tensor(case["lengths"])[:, None]
    parameters, finals = {}, {}
    for layer in suffixes(case):
        states = [given_state(case, initial, suffix)[name] for suffix, _ in layer for name in names]
        if case["direction"] == "bidirectional":
            merge = {"concatenate": "concat", "sum": "sum", "mean": "ave"}[case["merge"]]
            recurrent = keras.layers.Bidirectional(keras_layer(case, False), merge_mode=merge)
            recurrent.build(x.shape)
            parts = [recurrent.forward_layer, recurrent.backward_layer]
        else:
            recurrent = keras_layer(case, case["direction"] == "backward")
            recurrent.build(x.shape)
            parts = [recurrent]
        for part, (suffix, _) in zip(parts, layer):
            load(case, part, weights, suffix, parameters)
        x, *last = recurrent(x, mask=mask, initial_state=states)
        if case["direction"] == "backward":
            x = torch.flip(x, dims=(1,))
        keys = [name + suffix for suffix, _ in layer for name in names]
        finals.update(zip(keys, last))
    return x, finals, parameters


def gradients_in_our_layout(case, gradients):
    result = {}
    for name, gradient in gradients.items():
        if name.startswith("kernel"):
            result[name.replace("kernel", "weight_ih")] = blocks(case, gradient.T)
        elif name.startswith("recurrent"):
            result[name.replace("recurrent", "weight_hh")] = blocks(case, gradient.T)
        else:
            pair = gradient if case.get("reset") == "after" else (gradient, gradient)
            for index, kind in enumerate(("bias_ih", "bias_hh")):
                result[name.replace("bias", kind)] = blocks(case, pair[index])
    return result
