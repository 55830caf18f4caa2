"""The recurrences as plain equations, step by step, in float64: the reference for the forms that no peer has,
and a second opinion on the peers for those that they have."""

import torch

GATES = {"elman": 1, "lstm": 4, "gru": 3}
ACTIVATIONS = {"tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid, "linear": lambda value: value}


def suffixes(case):
    """The key suffix and the direction of every single recurrence of a case, layer by layer."""
    directions = {"forward": [("", False)], "backward": [("", True)], "bidirectional": [("", False), ("_reverse", True)]}
    return [[(f"_l{layer}{suffix}", reverse) for suffix, reverse in directions[case["direction"]]]
            for layer in range(case["layers"])]


def step(case, weights, suffix, x, state, seen):
    """One time step: the next state of every row. `seen` collects the arguments of the Elman activation."""
    hidden = state["hidden"]
    ih = x @ weights["weight_ih" + suffix].T
    hh = lambda h, rows=slice(None): h @ weights["weight_hh" + suffix][rows].T + bias_hh[rows]
    size = case["hiddenSize"]
    zero = torch.zeros(GATES[case["cell"]] * size, dtype=x.dtype)
    ih, bias_hh = ih + weights.get("bias_ih" + suffix, zero), weights.get("bias_hh" + suffix, zero)
    gate = lambda value, index: value[:, index * size:(index + 1) * size]
    if case["cell"] == "elman":
        argument = ih + hh(hidden)
        seen.append(argument)
        return {"hidden": ACTIVATIONS[case["activation"]](argument)}
    if case["cell"] == "lstm":
        total = ih + hh(hidden)
        input_gate, forget_gate = torch.sigmoid(gate(total, 0)), torch.sigmoid(gate(total, 1))
        candidate, output_gate = torch.tanh(gate(total, 2)), torch.sigmoid(gate(total, 3))
        cell = forget_gate * state["cell"] + input_gate * candidate
        return {"hidden": output_gate * torch.tanh(cell), "cell": cell}
    recurrent = hh(hidden)
    reset = torch.sigmoid(gate(ih, 0) + gate(recurrent, 0))
    update = torch.sigmoid(gate(ih, 1) + gate(recurrent, 1))
    if case["reset"] == "after":
        candidate = torch.tanh(gate(ih, 2) + reset * gate(recurrent, 2))
    else:
        candidate = torch.tanh(gate(ih, 2) + hh(reset * hidden, slice(2 * size, 3 * size)))
    return {"hidden": (1 - update) * candidate + update * hidden}


def merged(case, outputs):
    if len(outputs) == 1:
        return outputs[0]
    if case["merge"] == "concatenate":
        return torch.cat(outputs, dim=2)
    return (outputs[0] + outputs[1]) * (1.0 if case["merge"] == "sum" else 0.5)


def zero_state(case):
    names = ["hidden", "cell"] if case["cell"] == "lstm" else ["hidden"]
    return {name: torch.zeros(case["batch"], case["hiddenSize"], dtype=torch.float64) for name in names}


def given_state(case, initial, suffix):
    return {name: initial.get(name + suffix, zero) for name, zero in zero_state(case).items()}


def run(case, weights, x, initial, seen=None):
    """Outputs `[batch, time, features]`, zero past each row's length, and the final states by name."""
    seen = [] if seen is None else seen
    time = x.shape[1]
    lengths = torch.tensor(case["lengths"] or [time] * case["batch"])
    finals = {}
    for layer in suffixes(case):
        outputs = []
        for suffix, reverse in layer:
            state, steps = given_state(case, initial, suffix), [None] * time
            for t in reversed(range(time)) if reverse else range(time):
                valid = (t < lengths)[:, None]
                following = step(case, weights, suffix, x[:, t], state, seen)
                state = {name: torch.where(valid, following[name], state[name]) for name in state}
                steps[t] = torch.where(valid, following["hidden"], torch.zeros_like(following["hidden"]))
            outputs.append(torch.stack(steps, dim=1))
            finals.update({name + suffix: value for name, value in state.items()})
        x = merged(case, outputs)
    return x, finals
