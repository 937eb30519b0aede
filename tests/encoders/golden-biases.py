#!/usr/bin/env python3
"""Golden values of biases, running sums over tokens and strips, from the published formulas.

    python3 tests/encoders/golden-biases.py > tests/encoders/golden-biases.txt

Nothing here knows the C code; one number at a time.  Heads are 4 wide, there are 2 layers, and what is asked
is layer 1.  Weight number i of an encoder (all its parameters one after the other) is weight(i); inputs are
given by formulas too, so that the file holds no tables.

One line is one case, its fields separated by tabs:
    bias   encoder options L heads query key value...             one value per head
    token  encoder options L heads n value...                     c_i - c_0, i = 1..n-1, head by head
    strip  encoder options L heads n first place value...         logits of that row, positions from first on
"""
from math import cos, exp, floor, log, sin, sqrt

WIDTH = 4  # of a head
LAYER = 1


def weight(i):
    return ((37 * i) % 41 - 20) / 50


def data(i):
    """Inputs of content encoders: x, q, k, content and bias are data(0), data(1), ..."""
    return ((29 * i) % 53 - 26) / 20


def say(kind, name, options, *rest):
    *fields, values = rest
    print("\t".join([kind, name, options or "-", *map(str, fields), *("%.10g" % v for v in values)]))


# --- biases: b_h of one query and one key ---------------------------------------------------------

def alibi_slopes(heads):
    """The authors' rule for any number of heads."""
    if heads & (heads - 1) == 0:
        return [2 ** (-8 * (h + 1) / heads) for h in range(heads)]
    lower = 1 << (heads.bit_length() - 1)
    return alibi_slopes(lower) + alibi_slopes(2 * lower)[0::2][: heads - lower]


def alibi(i, j, L, heads):
    return [-m * abs(i - j) for m in alibi_slopes(heads)]


def alibi_learned(i, j, L, heads):
    return [-exp(weight(h)) * abs(i - j) for h in range(heads)]


def t5_bucket(n, buckets, distance):
    """Causal, as in the T5 paper's program."""
    n = max(n, 0)
    exact = buckets // 2
    if n < exact:
        return n
    large = exact + int(log(n / exact) / log(distance / exact) * (buckets - exact))
    return min(large, buckets - 1)


def t5(buckets, distance):
    return lambda i, j, L, heads: [weight(h * buckets + t5_bucket(i - j, buckets, distance)) for h in range(heads)]


def kerple_log(floor_):
    def bias(i, j, L, heads):
        r1 = [floor_ + abs(weight(h) - floor_) for h in range(heads)]
        r2 = [floor_ + abs(weight(heads + h) - floor_) for h in range(heads)]
        return [-r1[h] * log(1 + r2[h] * abs(i - j)) for h in range(heads)]
    return bias


def kerple_power(floor_):
    def bias(i, j, L, heads):
        r1 = [floor_ + abs(weight(h) - floor_) for h in range(heads)]
        r2 = [floor_ + abs(weight(heads + h) - floor_) for h in range(heads)]  # weights stay below 2
        return [-r1[h] * abs(i - j) ** r2[h] for h in range(heads)]
    return bias


def kerple_alibi(i, j, L, heads):
    """KERPLE with fixed slopes, and learned powers."""
    r2 = [0.01 + abs(weight(h) - 0.01) for h in range(heads)]
    return [-alibi_slopes(heads)[h] * abs(i - j) ** r2[h] for h in range(heads)]


def kerple_linear(i, j, L, heads):
    return [-(0.01 + abs(weight(h) - 0.01)) * abs(i - j) for h in range(heads)]


def sandwich(width, base=10000):
    def bias(i, j, L, heads):
        total = sum(cos((i - j) * base ** (-2 * t / width)) - 1 for t in range(width // 2))
        return [total * heads / (8 * h) for h in range(1, heads + 1)]
    return bias


def fire(hidden, threshold, shared):
    def psi(x, c):
        return log(abs(c * x) + 1)

    def bias(i, j, L, heads):
        size = 2 * hidden + heads * hidden + heads + 2
        at = 0 if shared else LAYER * size
        w1, b1 = [weight(at + u) for u in range(hidden)], [weight(at + hidden + u) for u in range(hidden)]
        at += 2 * hidden
        w2 = [[weight(at + h * hidden + u) for u in range(hidden)] for h in range(heads)]
        at += heads * hidden
        b2, c, m = [weight(at + h) for h in range(heads)], weight(at + heads), weight(at + heads + 1)
        x = psi(i - j, c) / (psi(max(i, abs(m * threshold(L))), c) + 1e-6)
        unit = [max(0, w1[u] * x + b1[u]) for u in range(hidden)]
        return [b2[h] + sum(w2[h][u] * unit[u] for u in range(hidden)) for h in range(heads)]
    return bias


def dynamic(hidden, depth, logarithm, relu):
    def activate(x):
        return max(x, 0) if relu else x / (1 + exp(-x)) if x > -700 else 0

    def bias(i, j, L, heads):
        n = i - j
        vector = [(1 if n >= 0 else -1) * log(1 + abs(n)) if logarithm else n]
        at = 0
        for layer in range(depth + 1):
            outs = heads if layer == depth else hidden
            matrix, bias_ = at, at + len(vector) * outs
            at = bias_ + outs
            vector = [weight(bias_ + o) + sum(v * weight(matrix + r * outs + o) for r, v in enumerate(vector))
                      for o in range(outs)]
            if layer < depth:
                vector = [activate(v) for v in vector]
        return vector
    return bias


BIASES = [
    ("alibi", "", 64, 2, alibi), ("alibi", "", 64, 8, alibi), ("alibi", "", 64, 12, alibi),
    ("alibi", "slopes=learned", 64, 3, alibi_learned),
    ("t5", "", 64, 2, t5(32, 128)), ("t5", "buckets=8,distance=1L", 64, 3, t5(8, 64)),
    ("t5", "scale=on", 64, 2, lambda i, j, L, heads: [sqrt(WIDTH) * b for b in t5(32, 128)(i, j, L, heads)]),
    ("kerple-log", "", 64, 4, kerple_log(0.01)), ("kerple-log", "floor=0", 64, 4, kerple_log(0)),
    ("kerple-power", "", 64, 4, kerple_power(0.01)), ("kerple-power", "floor=0.3", 64, 2, kerple_power(0.3)),
    ("kerple-power", "slope=alibi,power=one", 64, 6, alibi),
    ("kerple-power", "slope=alibi", 64, 6, kerple_alibi), ("kerple-power", "power=one", 64, 4, kerple_linear),
    ("sandwich", "", 64, 4, sandwich(128)), ("sandwich", "width=16", 64, 3, sandwich(16)),
    ("sandwich", "width=32,base=500", 64, 3, sandwich(32, 500)),
    ("fire", "", 64, 2, fire(32, lambda L: 0.25 * L, False)),
    ("fire", "hidden=5,shared=on,threshold=1L", 64, 3, fire(5, lambda L: L, True)),
    ("dynamic-bias", "", 64, 2, dynamic(2, 2, False, False)),
    ("dynamic-bias", "hidden=5,depth=1,distance=log,activation=relu", 64, 3, dynamic(5, 1, True, True)),
    ("dynamic-bias", "hidden=4,depth=3,distance=log", 64, 3, dynamic(4, 3, True, False)),
]
PAIRS = [(0, 0), (1, 0), (7, 3), (63, 62), (63, 40), (63, 0), (64, 0), (130, 2), (511, 0), (1000, 987),
         (4096, 17), (65535, 0), (1000000, 999000), (1000000, 0)]


# --- content: c_i - c_0, and logits of a row ---------------------------------------------------------

def token(sign, n, heads):
    """ln sigma(sign (x . w + b)), summed over tokens 1..i."""
    D = heads * WIDTH
    at = LAYER * heads * (D + 1)
    out = []
    for h in range(heads):
        c = 0
        for i in range(1, n):
            z = weight(at + heads * D + h) + sum(data(i * D + k) * weight(at + h * D + k) for k in range(D))
            c += -log(1 + exp(-sign * z))
            out.append(c)
    return out


class Content:
    """q, k (heads, n, WIDTH), content and bias (heads, n, n): consecutive parts of data()."""

    def __init__(self, heads, n):
        self.heads, self.n = heads, n
        self.k_at = heads * n * WIDTH
        self.a_at = 2 * self.k_at
        self.b_at = self.a_at + heads * n * n

    def q(self, h, i): return [data((h * self.n + i) * WIDTH + e) for e in range(WIDTH)]
    def k(self, h, j): return [data(self.k_at + (h * self.n + j) * WIDTH + e) for e in range(WIDTH)]
    def a(self, h, i, j): return data(self.a_at + (h * self.n + i) * self.n + j)
    def b(self, h, i, j): return data(self.b_at + (h * self.n + i) * self.n + j)


def dot(x, y):
    return sum(s * t for s, t in zip(x, y))


def cope(rows, divide):
    def logits(c, i, L, first):
        out = []
        for h in range(c.heads):
            gate = [1 / (1 + exp(-c.a(h, i, t))) for t in range(i + 1)]
            table = [[weight(LAYER * rows * WIDTH + r * WIDTH + e) for e in range(WIDTH)] for r in range(rows)]
            z = [dot(c.q(h, i), row) * (1 / sqrt(WIDTH) if divide else 1) for row in table]
            for j in range(i + 1):
                p = min(sum(gate[j:]), rows - 1)
                low, high = floor(p), min(floor(p) + 1, rows - 1)
                out.append(c.a(h, i, j) + c.b(h, i, j) + (1 - (p - low)) * z[low] + (p - low) * z[high])
        return out
    return logits


def dape(hidden, kernel):
    def logits(c, i, L, first):
        H, half = c.heads, kernel // 2
        w1 = lambda k, s, u: weight(at + (k * 2 * H + s) * hidden + u)
        at = LAYER * (kernel * 2 * H * hidden + hidden + kernel * hidden * H + H)
        b1 = at + kernel * 2 * H * hidden
        w2 = b1 + hidden
        b2 = w2 + kernel * hidden * H
        source = [[(c.a if s < H else c.b)(s % H, i, j) for j in range(i + 1)] for s in range(2 * H)]

        def convolve(rows, outs, w, b, j):
            return [weight(b + o) + sum(w(k, s, o) * row[j + k - half] for k in range(kernel)
                                        for s, row in enumerate(rows) if 0 <= j + k - half <= i) for o in range(outs)]
        before = [convolve(source, hidden, w1, b1, j) for j in range(i + 1)]
        after = [[max(before[j][u], 0.01 * before[j][u]) for j in range(i + 1)] for u in range(hidden)]
        f = [convolve(after, H, lambda k, u, h: weight(w2 + (k * hidden + u) * H + h), b2, j) for j in range(i + 1)]
        return [c.a(h, i, j) + c.b(h, i, j) + f[j][h] for h in range(H) for j in range(i + 1)]
    return logits


def transformer_xl(c, i, L, first):
    """The distance's own sinusoid, multiplied out: positions are first + place."""
    D, out = c.heads * WIDTH, []
    for h in range(c.heads):
        u = [weight(h * WIDTH + e) for e in range(WIDTH)]
        v = [weight(c.heads * WIDTH + h * WIDTH + e) for e in range(WIDTH)]
        at = 2 * c.heads * WIDTH + (LAYER * c.heads + h) * WIDTH * D
        for j in range(i + 1):
            angles = [(i - j) / 10000 ** (2 * t / D) for t in range(D // 2)]
            R = [sin(x) for x in angles] + [cos(x) for x in angles]
            r = [dot([weight(at + e * D + t) for t in range(D)], R) for e in range(WIDTH)]
            q = [a + b for a, b in zip(c.q(h, i), v)]
            out.append(c.a(h, i, j) + c.b(h, i, j) + (dot(u, c.k(h, j)) + dot(q, r)) / sqrt(WIDTH))
    return out


STRIPS = [
    ("cope", "", 6, cope(6, True)), ("cope", "divide=off,npos=3", 6, cope(3, False)),
    ("dape", "hidden=5", 6, dape(5, 1)), ("dape", "hidden=3,kernel=3", 6, dape(3, 3)),
    ("dape", "hidden=2,kernel=5", 6, dape(2, 5)), ("transformer-xl", "", 6, transformer_xl),
]


def main():
    for name, options, L, heads, bias in BIASES:
        for i, j in PAIRS:
            say("bias", name, options, L, heads, i, j, bias(i, j, L, heads))
    for name, sign in (("forgetting", 1), ("cable", -1)):
        say("token", name, "", 64, 3, 9, token(sign, 9, 3))
    for name, options, L, logits in STRIPS:
        for first in (0, 999990):  # position of token 0: only differences count
            for i in (0, 1, 4, 10):
                say("strip", name, options, L, 3, 11, first, i, logits(Content(3, 11), i, L, first))


if __name__ == "__main__":
    main()
