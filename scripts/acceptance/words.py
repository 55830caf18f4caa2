"""A text in the form of Mikolov's Penn Treebank files, and what counting words makes of it."""

import collections
import math
import re


def penn_treebank_form(text, vocabulary_size=2000, held=0.1):
    """The training and the held-back part (the end) of a text: lower case, no punctuation, numbers as N, a line a
    sentence with <eos> at its end, words beyond the most frequent ones of the training part as <unk>."""
    lines = []
    for line in text.lower().splitlines():
        words = ["N" if re.fullmatch(r"\d+", word) else word for word in re.findall(r"[a-z']*[a-z]|\d+", line)]
        if words:
            lines.append([*words, "<eos>"])
    cut = int(len(lines) * (1 - held))
    counts = collections.Counter(word for line in lines[:cut] for word in line)
    known = {word for word, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:vocabulary_size - 1]}

    def part(lines):
        return [word if word in known else "<unk>" for line in lines for word in line]

    return part(lines[:cut]), part(lines[cut:])


def kneser_ney(training, held, order=3, discount=0.75):
    """The perplexity of an interpolated n-gram model (Kneser and Ney 1995) on the held-back words."""
    counts = [collections.Counter() for _ in range(order)]
    for n in range(order):
        counts[n].update(tuple(training[i:i + n + 1]) for i in range(len(training) - n))
    # Below the highest order a word counts as often as there are different words before it.
    for n in range(order - 2, -1, -1):
        counts[n] = collections.Counter(gram[1:] for gram in counts[n + 1])
    totals = [collections.Counter() for _ in range(order)]
    kinds = [collections.Counter() for _ in range(order)]
    for n in range(order):
        for gram, count in counts[n].items():
            totals[n][gram[:-1]] += count
            kinds[n][gram[:-1]] += 1
    size = len(set(training))

    def probability(word, past):
        if not past:
            lower = 1 / size
        else:
            lower = probability(word, past[1:])
        total = totals[len(past)][past]
        if total == 0:
            return lower
        count = counts[len(past)][(*past, word)]
        return (max(count - discount, 0) + discount * kinds[len(past)][past] * lower) / total

    words = training[len(training) - order + 1:] + held
    logs = [math.log(probability(words[i], tuple(words[i - order + 1:i]))) for i in range(order - 1, len(words))]
    return math.exp(-sum(logs) / len(logs))
