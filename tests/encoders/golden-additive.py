#!/usr/bin/env python3
"""Golden values of additive encoders, and of position maps where they draw nothing, from the published formulas.

    python3 tests/encoders/golden-additive.py > tests/encoders/golden-additive.txt

Nothing here knows the C code.  Heads are 4 wide.  Weight number i of an encoder is weight(i), and the marks
that a dataset would give are mark(p), so that the file holds no tables.

One line is one case, its fields separated by tabs:
    add  encoder options L heads position value...                one value per column
    map  map options L n place value                              at evaluation; - is not seen
"""
from math import asin, cos, floor, pi, sin

WIDTH = 4  # of a head


def weight(i):
    return ((37 * i) % 41 - 20) / 50


def say(kind, name, options, *rest):
    *fields, values = rest
    print("\t".join([kind, name, options or "-", *map(str, fields),
                     *("-" if v is None else "%.10g" % v for v in values)]))


# --- additive: P(p) --------------------------------------------------------------------------------

def waves(function):
    if function == "triangle":
        return lambda x: 2 / pi * asin(sin(x)), lambda x: 2 / pi * asin(cos(x))
    if function == "square":
        return lambda x: 1 if sin(x) >= 0 else -1, lambda x: 1 if cos(x) >= 0 else -1
    return sin, cos


def sinusoidal(schedule="geometric", function="sine-cosine", base=10000, exponent=1, scale=1):
    even, odd = waves(function)

    def add(p, L, D):
        out = []
        for column in range(D):
            t = column // 2
            if schedule == "article":  # as printed: no column in it
                out.append(scale * even(base * p / D ** exponent))
                continue
            w = {"geometric": 1 / base ** (2 * t / D), "constant": 1 / base,
                 "linear": 1 - (t / (D / 2)) * (1 - 1 / base)}[schedule]
            out.append(scale * (odd if column % 2 else even)(p * w))
        return out
    return add


def learned(p, L, D):
    left = min(floor(p), L - 1)
    share = p - left if left + 1 < L else 0
    right = min(left + 1, L - 1)
    return [(1 - share) * weight(left * D + k) + share * weight(right * D + k) for k in range(D)]


def abacus(rows):
    """A digit whose place lies beyond the table takes its last row."""
    return lambda p, L, D: [weight(min(p, rows - 1) * D + k) for k in range(D)]


FAR = [0, 1, 2.5, 63, 64, 1000, 65535, 1000000]
ADDITIVE = [
    ("sinusoidal", "", 64, 2, sinusoidal(), FAR),
    ("sinusoidal", "base=500", 64, 3, sinusoidal(base=500), FAR),
    ("sinusoidal", "period=128", 64, 2, sinusoidal(base=128 / (2 * pi)), FAR),
    ("sinusoidal", "schedule=linear", 64, 2, sinusoidal("linear"), FAR),
    ("sinusoidal", "schedule=constant,base=100", 64, 2, sinusoidal("constant", base=100), FAR),
    ("sinusoidal", "schedule=article", 64, 2, sinusoidal("article"), FAR),
    ("sinusoidal", "schedule=article,exponent=2", 64, 2, sinusoidal("article", exponent=2), FAR),
    ("sinusoidal", "function=triangle", 64, 2, sinusoidal(function="triangle"), FAR),
    ("sinusoidal", "function=square", 64, 2, sinusoidal(function="square"), FAR),
    ("sinusoidal", "scale=learned", 64, 2, sinusoidal(scale=weight(0)), FAR),
    ("sinusoidal", "function=triangle,schedule=linear,period=200", 64, 2,
     sinusoidal("linear", "triangle", base=100 / pi), FAR),
    ("sinusoidal", "function=square,schedule=constant,scale=learned", 64, 2,
     sinusoidal("constant", "square", scale=weight(0)), FAR),
    ("sinusoidal", "function=triangle,schedule=article,exponent=3", 64, 2,
     sinusoidal("article", "triangle", exponent=3), FAR),
    ("learned", "", 64, 2, learned, [0, 1, 2.5, 31.25, 62.75, 63, 63.5]),
    ("learned", "rows=1.5L", 64, 2, lambda p, L, D: learned(p, 96, D), [0, 2.5, 63, 64, 94.5, 95, 95.875]),
    ("learned", "rows=100000", 64, 2, lambda p, L, D: learned(p, 100000, D), [64, 1000, 65535.5, 99998.5, 99999.5]),
    ("abacus", "", 64, 2, abacus(16 * 64), [0, 1, 2, 63, 64, 1022, 1023, 1024, 65535, 1000000]),
    ("abacus", "rows=2L", 64, 2, abacus(128), [0, 1, 64, 127, 128, 1000000]),
]


# --- position maps where nothing is drawn: the position of token p of n, None when it is not seen ---------

def mark(p):
    """Significance of a digit: 6, 5, ..., 1, and 0 for what is none."""
    return -p % 7


def last(tokens):
    return lambda p, n, L: p - max(n - tokens(L), 0) if p >= n - tokens(L) else None


MAPS = [
    ("identity", "", lambda p, n, L: p), ("clamp", "", lambda p, n, L: min(p, L - 1)),
    ("wrap", "", lambda p, n, L: p % L),
    ("interpolate", "", lambda p, n, L: p / max(1, n / L)), ("interpolate", "factor=8", lambda p, n, L: p / 8),
    ("group", "", lambda p, n, L: floor(p / max(1, n / L))), ("group", "factor=8", lambda p, n, L: p // 8),
    ("truncate", "", last(lambda L: L)), ("truncate", "length=100", last(lambda L: 100)),
    ("coupling", "", lambda p, n, L: mark(p)),
    ("cape", "centre=on", lambda p, n, L: p - (n - 1) / 2),  # at evaluation
] + [(name, "", lambda p, n, L: p) for name in ("cape", "pose", "shift", "random-offset")] + [
    ("randomised", "evaluation=off", lambda p, n, L: p)]


def main():
    for name, options, L, heads, add, positions in ADDITIVE:
        for p in positions:
            say("add", name, options, L, heads, p, add(p, L, heads * WIDTH))
    for name, options, position in MAPS:
        for n in (16, 64, 100, 512, 4096, 1000000):
            for p in sorted({0, 1, n // 3, n - 64, n - 1}):
                if p >= 0:
                    say("map", name, options, 64, n, p, [position(p, n, 64)])


if __name__ == "__main__":
    main()
