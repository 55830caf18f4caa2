"""Expected numbers for every cell over trees, from its equations in float64.

    python trees.py ../Fixtures/trees.safetensors

Needs numpy and safetensors. A function gives the state of one node from the states of its children, written from the paper: no
shared code with the package. Trees are nested tuples here, walked by recursion; the package gets the number of children of each
node, children before parents. Matrices lie as the package's documentation says."""

import sys

import numpy

from safetensors.numpy import save_file

random = numpy.random.default_rng(31)
tensors = {}
INPUT, HIDDEN = 3, 5
WORD, HEAD = "word", "head"
COMB = WORD
for _ in range(7):
    COMB = (COMB, WORD)
BINARY = [(WORD, (WORD, WORD)), WORD, ((WORD, WORD), ((WORD, (WORD,)), WORD)), (((WORD,),), (WORD, WORD)), COMB]
HEADED = [(HEAD, WORD, (HEAD, WORD), (HEAD, WORD, WORD, (HEAD, WORD))), WORD, (WORD, (HEAD, WORD)), (HEAD, (WORD, WORD), WORD)]
ANY = BINARY + [(WORD, WORD, (WORD, WORD, WORD), (WORD,), WORD), ((((WORD, WORD, WORD),), WORD),)]


def sigmoid(a):
    return 1 / (1 + numpy.exp(-a))


def block(matrix, k):
    return matrix[k * HIDDEN:(k + 1) * HIDDEN]


def two(children):
    """The states h of a left and a right child, zero where one lacks."""
    return [child[0] for child in children] + [numpy.zeros(HIDDEN)] * (2 - len(children))


def recursive(w, x, children):
    if x is not None:
        return numpy.tanh(w["weight_word"] @ x + w["bias_word"]), None
    left, right = two(children)
    return numpy.tanh(
        w["weight_children"][:, :HIDDEN] @ left + w["weight_children"][:, HIDDEN:] @ right + w["bias_children"]), None


def rntn(w, x, children):
    if x is not None:
        return numpy.tanh(w["weight_word"] @ x + w["bias_word"]), None
    p = numpy.concatenate(two(children))
    units = []
    for k in range(HIDDEN):
        v = w["weight_tensor"][k * 2 * HIDDEN:(k + 1) * 2 * HIDDEN]
        units.append(p @ v @ p + w["weight_children"][k] @ p + w["bias_children"][k])
    return numpy.tanh(numpy.array(units)), None


def tree_lstm_sum(w, x, children):
    if x is not None:
        i, o, g = (block(w["weight_word"], k) @ x + block(w["bias"], k) for k in range(3))
        c = sigmoid(i) * numpy.tanh(g)
    else:
        total = sum(h for h, _ in children)
        i, o, g = (block(w["weight_sum"], k) @ total + block(w["bias"], k) for k in range(3))
        c = sigmoid(i) * numpy.tanh(g)
        for h, memory in children:
            c = c + sigmoid(w["weight_forget"] @ h + w["bias_forget"]) * memory
    return sigmoid(o) * numpy.tanh(c), c


def tree_lstm(w, x, children):
    if x is not None:
        i, o, g = (block(w["weight_word"], k) @ x + block(w["bias"], k) for k in range(3))
        c = sigmoid(i) * numpy.tanh(g)
    else:
        def gate(k):
            rows = block(w["weight_children"], k)
            return sum(rows[:, l * HIDDEN:(l + 1) * HIDDEN] @ h for l, (h, _) in enumerate(children)) + block(w["bias"], k)
        c = sigmoid(gate(0)) * numpy.tanh(gate(2))
        for k, (_, memory) in enumerate(children):
            c = c + sigmoid(gate(3 + k)) * memory
        o = gate(1)
    return sigmoid(o) * numpy.tanh(c), c


def tree_lstm_head(w, x, children):
    x = numpy.zeros(INPUT) if x is None else x
    total = sum((h for h, _ in children), numpy.zeros(HIDDEN))
    i, o, g = (block(w["weight_word"], k) @ x + block(w["weight_sum"], k) @ total + block(w["bias"], k) for k in range(3))
    c = sigmoid(i) * numpy.tanh(g)
    for h, memory in children:
        c = c + sigmoid(w["weight_head"] @ x + w["weight_forget"] @ h + w["bias_forget"]) * memory
    return sigmoid(o) * numpy.tanh(c), c


def below(tree):
    """The children of a node; the first entry of a tuple may be its own word."""
    return [] if tree == WORD else [child for child in tree if child != HEAD]


def walk(step, w, tree, words, outputs):
    children = [walk(step, w, child, words, outputs) for child in below(tree)]
    state = step(w, next(words) if tree == WORD or tree[0] == HEAD else None, children)
    outputs.append(state[0])
    return state


def counts(tree):
    return [count for child in below(tree) for count in counts(child)] + [len(below(tree))]


def heads(tree):
    return [head for child in below(tree) for head in heads(child)] + [int(tree != WORD and tree[0] == HEAD)]


# The step, its trees, and the shapes of its weights.
TWO_MAPS = {"weight_word": (HIDDEN, INPUT), "bias_word": (HIDDEN,), "weight_children": (HIDDEN, 2 * HIDDEN), "bias_children": (HIDDEN,)}
CELLS = {
    "recursive": (recursive, "binary", TWO_MAPS),
    "rntn": (rntn, "binary", TWO_MAPS | {"weight_tensor": (HIDDEN * 2 * HIDDEN, 2 * HIDDEN)}),
    "tree-lstm-sum": (tree_lstm_sum, "any", {
        "weight_word": (3 * HIDDEN, INPUT), "weight_sum": (3 * HIDDEN, HIDDEN), "bias": (3 * HIDDEN,),
        "weight_forget": (HIDDEN, HIDDEN), "bias_forget": (HIDDEN,)}),
    "tree-lstm": (tree_lstm, "binary", {
        "weight_word": (3 * HIDDEN, INPUT), "weight_children": (5 * HIDDEN, 2 * HIDDEN), "bias": (5 * HIDDEN,)}),
    "tree-lstm-head": (tree_lstm_head, "any", {
        "weight_word": (3 * HIDDEN, INPUT), "weight_sum": (3 * HIDDEN, HIDDEN), "bias": (3 * HIDDEN,),
        "weight_head": (HIDDEN, INPUT), "weight_forget": (HIDDEN, HIDDEN), "bias_forget": (HIDDEN,)}),
}

forests = {"binary": BINARY, "any": ANY}
for name, trees in forests.items():
    shapes = [counts(tree) for tree in trees]
    tensors[f"{name}.sizes"] = numpy.array([len(shape) for shape in shapes], float)
    tensors[f"{name}.counts"] = numpy.array([count for shape in shapes for count in shape], float)
    tensors[f"{name}.words"] = random.normal(size=(sum(shape.count(0) for shape in shapes), INPUT))
for name, (step, forest, shapes) in CELLS.items():
    weights = {key: random.normal(size=shape) * 0.5 for key, shape in shapes.items()}
    tensors |= {f"{name}.{key}": value for key, value in weights.items()}
    words, outputs = iter(tensors[f"{forest}.words"]), []
    for tree in forests[forest]:
        walk(step, weights, tree, words, outputs)
    tensors[f"{name}.outputs"] = numpy.array(outputs)

# Drawn after all others, whose numbers so stay what they are.
shapes = [counts(tree) for tree in HEADED]
marks = [heads(tree) for tree in HEADED]
tensors["headed.sizes"] = numpy.array([len(shape) for shape in shapes], float)
tensors["headed.counts"] = numpy.array([count for shape in shapes for count in shape], float)
tensors["headed.heads"] = numpy.array([mark for tree in marks for mark in tree], float)
tensors["headed.words"] = random.normal(size=(sum(shape.count(0) for shape in shapes) + sum(map(sum, marks)), INPUT))
weights = {key: tensors[f"tree-lstm-head.{key}"] for key in CELLS["tree-lstm-head"][2]}
words, outputs = iter(tensors["headed.words"]), []
for tree in HEADED:
    walk(tree_lstm_head, weights, tree, words, outputs)
tensors["tree-lstm-head.headed.outputs"] = numpy.array(outputs)

save_file({name: numpy.ascontiguousarray(value) for name, value in tensors.items()}, sys.argv[1])
