"""Matrices and the largest magnitude of their eigenvalues, from numpy.

    python spectral_radii.py ../Fixtures/spectral-radii.safetensors

Entries are multiples of 2^-10, which Float and Double hold alike."""

import sys

import numpy
from safetensors.numpy import save_file

random = numpy.random.default_rng(5)
matrices = {f"dense.{n}": random.uniform(-1, 1, size=(n, n)) for n in (2, 3, 7, 40, 90)}
sparse = random.uniform(-1, 1, size=(70, 70))
for row in sparse:
    row[random.permutation(70)[5:]] = 0
symmetric = random.normal(size=(12, 12))
turns = numpy.zeros((10, 10))
for k in range(5):
    angle, length = random.uniform(0, 6), 1 + 0.01 * k
    turns[2 * k:2 * k + 2, 2 * k:2 * k + 2] = length * numpy.array([[numpy.cos(angle), -numpy.sin(angle)], [numpy.sin(angle), numpy.cos(angle)]])
basis = numpy.linalg.qr(random.normal(size=(10, 10)))[0]
matrices |= {"sparse": sparse, "symmetric": symmetric + symmetric.T, "turns": basis @ turns @ basis.T,
             "positive": random.uniform(0, 1, size=(25, 25)), "low rank": random.normal(size=(15, 2)) @ random.normal(size=(2, 15))}
tensors = {}
for name, matrix in matrices.items():
    matrix = numpy.round(matrix * 1024) / 1024
    tensors[name] = matrix
    tensors[f"{name}.radius"] = numpy.array(abs(numpy.linalg.eigvals(matrix)).max())
save_file(tensors, sys.argv[1])
