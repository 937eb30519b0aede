#!/usr/bin/env python3
"""Golden values of the rotary encoders and of scales, from the published formulas.

    python3 tests/encoders/golden-rotary.py > tests/encoders/golden-rotary.txt

Nothing here knows the C code.  All is worked out with 50 decimal digits.

One line is one case, its fields separated by tabs:
    angle      encoder options layer head_width L n position value...     one value per pair
    magnitude  encoder options head_width L n value
    decay      encoder options head_width L distance value...             minus the logarithm, one per pair
    scale      encoder options L n place value                            first weights, positions 0, 1, ...
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


def xpos(d, L, n, base=10000):
    return lambda p, t: D(p) * geometric(base, d, t)


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
    cases("rope", "scaling=yarn", rope, small + far, scaling="yarn")
    cases("rope", "scaling=yarn,fraction=0.5,pairs=half", rope, [(16, 64, 512)], scaling="yarn", fraction="0.5")
    cases("rope", "scaling=llama3,factor=8,base=500000", rope, [(128, 8192, 131072), (16, 64, 512)],
          scaling="llama3", factor=8, base=500000)
    cases("rope", "scaling=llama3", rope, far, scaling="llama3")
    cases("p-rope", "", p_rope, small + [(10, 16, 64)])
    cases("p-rope", "share=0", p_rope, small, share="0")
    cases("p-rope", "share=1,base=500000", p_rope, small, share="1", base=500000)
    cases("p-rope", "share=0.3,pairs=half", p_rope, [(16, 16, 64)], share="0.3")
    cases("evq", "", evq, small + [(16, 64, 512), (64, 128, 8192)])
    cases("evq", "pairs=half,tau=3", evq, [(16, 64, 512)], tau="3")
    cases("evq", "quantiles=program,tau=1.5,base=10000", evq, [(16, 64, 512)], half=1, tau="1.5", base=10000)
    cases("longrope", "", longrope, small + far)
    cases("longrope", "factors=1 1.5 3.25 9,searched=10,kept=8", longrope, [(8, 16, 64), (8, 16, 160)],
          factors="1 1.5 3.25 9", searched=10, kept=8)
    cases("longrope", "kept=16", longrope, [(8, 16, 64)], kept=16)
    cases("longrope", "factors=1 1.5 3.25 9,searched=4,factor=4", longrope, [(8, 16, 16)],
          factors="1 1.5 3.25 9", searched=4, factor=4)
    cases("longrope", "base=500000,pairs=half,magnitude=yarn", longrope, small + far, base=500000)
    cases("xpos", "", xpos, small + far + [(64, 128, 8192)])
    cases("xpos", "base=500,gamma=2,scale_base=3", xpos, [(16, 64, 512)], base=500)
    for layer in range(4):
        cases("rnope", "base=500,pairs=half", rnope(layer, 4, base=500), [(8, 16, 1000)], layer=layer)
        cases("rnope", "", rnope(layer, 4), small, layer=layer)
        cases("rnope", "period=3", rnope(layer, 4, 3), small, layer=layer)


def magnitudes():
    for L, n in ((16, 16), (16, 8), (64, 512), (64, 1000000)):
        s = max(D(1), D(n) / D(L))
        yarn, su = D("0.1") * s.ln() + 1, (1 + s.ln() / D(L).ln()).sqrt()
        say("magnitude", "rope", "scaling=yarn", 8, L, n, yarn)
        say("magnitude", "rope", "scaling=yarn,factor=16", 8, L, n, D("0.1") * D(16).ln() + 1)
        for plain in ("-", "scaling=ntk", "scaling=by-parts", "scaling=llama3"):
            say("magnitude", "rope", plain, 8, L, n, D(1))
        say("magnitude", "longrope", "-", 8, L, n, su)
        say("magnitude", "longrope", "magnitude=yarn", 8, L, n, yarn)
        say("magnitude", "longrope", "magnitude=none", 8, L, n, D(1))
        say("magnitude", "longrope", "factor=4", 8, L, n, (1 + D(4).ln() / D(L).ln()).sqrt())


def decays():
    """xPos: content of pair t is multiplied by zeta_t^(distance/B)."""
    for d, L in ((8, 16), (16, 64), (64, 1024), (128, 4096)):
        for options, gamma, scale_base in (("-", D("0.4"), D(L) / 2), ("gamma=0.1", D("0.1"), D(L) / 2),
                                           ("gamma=2,scale_base=512", D(2), D(512)),
                                           ("base=500,scale_base=3L", D("0.4"), D(3 * L))):
            for distance in (1, L - 1, L, 8 * L, 1000000):
                zetas = [(2 * D(t) / d + gamma) / (1 + gamma) for t in range(d // 2)]
                say("decay", "xpos", options, d, L, distance, *[-distance / scale_base * z.ln() for z in zetas])


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
            say("scale", "cable", "-", L, n, i, D(4).sqrt())  # takes the 1/sqrt(head width) back
            say("scale", "cable", "divide=on", L, n, i, D(1))
            say("scale", "dual-chunk", "-", L, n, i, D(1))
            say("scale", "dual-chunk", "magnitude=on", L, n, i, m * m)


if __name__ == "__main__":
    angles()
    magnitudes()
    decays()
    scales()
