#!/usr/bin/env python3
"""recompute_encoders.py -- the loss of every token, from weights.h5 and the published formulas alone.

    recompute_encoders.py WEIGHTS TOKENS [WEIGHTS TOKENS]...

WEIGHTS is a weights.h5 (its attributes say the shape, the encoders, the variants), TOKENS what `lexbench
evaluate WEIGHTS --per-token TOKENS` wrote.  For every variant, protocol and length one line is printed:

    VARIANT PROTOCOL/LENGTH COUNT MEAN DIFFERENCE

the number of losses, their mean as calculated here (nat), and the largest difference from a loss in TOKENS.

Nothing here knows the C code.  All is in double, whole matrices over query and key, one sequence at a time: a
pair (i, j) has the two positions with which query i meets key j (a, b) and is seen or not; everything relative
is a function of a - b.  Each formula stands under its paper and equation.  An encoder is one function in one or
more of the tables; what is in none of them stops the program with KeyError or AssertionError, never silently.
Position maps that draw are left out: their numbers are not a formula of a paper.  Maps, additive encoders, masks, rotations
and factors stand in recompute_positions.py.
"""
import sys

import h5py
import numpy as np

from recompute_positions import *


# ---- biases, (heads, n, n); a, b the positions of query and key, x the input of the attention -------------

def per_head(values):
    return np.asarray(values)[:, None, None]


def slopes(H):
    """Press et al. 2022, section 3 and its footnote: 2^(-8/H) onwards; for other H those of the power of two below,
    and every other one of the next."""
    power = 1
    while power * 2 <= H:
        power *= 2
    geometric = lambda count: [2 ** (-8 * h / count) for h in range(1, count + 1)]
    return geometric(power) + geometric(2 * power)[::2][:H - power]


@of(BIAS, "alibi")
def alibi(o, c, a, b, x):
    """Press et al. 2022, section 3: -m |i - j|; learned slopes are kept as their logarithms."""
    m = np.exp(c.get("alibi.slope")) if o["slopes"] == "learned" else slopes(c.H)
    return -per_head(m) * np.abs(a - b)


@of(BIAS, "t5")
def t5(o, c, a, b, x):
    """Raffel et al. 2020, section 2.1: exact buckets to one half, then logarithmic to the largest distance."""
    buckets, largest, table = int(o["buckets"]), c.tokens(o["distance"]), c.get("t5.bias")
    exact, n = buckets // 2, np.maximum(a - b, 0)
    # + 1e-12: where the logarithm's quotient is whole it must not fall below
    far = exact + np.floor(np.log(np.maximum(n, exact) / exact) / np.log(largest / exact) * (buckets - exact) + 1e-12)
    bucket = np.where(n < exact, n, np.minimum(far, buckets - 1)).astype(int)
    return table[:, bucket] * (np.sqrt(c.d) if o["scale"] == "on" else 1)


@of(BIAS, "kerple-log")
def kerple_log(o, c, a, b, x):
    """Chi et al. 2022, equation 7 (logarithmic): -r1 ln(1 + r2 |i - j|), r1, r2 > 0; kept as
    r = floor + |weight - floor|."""
    floor = float(o["floor"])
    r1, r2 = (floor + np.abs(c.get(name) - floor) for name in ("kerple-log.strength", "kerple-log.rate"))
    return -per_head(r1) * np.log(1 + per_head(r2) * np.abs(a - b))


@of(BIAS, "kerple-power")
def kerple_power(o, c, a, b, x):
    """Chi et al. 2022, equation 6 (power): -r1 |i - j|^r2, r1 > 0, 0 < r2 <= 2; kept as reflected weights."""
    floor = float(o["floor"])
    r1 = floor + np.abs(c.get("kerple-power.slope") - floor) if o["slope"] == "learned" else slopes(c.H)
    r2 = floor + np.abs(c.get("kerple-power.power") - floor) if o["power"] == "learned" else np.ones(c.H)
    r2 = 2 - np.abs(2 - r2)
    return -per_head(r1) * np.abs(a - b) ** per_head(r2)


@of(BIAS, "sandwich")
def sandwich(o, c, a, b, x):
    """Chi et al. 2023, equation 5 and appendix E: sum of cosines, at most 0, times H / (8 h), h = 1..H."""
    width, total = int(o["width"]), 0
    for t in range(width // 2):
        total = total + np.cos((a - b) / float(o["base"]) ** (2 * t / width)) - 1
    return per_head([c.H / (8 * h) for h in range(1, c.H + 1)]) * total


@of(BIAS, "fire")
def fire(o, c, a, b, x):
    """Li et al. 2023, equations 2 and 3: f(psi(i - j) / psi(max(i, T))), psi(x) = ln(c x + 1); the absolute value,
    the 1e-6 and T = |m T0| are the program's."""
    get = (lambda name: c.get("fire." + name)) if o["shared"] == "on" else (lambda name: c.own("fire", name))
    psi = lambda distance: np.log(np.abs(get("curve") * distance) + 1)
    threshold = np.abs(get("threshold") * c.tokens(o["threshold"]))
    ratio = psi(np.maximum(a - b, 0)) / (psi(np.maximum(a, threshold)) + 1e-6)
    hidden = np.maximum(0, ratio[..., None] * get("first.weight") + get("first.bias"))
    return (hidden @ get("second.weight").T + get("second.bias")).transpose(2, 0, 1)


@of(BIAS, "dynamic-bias")
def dynamic_bias(o, c, a, b, x):
    """Wang et al. 2022 (CrossFormer), equation 4: a small network of the distance."""
    distance = a - b
    if o["distance"] == "log":
        distance = np.sign(distance) * np.log(1 + np.abs(distance))
    y = distance[..., None]
    for layer in range(int(o["depth"]) + 1):
        if layer:
            y = np.maximum(y, 0) if o["activation"] == "relu" else y / (1 + np.exp(-np.maximum(y, -500)))
        y = y @ c.get(f"dynamic-bias.linear{layer}.weight") + c.get(f"dynamic-bias.linear{layer}.bias")
    return y.transpose(2, 0, 1)


def faded(log_gate):
    """The sum of log_gate (heads, n) over t = j+1..i."""
    total = np.cumsum(log_gate, 1)
    return total[:, :, None] - total[:, None, :]


@of(BIAS, "forgetting")
def forgetting(o, c, a, b, x):
    """Lin et al. 2025, equations 4 to 6: D_ij = sum over l = j+1..i of ln sigmoid(w x_l + b)."""
    return faded(-np.log1p(np.exp(-(x @ c.own("forgetting", "gate.weight").T + c.own("forgetting", "gate.bias")))).T)


@of(BIAS, "cable")
def cable(o, c, a, b, x):
    """Veisi et al. 2025: cumsum(-softplus(h))."""
    return faded(-np.log1p(np.exp(x @ c.own("cable", "fade.weight").T + c.own("cable", "fade.bias"))).T)


# ---- terms that ask for the content itself: q, k (heads, n, d), A content and B biases (heads, n, n) --------

@of(STRIP, "cope")
def cope(o, c, q, k, A, B, a, b):
    """Golovneva et al. 2024, equations 3 to 5: g_ij = sigmoid(q_i . k_j), p_ij = sum over t = j..i, q_i . e[p_ij]
    by interpolation; the program divides both terms by sqrt(d)."""
    gate = np.where(c.j <= c.i, 1 / (1 + np.exp(-A)), 0)
    table = c.own("cope", "table")
    p = np.minimum(np.cumsum(gate[..., ::-1], -1)[..., ::-1], len(table) - 1)
    z = q @ table.T / (np.sqrt(c.d) if o["divide"] == "on" else 1)
    low, high = np.floor(p).astype(int), np.ceil(p).astype(int)
    return (1 - (p - low)) * np.take_along_axis(z, low, -1) + (p - low) * np.take_along_axis(z, high, -1)


@of(STRIP, "dape")
def dape(o, c, q, k, A, B, a, b):
    """Zheng et al. 2024, equation 5: A + B + f(A, B), LeakyReLU between two layers over heads; DAPE-V2: the layers
    are convolutions 1 x k over keys, A and B zero after the query."""
    causal = (c.j <= c.i)[..., None]

    def layer(x, name):  # x (n, n, in), weight (kernel, in, out)
        weight, half = c.own("dape", name + ".weight"), int(o["kernel"]) // 2
        padded = np.pad(np.where(causal, x, 0), ((0, 0), (half, half), (0, 0)))
        return sum(padded[:, t:t + c.n] @ weight[t] for t in range(len(weight))) + c.own("dape", name + ".bias")
    hidden = layer(np.concatenate([A, B + 0 * A]).transpose(1, 2, 0), "first")
    return layer(np.where(hidden > 0, hidden, 0.01 * hidden), "second").transpose(2, 0, 1)


@of(STRIP, "transformer-xl")
def transformer_xl(o, c, q, k, A, B, a, b):
    """Dai et al. 2019, section 3.3: terms (b), (c), (d) of A_rel, R the sinusoid of i - j; all over sqrt(d)."""
    u, v, projection = (c.get("transformer-xl.content_bias"), c.get("transformer-xl.position_bias"),
                        c.own("transformer-xl", "projection"))
    angle = (a - b)[..., None] / 10000 ** (2 * np.arange(c.D // 2) / c.D)
    R = np.concatenate([np.sin(angle), np.cos(angle)], -1)                  # (n, n, D)
    against = np.einsum("hie,heD->hiD", q + v[:, None], projection)         # (heads, n, D)
    positional = np.einsum("hiD,ijD->hij", against, R)
    return (np.einsum("he,hje->hj", u, k)[:, None] + positional) / np.sqrt(c.d)


# ---- the decoder ---------------------------------------------------------------------------------

def dense(c, name, x):
    return x @ c.get(name + ".weight") + c.get(name + ".bias")


def norm(c, name, x):
    """Ba et al. 2016, equation 4."""
    return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + c.w.attrs["norm_epsilon"]) \
        * c.get(name + ".gain") + c.get(name + ".bias")


def gelu(x):
    """Hendrycks and Gimpel 2016, section 2: the approximation with tanh."""
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x ** 3)))


def attention(c, encoders, x):
    name = f"layer{c.layer}.attention"
    q, k, v = (y.reshape(c.n, c.H, c.d).transpose(1, 0, 2)
               for y in np.split(dense(c, name + ".query_key_value", x), 3, -1))
    seen, a, b = c.j <= c.i, c.p[:, None] + 0 * c.j, c.p[None, :] + 0 * c.i
    for encoder, o in encoders:
        if encoder in PLACES:
            seen, a, b = PLACES[encoder](o, c, seen, a, b)
    rotation, halves = None, False
    for encoder, o in encoders:
        if encoder in ROTATION:
            rotation, halves = ROTATION[encoder](o, c), o.get("pairs") == "half"
    A = content(rotation, halves, q, k, a, b) / np.sqrt(c.d)
    for encoder, o in encoders:
        if encoder in SCALE:
            A = A * SCALE[encoder](o, c, a)
    B = sum((BIAS[encoder](o, c, a, b, x) for encoder, o in encoders if encoder in BIAS), np.zeros(A.shape))
    logits = A + B
    for encoder, o in encoders:
        if encoder in STRIP:
            logits = logits + STRIP[encoder](o, c, q, k, A, B, a, b)
    logits = np.where(seen, logits, -np.inf)
    p = np.exp(logits - logits.max(-1, keepdims=True))
    mixed = (p / p.sum(-1, keepdims=True)) @ v
    return dense(c, name + ".output", mixed.transpose(1, 0, 2).reshape(c.n, c.H * c.d))


def losses(w, encoders, positions, tokens, targets):
    """-ln p(target) of every place, in nat."""
    c = Pass(w, positions, len(tokens))
    for encoder, _ in encoders:
        if encoder != "none" and not any(encoder in t for t in (ADD, PLACES, ROTATION, SCALE, BIAS, STRIP)):
            raise KeyError(f"no formula for {encoder}")
    x = w.attrs["embedding_scale"] * c.get("token_embedding")[tokens]
    for encoder, o in encoders:
        if encoder in ADD:
            x = x + ADD[encoder](o, c)
    for c.layer in range(int(w.attrs["layers"])):
        name = f"layer{c.layer}"
        x = x + attention(c, encoders, norm(c, name + ".attention.norm", x))
        y = gelu(dense(c, name + ".feed_forward.expand", norm(c, name + ".feed_forward.norm", x)))
        x = x + dense(c, name + ".feed_forward.contract", y)
    head = c.get("token_embedding").T if w.attrs["tied"] else c.get("head.weight")
    logits = norm(c, "final.norm", x) @ head
    largest = logits.max(-1)
    return largest + np.log(np.exp(logits - largest[:, None]).sum(-1)) - logits[np.arange(len(tokens)), targets]


# ---- against the file ----------------------------------------------------------------------------

def variants_of(w):
    """Name: (encoders, positions) as evaluated."""
    return {name: (parse(encoders), positions) for name, encoders, positions in
            re.findall(r"^variant=(.*)\nencoders=(.*)\npositions=(.*)$", w.attrs["experiment"], re.M)}


def compare(weights, tokens, wanted=None, length=None, items=None):
    """Yields (variant, place, count, mean, difference): all, or of one variant, at one length, of the first items."""
    with h5py.File(weights) as w, h5py.File(tokens) as t:
        variants = variants_of(w)
        for row, name in enumerate(t["variant"].asstr()[:]):
            if wanted and name != wanted:
                continue
            encoders, positions = variants[name]
            for place in (f"{protocol}/{n}" for protocol in t if isinstance(t[protocol], h5py.Group)
                          for n in sorted(t[protocol], key=int)):
                if length and not place.endswith("/" + length):
                    continue
                g, ours, theirs = t[place], [], []
                for item in range(len(g["token"]) if items is None else items):
                    here = g["scored"][item] == 1
                    own = losses(w, encoders, positions, g["token"][item], g["target"][item])
                    ours.append(own[here])
                    theirs.append(g["loss"][row, item][here])
                ours, theirs = np.concatenate(ours), np.concatenate(theirs)
                yield name, place, len(ours), ours.mean(), np.abs(ours - theirs).max()


def main(arguments):
    for weights, tokens in zip(arguments[::2], arguments[1::2]):
        for name, place, count, mean, difference in compare(weights, tokens):
            print(f"{name} {place} {count} {mean:.4f} {difference:.1e}")


if __name__ == "__main__":
    main(sys.argv[1:])
