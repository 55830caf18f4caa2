"""Expected numbers for attention, Transformer layers and encoders, from their equations in float64.

    python attention.py ../Fixtures/attention.safetensors

Needs numpy and safetensors. Every query is computed by itself, from the paper: no shared code with the package."""

import math
import sys

import numpy
from safetensors.numpy import save_file

random = numpy.random.default_rng(33)
tensors = {}
LENGTHS, STEPS, EPSILON = [5, 0, 3, 1], 5, 0.01


def draw(name, shapes, scale=0.6):
    """Weights `name.path` of these shapes."""
    weights = {path: random.normal(size=shape) * scale for path, shape in shapes.items()}
    tensors.update({f"{name}.{path}": weight for path, weight in weights.items()})
    return weights


def sigmoid(a):
    return 1 / (1 + numpy.exp(-a))


def softmax(scores):
    shares = numpy.array([math.exp(score) for score in scores])
    return shares / shares.sum()


def read(score, query, memory):
    """The weights of one query, and what it reads; nothing of an empty memory."""
    if len(memory) == 0:
        return numpy.zeros(0), None
    weights = softmax([score(query, key) for key in memory])
    return weights, sum(weight * value for weight, value in zip(weights, memory))


SCORES = {
    "additive": lambda w: lambda q, k: w["weight_score"] @ numpy.tanh(w["weight_query"] @ q + w["weight_key"] @ k),
    "dot": lambda w: lambda q, k: q @ k,
    "general": lambda w: lambda q, k: q @ w["weight"] @ k,
}


def score_shapes(name, query, key, units):
    return {"additive": {"weight_query": (units, query), "weight_key": (units, key), "weight_score": (units,)}, "dot": {},
            "general": {"weight": (query, key)}}[name]


# Attention: queries [4, 3, 4] over memories [4, 5, 4 or 6].
QUERY_LENGTHS = [3, 2, 3, 0]
queries = tensors["queries"] = random.normal(size=(4, 3, 4))
for name, score in SCORES.items():
    size = 4 if name == "dot" else 6
    weights = draw(name, score_shapes(name, 4, size, 7))
    memory = tensors[f"{name}.memory"] = random.normal(size=(4, STEPS, size))
    for is_causal in (False, True):
        context, shares = numpy.zeros((4, 3, size)), numpy.zeros((4, 3, STEPS))
        for row in range(4):
            for q in range(QUERY_LENGTHS[row]):
                seen = min(LENGTHS[row], q + 1) if is_causal else LENGTHS[row]
                given, value = read(score(weights), queries[row, q], memory[row, :seen])
                shares[row, q, :seen] = given
                if seen:
                    context[row, q] = value
        kind = f"{name}.causal" if is_causal else name
        tensors[f"{kind}.context"], tensors[f"{kind}.weights"] = context, shares

# LSTMs with attention over their own states.
INPUT, HIDDEN = 3, 5
inputs = tensors["inputs"] = random.normal(size=(4, STEPS, INPUT))
for name, score in SCORES.items():
    shapes = {"recurrent.weight_ih_l0": (4 * HIDDEN, INPUT), "recurrent.weight_hh_l0": (4 * HIDDEN, HIDDEN),
              "recurrent.bias_ih_l0": (4 * HIDDEN,), "recurrent.bias_hh_l0": (4 * HIDDEN,),
              "combination.weight": (HIDDEN, 2 * HIDDEN)}
    shapes |= {f"attention.{path}": shape for path, shape in score_shapes(name, HIDDEN, HIDDEN, HIDDEN).items()}
    w = draw(f"attention-{name}", shapes)
    judge = score({path.removeprefix("attention."): weight for path, weight in w.items()})
    outputs = numpy.zeros((4, STEPS, HIDDEN))
    for row, length in enumerate(LENGTHS):
        h, c, states = numpy.zeros(HIDDEN), numpy.zeros(HIDDEN), []
        for t in range(length):
            gates = (w["recurrent.weight_ih_l0"] @ inputs[row, t] + w["recurrent.bias_ih_l0"]
                     + w["recurrent.weight_hh_l0"] @ h + w["recurrent.bias_hh_l0"])
            i, f, g, o = gates.reshape(4, HIDDEN)
            c = sigmoid(f) * c + sigmoid(i) * numpy.tanh(g)
            h = sigmoid(o) * numpy.tanh(c)
            states.append(h)
            _, context = read(judge, h, states)
            outputs[row, t] = numpy.tanh(w["combination.weight"] @ numpy.concatenate([context, h]))
    tensors[f"attention-{name}.outputs"] = outputs


def norm(x, weight, bias):
    return weight * (x - x.mean()) / math.sqrt(((x - x.mean()) ** 2).mean() + EPSILON) + bias


def attended(w, name, x, t, heads, is_causal):
    """What step t of the sequence x reads, head by head."""
    size = x.shape[1]
    width = size // heads
    projected = [w[f"{name}in_proj_weight"] @ step + w[f"{name}in_proj_bias"] for step in x]
    parts = []
    for head in range(heads):
        place = slice(head * width, (head + 1) * width)
        q = projected[t][:size][place]
        seen = projected[:t + 1] if is_causal else projected
        shares = softmax([q @ step[size:2 * size][place] / math.sqrt(width) for step in seen])
        parts.append(sum(share * step[2 * size:][place] for share, step in zip(shares, seen)))
    return w[f"{name}out_proj.weight"] @ numpy.concatenate(parts) + w[f"{name}out_proj.bias"]


def layer(w, name, x, heads, is_causal, norm_first):
    def norm_of(which, step):
        return norm(step, w[f"{name}{which}.weight"], w[f"{name}{which}.bias"])

    def forward(step):
        hidden = numpy.maximum(0, w[f"{name}linear1.weight"] @ step + w[f"{name}linear1.bias"])
        return w[f"{name}linear2.weight"] @ hidden + w[f"{name}linear2.bias"]

    steps, between = range(len(x)), []
    asked = numpy.array([norm_of("norm1", step) for step in x]) if norm_first else x
    for t in steps:
        summed = x[t] + attended(w, f"{name}self_attn.", asked, t, heads, is_causal)
        between.append(summed if norm_first else norm_of("norm1", summed))
    if norm_first:
        return numpy.array([step + forward(norm_of("norm2", step)) for step in between])
    return numpy.array([norm_of("norm2", step + forward(step)) for step in between])


def positions(steps, size):
    angle = numpy.array([[t / 10000 ** (2 * (place // 2) / size) for place in range(size)] for t in steps])
    return numpy.where(numpy.arange(size) % 2 == 0, numpy.sin(angle), numpy.cos(angle))


tensors["positions.odd"] = positions(range(40), 5)
tensors["positions.late"] = positions(range(4998, 5000), 6)

SIZE, HEADS, FORWARD = 6, 3, 7


def attention_shapes(prefix=""):
    return {f"{prefix}in_proj_weight": (3 * SIZE, SIZE), f"{prefix}in_proj_bias": (3 * SIZE,),
            f"{prefix}out_proj.weight": (SIZE, SIZE), f"{prefix}out_proj.bias": (SIZE,)}


def layer_shapes(prefix=""):
    return attention_shapes(f"{prefix}self_attn.") | {
        f"{prefix}linear1.weight": (FORWARD, SIZE), f"{prefix}linear1.bias": (FORWARD,), f"{prefix}linear2.weight": (SIZE, FORWARD),
        f"{prefix}linear2.bias": (SIZE,), f"{prefix}norm1.weight": (SIZE,), f"{prefix}norm1.bias": (SIZE,),
        f"{prefix}norm2.weight": (SIZE,), f"{prefix}norm2.bias": (SIZE,)}


def over_rows(x, function):
    outputs = numpy.zeros((len(LENGTHS), STEPS, SIZE))
    for row, length in enumerate(LENGTHS):
        if length:
            outputs[row, :length] = function(x[row, :length])
    return outputs


wide = tensors["wide"] = random.normal(size=(4, STEPS, SIZE))
heads = draw("heads", attention_shapes())
one = draw("layer", layer_shapes())
stacks = {place: draw(f"transformer.{place}", {"input.weight": (SIZE, INPUT), "input.bias": (SIZE,)} | layer_shapes("layers.0.")
                      | layer_shapes("layers.1.") | ({"norm.weight": (SIZE,), "norm.bias": (SIZE,)} if place == "before" else {}))
          for place in ("before", "after")}
for is_causal in (False, True):
    end = "-causal" if is_causal else ""
    tensors[f"heads{end}.outputs"] = over_rows(
        wide, lambda x: numpy.array([attended(heads, "", x, t, HEADS, is_causal) for t in range(len(x))]))
    for place, w in stacks.items():
        first = place == "before"
        tensors[f"layer{end}.{place}.outputs"] = over_rows(wide, lambda x: layer(one, "", x, HEADS, is_causal, first))

        def encoded(x):
            x = numpy.array([w["input.weight"] @ step + w["input.bias"] for step in x]) + positions(range(len(x)), SIZE)
            for number in range(2):
                x = layer(w, f"layers.{number}.", x, HEADS, is_causal, first)
            return numpy.array([norm(step, w["norm.weight"], w["norm.bias"]) for step in x]) if first else x
        tensors[f"transformer{end}.{place}.outputs"] = over_rows(inputs, encoded)

save_file({name: numpy.ascontiguousarray(value) for name, value in tensors.items()}, sys.argv[1])
