"""recompute_positions.py -- what recompute_encoders.py knows of positions: maps, additive encoders, masks, rotations,
factors of the content term."""
import re

import numpy as np

ADD, PLACES, ROTATION, SCALE, BIAS, STRIP = {}, {}, {}, {}, {}, {}


def of(table, *names):
    return lambda function: table.update({name: function for name in names})


def parse(text):
    """"a(x=1, y=2) + b" as [("a", {"x": "1", "y": "2"}), ("b", {})]."""
    return [(name, dict(re.findall(r"(\w+)=([^,)]*)", options)))
            for name, options in re.findall(r"([a-z][\w-]*)(\([^)]*\))?(?: \+ |$)", text)]


class Pass:
    """One sequence of n tokens through one layer: what formulas ask for."""

    def __init__(self, w, positions, n):
        self.w, self.n, self.layer = w, n, 0
        self.L, self.H, self.d, self.D = (int(w.attrs[name]) for name in
                                          ("training_length", "heads", "head_width", "width"))
        self.place = np.arange(n)
        self.i, self.j = self.place[:, None], self.place[None, :]
        self.s = max(1, n / self.L)
        self.p = position_map(positions, self)

    def get(self, name):
        return self.w[name][:].astype(float)

    def own(self, encoder, name):
        """An array that each layer has for itself."""
        return self.get(f"{encoder}.layer{self.layer}.{name}")

    def tokens(self, text):
        """A number of tokens, perhaps a multiple of the training length."""
        return float(text[:-1]) * self.L if text.endswith("L") else float(text)

    def factor(self, text):
        return self.s if text == "auto" else float(text)


# ---- positions -----------------------------------------------------------------------------------

def position_map(text, c):
    (name, o), = parse(text)
    p = c.place.astype(float)
    if name == "interpolate":  # Chen et al. 2023, equation 4: f'(x, m) = f(x, m L / n)
        return p / c.factor(o["factor"])
    if name == "group":        # Zhu et al. 2024 (LongEmbed), section 4.2: floor(p / s)
        return np.floor(p / c.factor(o["factor"]))
    if name == "wrap":         # the same, "recurrent": p mod L
        return p % c.L
    if name == "clamp":
        return np.minimum(p, c.L - 1)
    assert name == "identity", name
    return p


# ---- vectors added to the embeddings ---------------------------------------------------------------

@of(ADD, "learned")
def learned(o, c):
    """Gehring et al. 2017, section 3.1; between rows Zhu et al. 2024, section 4.2: a linear blend of the two
    neighbours, the last row where there is no right one."""
    table = c.get("learned.table")
    assert c.p.max() < len(table)
    return np.stack([np.interp(c.p, np.arange(len(table)), column) for column in table.T], 1)


@of(ADD, "sinusoidal")
def sinusoidal(o, c):
    """Vaswani et al. 2017, section 3.5: PE(p, 2i) = sin(p / 10000^(2i/D)), PE(p, 2i+1) = cos of the same."""
    assert (o["period"], o["function"], o["schedule"]) == ("auto", "sine-cosine", "geometric")
    angle = c.p[:, None] / float(o["base"]) ** (2 * np.arange(c.D // 2) / c.D)
    scale = c.get("sinusoidal.scale") if o["scale"] == "learned" else 1
    return scale * np.stack([np.sin(angle), np.cos(angle)], 2).reshape(c.n, c.D)


@of(ADD, "abacus")
def abacus(o, c):
    """McLeish et al. 2024, section 3: an embedding per index."""
    table = c.get("abacus.table")
    return table[np.minimum(c.p, len(table) - 1).astype(int)]


# ---- which keys are seen, and with which pair of positions -------------------------------------------

@of(PLACES, "window")
def window(o, c, seen, a, b):
    """Beltagy et al. 2020, section 3.1; on the causal side: the last w."""
    return seen & (c.i - c.j < c.tokens(o["width"])), a, b


@of(PLACES, "sinks")
def sinks(o, c, seen, a, b):
    """Xiao et al. 2024, section 3.2: the first S keys and the last W; positions are those in the cache."""
    S, W = c.tokens(o["sinks"]), c.tokens(o["recent"])
    recent, sink = c.i - c.j < W, c.j < S
    if o["positions"] == "cache":
        first_recent = c.i - W + 1
        in_cache = np.where(recent, np.minimum(c.j, c.j - first_recent + S), c.j)
        a, b = np.minimum(c.i, S + W - 1) + 0 * c.j, in_cache
    return seen & (recent | sink), a, b


@of(PLACES, "lambda")
def lambda_mask(o, c, seen, a, b):
    """Han et al. 2024 (LM-Infinite), section 4: the first n_global and the last W keys, distance min(i - j, D)."""
    local, limit, distance = c.i - c.j < c.tokens(o["local"]), c.tokens(o["limit"]), a - b
    capped = np.minimum(distance, limit)
    if o["distance"] == "program":
        capped = np.where(local, capped, min(limit, c.n - 1))
    return seen & (local | (c.j < c.tokens(o["global"]))), capped, 0 * b


@of(PLACES, "rerope")
def rerope(o, c, seen, a, b):
    """Su 2023 (ReRoPE): relative distance min(i - j, w)."""
    return seen, np.minimum(a - b, c.tokens(o["window"])), 0 * b


@of(PLACES, "leaky-rerope")
def leaky(o, c, seen, a, b):
    """Su 2023 (Leaky ReRoPE): w + (i - j - w) / k from w on."""
    w, k, distance = c.tokens(o["window"]), float(o["factor"]), a - b
    return seen, np.where(distance < w, distance, w + (distance - w) / k), 0 * b


@of(PLACES, "self-extend")
def self_extend(o, c, seen, a, b):
    """Jin et al. 2024, section 3.2, equation 4 and algorithm 1: P = P // G, queries shifted by w - w // G."""
    G, w = int(o["group"]), c.tokens(o["window"])
    near = c.i - c.j < w
    return seen, np.where(near, a, a // G + w - w // G), np.where(near, b, b // G)


@of(PLACES, "dual-chunk")
def dual_chunk(o, c, seen, a, b):
    """An et al. 2024, equations 2 (within), 7 (next chunk: s, s+1, ..., then capped), 5 (older chunks)."""
    if o["rule"] == "paper":
        s = c.tokens(o["size"])
        cap = older = c.L - 1
    else:  # the program: chunk_size - local_window, capped at chunk_size
        s, cap = c.tokens(o["size"]) - c.tokens(o["local"]), c.tokens(o["size"])
        older = min(2 * s - 1, cap)
    back = c.i // s - c.j // s
    key = c.j % s
    query = np.where(back == 0, c.i % s, np.where(back == 1, np.minimum(c.i % s + s, cap), older))
    return seen, query, key + 0 * c.i


@of(PLACES, "rnope")
def rnope_window(o, c, seen, a, b):
    """Yang et al. 2025, section 4: windows in the rotary layers, all keys in the others."""
    return (seen if global_layer(o, c) else seen & (c.i - c.j < c.tokens(o["window"]))), a, b


# ---- rotation: angle of each pair at a position, what multiplies cos and sin, decay by distance ---------

def global_layer(o, c):
    return (c.layer + 1) % int(o["period"]) == 0 or c.layer == c.w.attrs["layers"] - 1


def turns(theta, magnitude=1, decay=None, rotated=None):
    return lambda p: p[..., None] * theta, magnitude, decay, rotated or 2 * len(theta)


def frequencies(base, r):
    """Su et al. 2021 (RoFormer), section 3.2.2: theta_i = 10000^(-2(i-1)/d), i = 1..d/2."""
    return base ** (-2 * np.arange(r // 2) / r)


@of(ROTATION, "rope")
def rope(o, c):
    """RoFormer equation 15; scalings: Peng et al. 2023 (YaRN), numbers of equations as there."""
    base, scaling, s = float(o["base"]), o["scaling"], c.factor(o["factor"])
    r = 2 * int(float(o["fraction"]) * c.d / 2)
    if scaling == "ntk":  # equation 16
        return turns(frequencies(base * s ** (r / (r - 2)), r))
    theta = frequencies(base, r)
    if scaling == "none":
        return turns(theta)
    alpha = float(o["low"])
    beta = float(o["high"]) if o["high"] != "auto" else 4 if scaling == "llama3" else 32
    if o["ramp"] == "paper" or scaling == "llama3":
        ratio = c.L / (2 * np.pi / theta)                             # equations 13 and 17: L / lambda
        gamma = np.clip((ratio - alpha) / (beta - alpha), 0, 1)       # equation 18
    else:  # the authors' program: a ramp over the index, between the dimensions of beta and alpha turns
        dimension = lambda x: r * np.log(c.L / (x * 2 * np.pi)) / (2 * np.log(base))
        low, high = max(np.floor(dimension(beta)), 0), min(np.ceil(dimension(alpha)), r - 1)
        gamma = 1 - np.clip((np.arange(r // 2) - low) / (high - low if high != low else 0.001), 0, 1)
    theta = (1 - gamma) * theta / s + gamma * theta                   # equations 19 and 20
    return turns(theta, 0.1 * np.log(s) + 1 if scaling == "yarn" else 1)   # equation 22


@of(ROTATION, "p-rope")
def p_rope(o, c):
    """Barbero et al. 2024, appendix D: the floor(p d/2) highest frequencies, zero for the rest."""
    theta = frequencies(float(o["base"]), c.d)
    return turns(np.where(np.arange(c.d // 2) < int(float(o["share"]) * c.d / 2), theta, 0))


@of(ROTATION, "evq")
def evq(o, c):
    """EVQ-cosh: phi_k = 1 - asinh((1 - u_k) sinh tau) / tau, theta = b^-phi."""
    K = c.d // 2
    tau = c.d / np.sqrt(c.L) if o["tau"] == "auto" else float(o["tau"])
    u = (np.arange(K) + (0.5 if o["quantiles"] == "program" else 0)) / K
    return turns(float(o["base"]) ** -(1 - np.arcsinh((1 - u) * np.sinh(tau)) / tau))


@of(ROTATION, "longrope")
def longrope(o, c):
    """Ding et al. 2024, equation 3: n / (lambda_i beta^i) from n-hat on; the dynamic factor and
    sqrt(1 + ln s / ln L) are the program's."""
    theta, s, S, kept = frequencies(float(o["base"]), c.d), c.factor(o["factor"]), float(o["searched"]), int(o["kept"])
    factors = (S ** (2 * np.arange(c.d // 2) / (c.d - 2)) if o["factors"] == "ntk"
               else np.array([float(x) for x in o["factors"].split()]))
    stretched = theta / (1 + (factors - 1) * (s - 1) / (S - 1))
    magnitude = {"su": np.sqrt(1 + np.log(s) / np.log(c.L)), "yarn": 0.1 * np.log(s) + 1, "none": 1}[o["magnitude"]]
    angle = lambda p: p[..., None] * np.where(p[..., None] < kept, theta, stretched)
    return angle, magnitude, None, c.d


@of(ROTATION, "rnope")
def rnope(o, c):
    """Yang et al. 2025, section 4: rotation in all layers but the global ones."""
    return turns(frequencies(float(o["base"]), c.d) * (0 if global_layer(o, c) else 1))


@of(ROTATION, "xpos")
def xpos(o, c):
    """Sun et al. 2022, equation 11 and algorithm 1: zeta_i = (i/(d/2) + gamma) / (1 + gamma), to the power
    of the distance over the scale base."""
    gamma = float(o["gamma"])
    zeta = (np.arange(c.d // 2) / (c.d / 2) + gamma) / (1 + gamma)
    B = c.tokens(o["scale_base"])
    return turns(frequencies(float(o["base"]), c.d), decay=lambda distance: zeta ** (distance[..., None] / B))


def content(rotation, halves, q, k, a, b):
    """q_i . k_j, q turned for position a_ij and k for b_ij: pairs as complex numbers, Re(q e^(iA) conj(k e^(iB)))."""
    if rotation is None:
        return q @ k.transpose(0, 2, 1)
    angle, magnitude, decay, r = rotation
    phase = magnitude ** 2 * np.exp(1j * (angle(a) - angle(b)))
    if decay:
        phase = phase * decay(np.maximum(a - b, 0))
    pairs = lambda x: (x[..., :r // 2] + 1j * x[..., r // 2:r] if halves else x[..., 0:r:2] + 1j * x[..., 1:r:2])
    turned = (pairs(q)[:, :, None] * pairs(k).conj()[:, None] * phase).sum(-1).real
    return turned + q[..., r:] @ k[..., r:].transpose(0, 2, 1)


# ---- factors of the content term, (heads or 1, n, 1) -------------------------------------------------

@of(SCALE, "log-n")
def log_n(o, c, a):
    """Su 2023 (ReRoPE's program) after Chiang and Cholak 2022, section 5.3: max(1, ln(i + 1) / ln L)."""
    return np.maximum(1, np.log(c.p + 1) / np.log(c.L))[None, :, None]


@of(SCALE, "ssmax")
def ssmax(o, c, a):
    """Nakanishi 2025, equations 2 and 3: s ln n (+ b), n the keys seen."""
    shift = c.own("ssmax", "shift")[:, None, None] if o["shift"] == "on" else 0
    return c.own("ssmax", "strength")[:, None, None] * np.log(c.i + 1.0) + shift


@of(SCALE, "temperature")
def temperature(o, c, a):
    """Wang et al. 2024 (HeadScale), equation 5: one factor per head."""
    return c.own("temperature", "multiplier")[:, None, None] if o["learned"] == "on" else float(o["value"])


@of(SCALE, "dual-chunk")
def chunk_magnitude(o, c, a):
    """The program's: cos and sin times 0.05 ln(n/L) + 1."""
    return (0.05 * np.log(c.s) + 1) ** 2 if o["magnitude"] == "on" else 1


@of(SCALE, "cable")
def cable_scale(o, c, a):
    """Veisi et al. 2025: the program's content term has no 1 / sqrt(d)."""
    return 1 if o["divide"] == "on" else np.sqrt(c.d)
