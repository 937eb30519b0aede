#!/usr/bin/env python3
"""Golden values of distances, masks and attentions, from the published formulas.

    python3 tests/encoders/golden-distances.py > tests/encoders/golden-distances.txt

Nothing here knows the C code.  Distances are stated pair by pair; attentions are carried out the way each
paper does them (a cache that evicts, chunks whose softmaxes are merged, two matrices of scores and a choice
between them, factors of queries and of keys), not by the same statement again.

One line is one case, its fields separated by tabs:
    distance   encoder options layer L n query first value...             keys first, first+1, ...; - is masked
    attention  rotary options mask options layer L n place value...       the output at that place
"""
import math
from fractions import Fraction


def say(*fields):
    print("\t".join("%.17g" % float(f) if isinstance(f, (float, Fraction)) else str(f) for f in fields))


# --- distances: (i, j) -> the distance at which query i sees key j, None when it does not -------------

def window(w):
    return lambda i, j: i - j if i - j < w else None


def rerope(w):
    return lambda i, j: min(i - j, w)


def leaky(w, k):
    return lambda i, j: i - j if i - j < w else w + Fraction(i - j - w, k)


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
                *["-" if made(i, j) is None else float(made(i, j)) for j in range(i + 1)])
        for first in (0, 499999, 999990) if far else ():
            say("distance", encoder, options or "-", layer, L, 1000000, 999999, first,
                *["-" if made(999999, j) is None else float(made(999999, j)) for j in range(first, first + 10)])

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


def by_parts(L, s):
    """YaRN, equations 17 to 20, alpha = 1 and beta = 32: frequencies of the two pairs."""
    thetas = [10000 ** (-2 * t / WIDTH) for t in range(WIDTH // 2)]
    gamma = [min(1, max(0, (L * theta / (2 * math.pi) - 1) / (32 - 1))) for theta in thetas]
    return [(1 - g) * theta / s + g * theta for g, theta in zip(gamma, thetas)]


def fading(gamma, scale_base, n, thetas=None, see=lambda i, j: True):
    """xPos, algorithm 1: queries times zeta^(m/B), keys times zeta^(-m/B), m counted from the middle."""
    q, k, v = vectors(n)
    zeta = [(2 * t / WIDTH + gamma) / (1 + gamma) for t in range(WIDTH // 2) for _ in range(2)]

    def turned(x, p, sign):
        m = p - n // 2
        return [y * z ** (sign * m / scale_base) for y, z in zip(turn(x, m, thetas), zeta)]
    out = []
    for i in range(n):
        seen = [j for j in range(i + 1) if see(i, j)]
        scores = [score(turned(q[i], i, 1), turned(k[j], j, -1)) for j in seen]
        out.append(softmax_sum(scores, [v[j] for j in seen])[0])
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
    case("rope", "scaling=yarn", "none", "", 0, L, n,
         plain(n, thetas=by_parts(L, n / L), magnitude=0.1 * math.log(n / L) + 1))
    case("xpos", "", "none", "", 0, L, n, fading(0.4, L / 2, n))
    case("xpos", "gamma=0.1,scale_base=5", "none", "", 0, L, n, fading(0.1, 5, n))
    case("xpos", "base=100,gamma=2,scale_base=3L", "none", "", 0, L, n, fading(2, 3 * L, n, [1, 0.1]))
    case("xpos", "", "window", "width=5", 0, L, n, fading(0.4, L / 2, n, see=lambda i, j: i - j < 5))
    case("rnope", "", "none", "", 0, L, n, plain(n, lambda i, j: i - j < 4))
    case("rnope", "", "none", "", 1, L, n, plain(n, thetas=[0.0, 0.0]))


if __name__ == "__main__":
    distances()
    attentions()
