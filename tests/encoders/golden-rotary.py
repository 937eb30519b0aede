#!/usr/bin/env python3
"""Golden values of the rotary encoders, distances and masks, from the published formulas.

    python3 tests/encoders/golden-rotary.py > tests/encoders/golden-rotary.txt

Nothing here knows the C code.  Angles are worked out with 50 decimal digits.  Distances are stated pair
by pair; attentions are carried out the way each paper does them (a cache that evicts, chunks whose
softmaxes are merged, two matrices of scores and a choice between them), not by the same statement again.

One line is one case, its fields separated by tabs:
    angle      encoder options layer head_width L n position value...     one value per pair
    magnitude  encoder options head_width L n value
    scale      encoder options L n place value                            first weights, positions 0, 1, ...
    distance   encoder options layer L n query first value...             keys first, first+1, ...; - is masked
    attention  rotary options mask options layer L n place value...       the output at that place
"""
import math
from decimal import Decimal as D, getcontext

getcontext().prec = 50
PI = D("3.14159265358979323846264338327950288419716939937510")


def say(*fields):
    print("\t".join(str(f) if not isinstance(f, (float, D)) else "%.17g" % float(f) for f in fields))


# --- frequencies: each returns a function (position, pair) -> angle, in Decimal -----------------------

def geometric(base, r, t):
    return (-2 * D(t) / D(r) * D(base).ln()).exp()


def clip(x):
    return min(D(1), max(D(0), x))


def rope(d, L, n, base=10000, fraction="1", scaling="none", factor=None, ramp="paper", low=1, high=None):
    r = 2 * int(D(fraction) * d / 2)
    s = D(factor) if factor else max(D(1), D(n) / D(L))
    high = high or (4 if scaling == "llama3" else 32)
    thetas = []
    for t in range(d // 2):
        if t >= r // 2:
            thetas.append(D(0))
            continue
        theta = geometric(base, r, t)
        if scaling == "ntk":
            theta = geometric(D(base) * (s.ln() * D(r) / D(r - 2)).exp(), r, t)
        elif scaling != "none":
            wavelength = 2 * PI / theta
            if ramp == "paper" or scaling == "llama3":
                gamma = clip((D(L) / wavelength - low) / (D(high) - D(low)))
            else:
                def dimension(turns):
                    return D(r) * (D(L) / (D(turns) * 2 * PI)).ln() / (2 * D(base).ln())
                first = max(math.floor(dimension(high)), 0)
                last = min(math.ceil(dimension(low)), r - 1)
                last = D(last) + D("0.001") if first == last else D(last)
                gamma = 1 - clip((D(t) - first) / (last - first))
            theta = (1 - gamma) * theta / s + gamma * theta
        thetas.append(theta)
    return lambda p, t: D(p) * thetas[t]


def p_rope(d, L, n, base=10000, share="0.75"):
    return lambda p, t: D(p) * (geometric(base, d, t) if t < int(D(share) * d / 2) else 0)


def asinh(x):
    return (x + (x * x + 1).sqrt()).ln()


def evq(d, L, n, base=500000, tau=None, half=0):
    K = d // 2
    tau = D(tau) if tau else D(d) / D(L).sqrt()
    sinh = (tau.exp() - (-tau).exp()) / 2

    def angle(p, t):
        u = (D(t) + D(half) / 2) / K
        phi = 1 - asinh((1 - u) * sinh) / tau
        return D(p) * (-phi * D(base).ln()).exp()
    return angle


def longrope(d, L, n, base=10000, factors=None, searched=8, kept=0, factor=None):
    s = D(factor) if factor else max(D(1), D(n) / D(L))
    lambdas = [D(x) for x in factors.split()] if factors else \
        [(D(searched).ln() * 2 * D(t) / D(d - 2)).exp() for t in range(d // 2)]

    def angle(p, t):
        if D(p) < kept:
            return D(p) * geometric(base, d, t)
        return D(p) * geometric(base, d, t) / (1 + (lambdas[t] - 1) * (s - 1) / (D(searched) - 1))
    return angle


def rnope(layer, layers, period=2, base=10000):
    def made(d, L, n):
        still = (layer + 1) % period == 0 or layer + 1 == layers
        return lambda p, t: D(0) if still else D(p) * geometric(base, d, t)
    return made


def angles():
    def cases(encoder, options, made, sizes, layer=0, **known):
        for d, L, n in sizes:
            angle = made(d, L, n, **known)
            for p in ("0", "1", "2.5", L - 1, L, n - 1, 1000000):
                say("angle", encoder, options or "-", layer, d, L, n, p, *[angle(p, t) for t in range(d // 2)])

    small, far = [(8, 16, 16)], [(8, 16, 64), (16, 64, 1000000)]
    cases("rope", "", rope, small + [(2, 16, 16)])
    cases("rope", "pairs=half,base=500000", rope, small, base=500000)
    cases("rope", "fraction=0.5,pairs=half", rope, [(8, 16, 64)], fraction="0.5")
    cases("rope", "fraction=0.3", rope, [(16, 16, 64)], fraction="0.3")
    cases("rope", "scaling=ntk", rope, small + far, scaling="ntk")
    cases("rope", "scaling=ntk,factor=3,fraction=0.5", rope, [(16, 16, 16)], scaling="ntk", factor=3, fraction="0.5")
    for ramp in ("paper", "program"):
        cases("rope", "scaling=by-parts,ramp=" + ramp, rope, small + far + [(128, 4096, 32768)],
              scaling="by-parts", ramp=ramp)
        cases("rope", "scaling=by-parts,low=0.5,high=2,factor=5,ramp=" + ramp, rope, [(16, 32, 32)],
              scaling="by-parts", low=D("0.5"), high=2, factor=5, ramp=ramp)
    cases("rope", "scaling=by-parts,ramp=program,base=1.5", rope, [(4, 2, 8)], scaling="by-parts", ramp="program",
          base=D("1.5"))
    cases("rope", "scaling=by-parts,ramp=program", rope, [(8, 6, 24)], scaling="by-parts", ramp="program")
    cases("rope", "scaling=by-parts,ramp=program,base=2", rope, [(8, 64, 256)], scaling="by-parts", ramp="program",
          base=2)
    cases("rope", "scaling=yarn,factor=16", rope, [(16, 64, 64)], scaling="yarn", factor=16)
    cases("rope", "scaling=yarn,ramp=program", rope, far, scaling="yarn", ramp="program")
    cases("rope", "scaling=llama3,factor=8,base=500000", rope, [(128, 8192, 131072), (16, 64, 512)],
          scaling="llama3", factor=8, base=500000)
    cases("rope", "scaling=llama3", rope, far, scaling="llama3")
    cases("p-rope", "", p_rope, small + [(10, 16, 64)])
    cases("p-rope", "share=0", p_rope, small, share="0")
    cases("p-rope", "share=1,base=500000", p_rope, small, share="1", base=500000)
    cases("p-rope", "share=0.3,pairs=half", p_rope, [(16, 16, 64)], share="0.3")
    cases("evq", "", evq, small + [(16, 64, 512), (64, 128, 8192)])
    cases("evq", "quantiles=program,tau=1.5,base=10000", evq, [(16, 64, 512)], half=1, tau="1.5", base=10000)
    cases("longrope", "", longrope, small + far)
    cases("longrope", "factors=1 1.5 3.25 9,searched=10,kept=8", longrope, [(8, 16, 64), (8, 16, 160)],
          factors="1 1.5 3.25 9", searched=10, kept=8)
    cases("longrope", "kept=16", longrope, [(8, 16, 64)], kept=16)
    cases("longrope", "factors=1 1.5 3.25 9,searched=4,factor=4", longrope, [(8, 16, 16)],
          factors="1 1.5 3.25 9", searched=4, factor=4)
    for layer in range(4):
        cases("rnope", "", rnope(layer, 4), small, layer=layer)
        cases("rnope", "period=3", rnope(layer, 4, 3), small, layer=layer)


def magnitudes():
    for L, n in ((16, 16), (16, 8), (64, 512), (64, 1000000)):
        s = max(D(1), D(n) / D(L))
        yarn, su = D("0.1") * s.ln() + 1, (1 + s.ln() / D(L).ln()).sqrt()
        say("magnitude", "rope", "scaling=yarn", 8, L, n, yarn)
        say("magnitude", "rope", "scaling=yarn,factor=16", 8, L, n, D("0.1") * D(16).ln() + 1)
        say("magnitude", "rope", "scaling=by-parts", 8, L, n, D(1))
        say("magnitude", "longrope", "-", 8, L, n, su)
        say("magnitude", "longrope", "magnitude=yarn", 8, L, n, yarn)
        say("magnitude", "longrope", "magnitude=none", 8, L, n, D(1))


def scales():
    for L, n in ((16, 64), (1024, 2048), (64, 1000000)):
        start = D(L) / sum(D(k).ln() for k in range(2, L + 1))
        m = D("0.05") * max(D(1), D(n) / D(L)).ln() + 1
        for i in (0, 1, 5, L - 1, L, n - 1):
            logarithm = D(i + 1).ln()
            say("scale", "log-n", "-", L, n, i, max(D(1), logarithm / D(L).ln()))
            say("scale", "ssmax", "-", L, n, i, start * logarithm)
            say("scale", "ssmax", "start=0.168,shift=on", L, n, i, D("0.168") * logarithm)
            say("scale", "temperature", "value=1.2,learned=off", L, n, i, D("1.2"))
            say("scale", "temperature", "value=0.7", L, n, i, D("0.7"))
            say("scale", "dual-chunk", "-", L, n, i, D(1))
            say("scale", "dual-chunk", "magnitude=on", L, n, i, m * m)


# --- distances: (i, j) -> the distance at which query i sees key j, None when it does not -------------

def window(w):
    return lambda i, j: i - j if i - j < w else None


def rerope(w):
    return lambda i, j: min(i - j, w)


def leaky(w, k):
    return lambda i, j: i - j if i - j < w else D(w) + D(i - j - w) / k


def self_extend(w, G):
    return lambda i, j: i - j if i - j < w else i // G + w - w // G - j // G


def dual_chunk_paper(s, c):
    def distance(i, j):
        if i // s == j // s:
            return i % s - j % s                                    # P_q intra
        if i // s == j // s + 1:
            w = c - s                                               # P_q successive: s, s+1, ..., s+w-1, c-1, ...
            return (s + i % s if i % s < w else c - 1) - j % s
        return c - 1 - j % s                                        # P_q inter
    return distance


def dual_chunk_program(size, local):
    c = size - local

    def distance(i, j):
        if i // c == j // c:
            return i % c - j % c
        if i // c == j // c + 1:
            return min(i % c + c, size) - j % c
        return min(c - 1 + c, size) - j % c
    return distance


def sinks(S, W, text=False):
    def distance(i, j):
        if i + 1 <= S + W:
            return i - j
        if j >= i + 1 - W:
            return i - j
        return None if j >= S else i - j if text else S + W - 1 - j
    return distance


def lambda_mask(G, W, limit, n=None):
    def distance(i, j):
        if i - j < W:
            return i - j
        if j >= G:
            return None
        return min(i - j, limit) if n is None else min(limit, n - 1)
    return distance


def distances():
    def cases(encoder, options, L, n, made, layer=0, far=True):
        for i in range(n):
            say("distance", encoder, options or "-", layer, L, n, i, 0,
                *["-" if made(i, j) is None else D(made(i, j)) for j in range(i + 1)])
        for first in (0, 499999, 999990) if far else ():
            say("distance", encoder, options or "-", layer, L, 1000000, 999999, first,
                *["-" if made(999999, j) is None else D(made(999999, j)) for j in range(first, first + 10)])

    L, n = 8, 21
    cases("window", "", L, n, window(8))
    cases("window", "width=5", L, n, window(5))
    cases("rerope", "", L, n, rerope(2))
    cases("rerope", "window=5", L, n, rerope(5))
    cases("leaky-rerope", "", L, n, leaky(1, 16))
    cases("leaky-rerope", "window=0.5L,factor=3", L, n, leaky(4, 3))
    cases("self-extend", "", L, n, self_extend(2, 8))
    cases("self-extend", "group=3,window=5", L, n, self_extend(5, 3))
    cases("dual-chunk", "", L, n, dual_chunk_paper(6, 8))
    cases("dual-chunk", "size=3", L, n, dual_chunk_paper(3, 8))
    cases("dual-chunk", "size=1L", L, n, dual_chunk_paper(8, 8))
    cases("dual-chunk", "rule=program", L, n, dual_chunk_program(6, 1))
    cases("dual-chunk", "rule=program,size=7,local=5", L, n, dual_chunk_program(7, 5))
    cases("sinks", "", L, n, sinks(4, 4))
    cases("sinks", "sinks=2,recent=5", L, n, sinks(2, 5))
    cases("sinks", "sinks=2,recent=5,positions=text", L, n, sinks(2, 5, True))
    cases("lambda", "", L, n, lambda_mask(10, 8, 8))
    cases("lambda", "global=3,local=4,limit=9", L, n, lambda_mask(3, 4, 9))
    cases("lambda", "global=3,local=4,limit=9,distance=program", L, n, lambda_mask(3, 4, 9, 1000000))
    cases("lambda", "global=3,local=4,limit=25,distance=program", L, n, lambda_mask(3, 4, 25, n), far=False)
    for layer in range(4):
        cases("rnope", "", L, n, window(4) if layer % 2 == 0 else window(1 << 30), layer)
        cases("rnope", "window=3,period=3", L, n, window(3) if layer in (0, 1) else window(1 << 30), layer)


# --- attention of one head, the way each paper carries it out ------------------------------------------

WIDTH = 4


def vectors(n):
    q = [[math.sin(1.3 * i + 0.7 * c + 0.1) * 2 for c in range(WIDTH)] for i in range(n)]
    k = [[math.cos(0.9 * i + 1.1 * c) * 2 for c in range(WIDTH)] for i in range(n)]
    v = [[math.sin(0.5 * i * (c + 1)) for c in range(WIDTH)] for i in range(n)]
    return q, k, v


def turn(x, p, thetas=None, magnitude=1.0):
    thetas = thetas or [10000 ** (-2 * t / WIDTH) for t in range(WIDTH // 2)]
    out = []
    for t, theta in enumerate(thetas):                              # pairs (2t, 2t+1) as complex numbers
        z = complex(x[2 * t], x[2 * t + 1]) * complex(math.cos(p * theta), math.sin(p * theta)) * magnitude
        out += [z.real, z.imag]
    return out


def score(q, k):
    return sum(a * b for a, b in zip(q, k)) / math.sqrt(WIDTH)


def softmax_sum(scores, values):
    """Weighted mean of the values, and the logarithm of the sum of exponentials."""
    top = max(scores)
    weights = [math.exp(s - top) for s in scores]
    total = sum(weights)
    return [sum(w * v[c] for w, v in zip(weights, values)) / total for c in range(WIDTH)], top + math.log(total)


def streaming(S, W, n):
    """StreamingLLM: a cache of keys not yet turned; positions are places in the cache."""
    q, k, v = vectors(n)
    cache, out = [], []
    for i in range(n):
        if len(cache) == S + W:
            del cache[S]
        cache.append(i)
        query = turn(q[i], len(cache) - 1)
        out.append(softmax_sum([score(query, turn(k[j], p)) for p, j in enumerate(cache)], [v[j] for j in cache])[0])
    return out


def chunked(chunk, end, far, n):
    """Dual chunk attention: a softmax per part, merged by the sums of their exponentials."""
    q, k, v = vectors(n)
    keys = [turn(k[j], j % chunk) for j in range(n)]
    out = []
    for i in range(n):
        own = i // chunk * chunk
        parts = [(own, i + 1, i % chunk), (max(own - chunk, 0), own, min(i % chunk + chunk, end)),
                 (0, max(own - chunk, 0), far)]
        merged = [softmax_sum([score(turn(q[i], p), keys[j]) for j in range(a, b)], v[a:b])
                  for a, b, p in parts if a < b]
        total = sum(math.exp(size) for _, size in merged)
        out.append([sum(o[c] * math.exp(size) for o, size in merged) / total for c in range(WIDTH)])
    return out


def chosen(w, far_query, far_key, n, scale=lambda i: 1.0):
    """Two matrices of scores and a choice by distance: ReRoPE, leaky ReRoPE, Self-Extend."""
    q, k, v = vectors(n)
    near = [[score(turn(q[i], i), turn(k[j], j)) * scale(i) for j in range(n)] for i in range(n)]
    wide = [[score(turn(q[i], far_query(i)), turn(k[j], far_key(j))) * scale(i) for j in range(n)] for i in range(n)]
    return [softmax_sum([near[i][j] if i - j < w else wide[i][j] for j in range(i + 1)], v[:i + 1])[0]
            for i in range(n)]


def stationary(G, W, limit, n):
    """LM-Infinite: keys by their distance, turned by it alone; what the mask hides is left out."""
    q, k, v = vectors(n)
    out = []
    for i in range(n):
        seen = [j for j in range(i + 1) if j < G or i - j < W]
        out.append(softmax_sum([score(q[i], turn(k[j], -min(i - j, limit))) for j in seen], [v[j] for j in seen])[0])
    return out


def plain(n, see=lambda i, j: True, thetas=None, magnitude=1.0, scale=lambda i: 1.0):
    q, k, v = vectors(n)
    out = []
    for i in range(n):
        seen = [j for j in range(i + 1) if see(i, j)]
        query = turn(q[i], i, thetas, magnitude)
        out.append(softmax_sum([score(query, turn(k[j], j, thetas, magnitude)) * scale(i) for j in seen],
                               [v[j] for j in seen])[0])
    return out


def attentions():
    def case(rotary, rotary_options, mask, mask_options, layer, L, n, out):
        for i in (0, 3, L - 1, L, n // 2, n - 1):
            say("attention", rotary, rotary_options or "-", mask, mask_options or "-", layer, L, n, i, *out[i])

    L, n = 8, 33
    case("rope", "", "none", "", 0, L, n, plain(n))
    case("none", "", "none", "", 0, L, n, plain(n, thetas=[0.0, 0.0]))
    case("rope", "", "window", "width=5", 0, L, n, plain(n, lambda i, j: i - j < 5))
    case("rope", "", "sinks", "", 0, L, n, streaming(4, 4, n))
    case("rope", "", "sinks", "sinks=1,recent=6", 0, L, n, streaming(1, 6, n))
    case("rope", "", "lambda", "", 0, L, n, stationary(10, 8, 8, n))
    case("rope", "", "lambda", "global=3,local=4,limit=9", 0, L, n, stationary(3, 4, 9, n))
    case("rope", "", "dual-chunk", "", 0, L, n, chunked(6, 7, 7, n))
    case("rope", "", "dual-chunk", "rule=program,size=7,local=3", 0, L, n, chunked(4, 7, 7, n))
    case("rope", "", "rerope", "", 0, L, n, chosen(2, lambda i: 2, lambda j: 0, n))
    case("rope", "", "leaky-rerope", "window=3,factor=4", 0, L, n,
         chosen(3, lambda i: (i + 3 * (4 - 1)) / 4, lambda j: j / 4, n))
    case("rope", "", "self-extend", "group=3,window=5", 0, L, n,
         chosen(5, lambda i: i // 3 + 5 - 5 // 3, lambda j: j // 3, n))
    case("rope", "", "log-n", "", 0, L, n, plain(n, scale=lambda i: max(1.0, math.log(i + 1) / math.log(L))))
    strength = L / math.log(math.factorial(L))
    case("rope", "", "ssmax", "", 0, L, n, plain(n, scale=lambda i: strength * math.log(i + 1)))
    case("none", "", "temperature", "value=1.2,learned=off", 0, L, n, plain(n, thetas=[0.0, 0.0], scale=lambda i: 1.2))
    slow = rope(WIDTH, L, n, scaling="yarn")
    case("rope", "scaling=yarn", "none", "", 0, L, n,
         plain(n, thetas=[float(slow(1, t)) for t in range(2)], magnitude=0.1 * math.log(n / L) + 1))
    case("rnope", "", "none", "", 0, L, n, plain(n, lambda i, j: i - j < 4))
    case("rnope", "", "none", "", 1, L, n, plain(n, thetas=[0.0, 0.0]))


if __name__ == "__main__":
    angles()
    magnitudes()
    scales()
    distances()
    attentions()
