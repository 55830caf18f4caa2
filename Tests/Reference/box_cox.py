"""Reference powers of Tests/RecurrentDataTests/BoxCoxTests.swift: scipy's maximum likelihood estimates.

    /path/with/scipy/python box_cox.py ../Fixtures/box-cox.json

Each case has values, the power, and the transformed values less their mean and divided by their standard deviation."""

import json
import sys

import numpy
from scipy import optimize, stats

random = numpy.random.default_rng(7)
CASES = {
    "log-normal": numpy.exp(random.normal(3, 0.8, 137)),
    "squares": random.normal(40, 6, 211) ** 2,
    "roots": random.normal(40, 12, 389) ** 0.6,
    "reciprocals": 1 / random.normal(0.004, 0.0006, 151),
    "steep reciprocals": random.normal(40, 8, 175) ** -0.65,
    "large": 5e6 * random.gamma(3, size=63),
    "few": numpy.array([3.0, 7, 5, 1]),
    "growing season": (100 + 2 * numpy.arange(144)) * (1 + 0.2 * numpy.sin(numpy.arange(144) * numpy.pi / 6)),
}


cases = []
for name, values in CASES.items():
    # Values near 1 keep every digit; the power is the same.
    unit = stats.gmean(values)
    power = stats.boxcox_normmax(values / unit, method="mle", optimizer=lambda f: optimize.minimize_scalar(
        f, bracket=(-2, 2), method="brent", options={"xtol": 1e-12}))
    scaled = stats.boxcox(values / unit, lmbda=power)
    scaled = (scaled - scaled.mean()) / scaled.std()
    cases.append({"name": name, "values": values.tolist(), "power": float(power), "scaled": scaled.tolist()})
    print(name, power)
with open(sys.argv[1], "w") as file:
    json.dump(cases, file)
