#!/usr/bin/env python3
"""Golden values for the Statistics target: exact sums and high-precision functions by mpmath, KS by scipy.

Run from the package root:  python3 scripts/golden/golden_statistics.py
Writes fixtures/golden/statistics/*.json. Needs mpmath and scipy.

Inputs are binary doubles, taken exactly. Logarithms are natural. Numbers are strings where JSON has none ("-inf").
"""
import json
import math
import os

import mpmath as mp
import scipy
import scipy.stats

mp.mp.dps = 60
OUT = os.path.join("fixtures", "golden", "statistics")
COMMAND = "python3 scripts/golden/golden_statistics.py"


def num(x):
    x = float(x)
    return x if x == x and abs(x) != float("inf") else ("-inf" if x < 0 else "inf")


def ln(x):
    return num(mp.log(x)) if x > 0 else "-inf"


def ln_near_one(x, complement):
    """ln x from the complement where that is small, so that 1 - 1e-300 keeps its digits."""
    if x <= 0:
        return "-inf"
    if complement > mp.mpf(10) ** -20:
        return ln(x)
    return num(-complement - complement ** 2 / 2)


def write(name, cases):
    os.makedirs(OUT, exist_ok=True)
    with open(os.path.join(OUT, name + ".json"), "w") as out:
        out.write('{"command": "%s", "versions": "mpmath %s, scipy %s", "cases": [\n'
                  % (COMMAND, mp.__version__, scipy.__version__))
        out.write(",\n".join(json.dumps(case, separators=(",", ":")) for case in cases))
        out.write("\n]}\n")
    print(name, len(cases))


# Sums that stop once the terms no longer count; `terms` fall from the first on.

def falling(terms):
    total = mp.mpf(0)
    for term in terms:
        total += term
        if term < total * mp.mpf(10) ** -30:
            break
    return total


def binomial_pmf(k, n, p):
    if not 0 <= k <= n:
        return mp.mpf(0)
    p = mp.mpf(p)
    if p in (0, 1):
        return mp.mpf(1 if k == n * int(p) else 0)
    with mp.workdps(80):
        return mp.exp(mp.loggamma(n + 1) - mp.loggamma(k + 1) - mp.loggamma(n - k + 1)
                      + k * mp.log(p) + (n - k) * mp.log(1 - p))


def binomial_tail(k, n, p, up):
    """P(X >= k) or P(X <= k)."""
    if up and k <= 0 or not up and k >= n:
        return mp.mpf(1)
    if up and k > n or not up and k < 0:
        return mp.mpf(0)
    mean = n * mp.mpf(p)
    if up and k <= mean:
        return 1 - binomial_tail(k - 1, n, p, False)
    if not up and k >= mean:
        return 1 - binomial_tail(k + 1, n, p, True)
    p = mp.mpf(p)
    if p in (0, 1):
        return mp.mpf(0)

    def terms():
        term, j = binomial_pmf(k, n, p), k
        while 0 <= j <= n:
            yield term
            term *= (n - j) * p / ((j + 1) * (1 - p)) if up else j * (1 - p) / ((n - j + 1) * p)
            j += 1 if up else -1
    return falling(terms())


def binomial():
    cases = []
    grid = [(0, 0.5, [-1, 0, 1]), (1, 0.3, [0, 1, 2]), (1, 1e-300, [0, 1]), (5, 0.0, [0, 1, 5]), (5, 1.0, [0, 4, 5, 6]),
            (10, 0.5, range(-1, 12)), (17, 0.999, [0, 3, 16, 17]), (30, 1e-12, [0, 1, 2, 5, 30]),
            (100, 1 / 3, [0, 1, 20, 33, 34, 50, 99, 100]), (1000, 0.5, [0, 300, 499, 500, 501, 700, 1000]),
            (2000, 1e-200, [1, 2, 15, 2000]), (40000, 0.5, [19000, 20000, 20001, 23000, 39000, 40000]),
            (100000, 0.25, [20000, 24990, 25000, 25001, 25100, 26000, 30000, 60000, 100000]),
            (1000000, 0.07, [60000, 69999, 70000, 70001, 75000]),
            (10 ** 7, 0.5, [4990000, 5000000, 5001000, 5100000, 6000000]),
            (10 ** 9, 0.1, [99900000, 100000001, 100010000, 100300000]), (10 ** 9, 1e-9, [0, 1, 3, 50])]
    for n, p, ks in grid:
        for k in ks:
            cases.append({"n": n, "p": p, "k": k, 
                          "pmf": ln_near_one(binomial_pmf(k, n, p), binomial_tail(k - 1, n, p, False)
                                             + binomial_tail(k + 1, n, p, True)),
                          "upper": ln_near_one(binomial_tail(k, n, p, True), binomial_tail(k - 1, n, p, False)),
                          "lower": ln_near_one(binomial_tail(k, n, p, False), binomial_tail(k + 1, n, p, True))})
    write("binomial", cases)


def normal():
    zs = [0.0, 1e-20, 0.1, 0.5, 1.0, 1.96, 3.0, 5.0, 7.99, 8.0, 8.01, 10.0, 20.0, 37.5, 38.5, 100.0, 151.7, 1e4, 1e8]
    cases = []
    for z in zs + [-z for z in zs]:
        # erfc's own precision must cover 1 - tiny on the other side.
        mp.mp.dps = 60 if abs(z) < 8 else 1000 if z > -40 else 60
        if z < -40:
            # ln(1 - t) = -t - t²/2 ... underflows a double long before.
            log = -(mp.erfc(-mp.mpf(z) / mp.sqrt(2)) / 2)
        elif z > 200:
            x = mp.mpf(z)
            series = sum((-1) ** j * mp.fac2(2 * j - 1) / x ** (2 * j) for j in range(1, 8)) + 1
            log = -x * x / 2 - mp.log(x) - mp.log(2 * mp.pi) / 2 + mp.log(series)
        else:
            log = mp.log(mp.erfc(mp.mpf(z) / mp.sqrt(2)) / 2)
        cases.append({"z": z, "upper": num(log)})
    mp.mp.dps = 60
    write("normal", cases)


def gamma_tails(a, x):
    """(P, Q) by the series or by 1 - Q with enough digits."""
    a, x = mp.mpf(a), mp.mpf(x)

    def series():
        term, divisor = mp.mpf(1), a
        while True:
            yield term
            divisor += 1
            term *= x / divisor
    total, largest = mp.mpf(0), mp.mpf(0)
    for term in series():
        total += term
        if term < total * mp.mpf(10) ** -(mp.mp.dps - 5):
            break
    lower = mp.exp(a * mp.log(x) - x - mp.loggamma(a + 1)) * total
    return lower, 1 - lower


def gamma_upper_fraction(a, x):
    """Q for x well above a, by the continued fraction from the back."""
    a, x = mp.mpf(a), mp.mpf(x)
    previous = None
    depth = 200
    while True:
        value = mp.mpf(0)
        for i in range(depth, 0, -1):
            value = i * (a - i) / (x + 2 * i + 1 - a + value)
        result = mp.exp(a * mp.log(x) - x - mp.loggamma(a)) / (x + 1 - a + value)
        if previous is not None and abs(result / previous - 1) < mp.mpf(10) ** -25:
            return result
        previous, depth = result, depth * 2


def gamma():
    cases = []
    grid = [(1e-10, [1e-12, 0.1, 1.0, 1.4, 2.0, 50.0]), (0.01, [1e-300, 1e-5, 0.5, 1.49, 1.6, 700.0]),
            (0.5, [1e-6, 0.1, 0.5, 1.0, 3.0, 800.0]), (0.7, [1e-9, 0.2, 0.8, 1.45]), (1.0, [1e-17, 0.5, 1.0, 700.0, 12000.0]),
            (2.5, [1e-5, 1.0, 2.5, 2.6, 10.0, 2000.0]), (14.3, [0.01, 7.0, 14.0, 15.0, 60.0]),
            (100.0, [1.0, 50.0, 99.0, 100.0, 101.0, 200.0, 1000.0, 13000.0]), (1000.5, [400.0, 1000.0, 1100.0, 3000.0]),
            (1e5, [9e4, 99999.0, 100001.0, 1.01e5, 1.2e5]), (1e6, [9.9e5, 1e6, 1000500.0, 1.02e6]),
            (1e8, [99950000.0, 1.0001e8, 1.003e8])]
    for a, xs in grid:
        for x in xs:
            if x > a + 3 * a ** 0.5 + 2:
                upper = gamma_upper_fraction(a, x)
                lower = 1 - upper
            else:
                lower, upper = gamma_tails(a, x)
            cases.append({"shape": a, "x": x, "upper": ln_near_one(upper, lower), "lower": ln_near_one(lower, upper)})
    write("gamma", cases)


def poisson_binomial_exact(groups):
    """The whole distribution by convolution of mpf polynomials."""
    total = [mp.mpf(1)]
    for p, count in groups:
        row = [binomial_pmf(j, count, p) for j in range(count + 1)]
        result = [mp.mpf(0)] * (len(total) + count)
        for i, a in enumerate(total):
            for j, b in enumerate(row):
                result[i + j] += a * b
        total = result
    return total


def poisson_binomial():
    cases = []
    grid = [([], [0, 1]), ([(0.5, 3), (0.0, 4)], [0, 1, 3, 4]), ([(0.5, 3), (1.0, 2)], [1, 2, 3, 5, 6]),
            ([(0.5, 1), (0.25, 1)], [0, 1, 2, 3]), ([(0.1, 2), (0.9, 3), (1e-9, 4)], range(0, 10)),
            ([(0.5, 20), (1 / 3, 30), (0.25, 10)], [0, 1, 5, 15, 22, 23, 30, 45, 59, 60]),
            ([(0.5, 150), (0.25, 100), (0.2, 60)], [0, 3, 60, 111, 112, 113, 160, 250, 309, 310]),
            ([(1e-300, 5), (1e-3, 40), (0.999, 30)], [0, 1, 20, 29, 30, 31, 40, 70, 71, 75]),
            ([(0.5, 400), (1 / 3, 300), (0.1, 300)], [100, 300, 329, 330, 331, 350, 500, 900, 1000]),
            ([(1e-40, 60), (1e-50, 60)], [1, 2, 60, 100, 119, 120]),
            ([(1 / 900, 500), (0.5, 500), (0.97, 200)], [200, 400, 444, 445, 446, 500, 800, 1190])]
    for groups, ks in grid:
        exact = poisson_binomial_exact(groups)
        for k in ks:
            inside = 0 <= k < len(exact)
            cases.append({"groups": groups, "k": k, "pmf": ln(exact[k]) if inside else "-inf",
                          "upper": ln_near_one(mp.fsum(exact[k:]), mp.fsum(exact[:k])),
                          "lower": ln_near_one(mp.fsum(exact[:k + 1]), mp.fsum(exact[k + 1:]))})
    # Large: two groups, each tail summed from log densities around its own largest term.
    for groups, ks in [([(0.5, 40000), (0.25, 30000)], [27000, 27500, 27600, 30000, 45000]),
                       ([(1 / 3, 10 ** 6), (0.5, 10 ** 6)], [833000, 833400, 840000, 1000000])]:
        (p1, n1), (p2, n2) = groups
        for k in ks:
            cases.append({"groups": groups, "k": k, "upper": ln(two_group_upper(p1, n1, p2, n2, k))})
    write("poisson-binomial", cases)


def two_group_upper(p1, n1, p2, n2, k):
    """P(X1 + X2 >= k) = sum_i P(X1 = i) P(X2 >= k - i); both factors by recurrence, 40 digits."""
    with mp.workdps(40):
        if k <= n1 * p1 + n2 * p2:
            # From the other side: P(misses >= n - k + 1).
            return 1 - two_group_upper(mp.mpf(1) - mp.mpf(p1), n1, mp.mpf(1) - mp.mpf(p2), n2, n1 + n2 - k + 1)
        p1, p2 = mp.mpf(p1), mp.mpf(p2)
        # The i with the largest product of densities at total k.
        low, high = max(0, k - n2), min(n1, k)
        odds = (p1 / (1 - p1)) * (1 - p2) / p2
        while low < high:
            i = (low + high) // 2
            ratio = mp.mpf(n1 - i) / (i + 1) * (k - i) / (n2 - k + i + 1) * odds
            if ratio > 1:
                low = i + 1
            else:
                high = i
        # Upwards over thirty standard deviations around it: the second factor's tail then only grows, without subtraction.
        width = int(15 * (n1 + n2) ** 0.5)
        i = max(0, k - n2, low - width)
        first, point = binomial_pmf(i, n1, p1), binomial_pmf(k - i, n2, p2)
        tail, total = binomial_tail(k - i, n2, p2, True), mp.mpf(0)
        for i in range(i, min(n1, low + width) + 1):
            total += first * tail
            j = k - i
            first *= (n1 - i) * p1 / ((i + 1) * (1 - p1))
            point *= j * (1 - p2) / ((n2 - j + 1) * p2)
            tail += point
        return total


def fisher():
    cases = []
    tables = [(0, 0, 0, 0), (3, 0, 0, 0), (0, 5, 0, 5), (3, 1, 1, 3), (8, 2, 1, 5), (1, 9, 11, 3), (0, 10, 10, 0),
              (10, 10, 10, 10), (30, 12, 7, 40), (200, 100, 100, 200), (5, 995, 20, 980), (1000, 0, 0, 1000),
              (900, 100, 4000, 5000), (12, 3, 2, 300), (2, 3000, 0, 9), (6000, 4000, 1000, 9000)]
    for a, b, c, d in tables:
        population, marked, draws = a + b + c + d, a + b, a + c
        low, high = max(0, draws - population + marked), min(marked, draws)
        weights = []
        weight = math.comb(marked, low) * math.comb(population - marked, draws - low)
        for k in range(low, high + 1):
            weights.append(weight)
            weight = weight * (marked - k) * (draws - k) // ((k + 1) * (population - marked - draws + k + 1))
        total = math.comb(population, draws)
        assert sum(weights) == total
        own = weights[a - low]

        def ratio(part):
            return ln_near_one(mp.mpf(part) / total, mp.mpf(total - part) / total)
        case = {"table": [a, b, c, d], "pmf": ratio(own), "greater": ratio(sum(weights[a - low:])),
                "less": ratio(sum(weights[:a - low + 1])), "twoSided": ratio(sum(w for w in weights if w <= own))}
        if float(case["twoSided"]) > -600 and population:
            check = scipy.stats.fisher_exact([[a, b], [c, d]]).pvalue
            assert abs(mp.log(check) - case["twoSided"]) < 1e-6 * (1 + abs(case["twoSided"])), (case, check)
        cases.append(case)
    write("fisher", cases)


def kolmogorov_smirnov():
    cases = []
    for n, ds in [(1, [0.5, 0.6, 0.975]), (2, [0.3, 0.5, 0.8]), (5, [0.12, 0.2, 0.3, 0.45, 0.7, 0.95]),
                  (20, [0.05, 0.1, 0.2, 0.29, 0.45, 0.8]), (100, [0.03, 0.07, 0.1, 0.14, 0.199, 0.201, 0.4]),
                  (2000, [0.01, 0.02, 0.03, 0.044, 0.045, 0.1]), (19999, [0.005, 0.008, 0.012])]:
        for d in ds:
            # Exact rational matrix (Marsaglia, Tsang and Wang) up to n = 100; scipy's beyond.
            p = ks_exact(n, d) if n <= 100 else None
            # Beyond: scipy; where twice the one-sided tail is exact to all digits, that.
            if p is None and n * d * d > 6:
                p = 2 * smirnov_upper(n, d)
            exact = p is not None
            cases.append({"n": n, "d": d, "logP": ln(p) if exact else num(mp.log(scipy.stats.kstwo.sf(d, n))),
                          "exact": exact})
    for n, d in [(20001, 0.004), (20001, 0.0062), (20001, 0.009), (20001, 0.0125), (40000, 0.0068)]:
        cases.append({"n": n, "d": d, "logP": num(mp.log(scipy.stats.kstwo.sf(d, n))), "exact": False})
    write("kolmogorov-smirnov", cases)


def smirnov_upper(n, d):
    d = mp.mpf(d)
    terms = []
    for j in range(0, int(mp.floor(n * (1 - d))) + 1):
        level = d + mp.mpf(j) / n
        terms.append(binomial_pmf(j, n, level) / level)
    return d * mp.fsum(terms)


def ks_exact(n, d):
    with mp.workdps(120):
        scaled = n * mp.mpf(d)
        k = int(mp.floor(scaled)) + 1
        if d >= 1:
            return mp.mpf(0)
        size, gap = 2 * k - 1, k - scaled
        matrix = mp.matrix(size, size)
        for i in range(size):
            for j in range(size):
                matrix[i, j] = 1 / mp.factorial(i - j + 1) if i - j + 1 >= 0 else 0
        for i in range(size):
            matrix[i, 0] -= gap ** (i + 1) / mp.factorial(i + 1)
            matrix[size - 1, i] -= gap ** (size - i) / mp.factorial(size - i)
        if 2 * gap > 1:
            matrix[size - 1, 0] += (2 * gap - 1) ** size / mp.factorial(size)
        vector = mp.matrix(size, 1)
        vector[k - 1] = 1
        for step in range(1, n + 1):
            vector = matrix * vector * (mp.mpf(step) / n)
        return 1 - vector[k - 1]


def clopper_pearson():
    cases = []
    for k, n, confidence in [(0, 0, 0.95), (0, 10, 0.95), (10, 10, 0.95), (1, 10, 0.95), (5, 10, 0.99), (7, 23, 0.9),
                             (20, 2000, 0.99), (2, 2000, 0.999), (500, 1000, 0.95), (1, 10 ** 6, 0.95),
                             (99999, 100000, 0.95), (3, 40, 0.9999999), (123456, 500000, 0.95)]:
        tail = (1 - mp.mpf(confidence)) / 2
        lower = mp.mpf(0) if k == 0 else bisect(lambda p: binomial_tail(k, n, p, True) - tail)
        upper = mp.mpf(1) if k == n else bisect(lambda p: tail - binomial_tail(k, n, p, False))
        cases.append({"k": k, "n": n, "confidence": confidence, "lower": num(lower), "upper": num(upper)})
    write("clopper-pearson", cases)


def bisect(function):
    """The root of an increasing function on (0, 1), by its logit."""
    with mp.workdps(35):
        low, high = mp.mpf(-60), mp.mpf(60)
        for _ in range(75):
            middle = (low + high) / 2
            if function(1 / (1 + mp.exp(-middle))) > 0:
                high = middle
            else:
                low = middle
        return 1 / (1 + mp.exp(-low))


if __name__ == "__main__":
    binomial()
    normal()
    gamma()
    poisson_binomial()
    fisher()
    kolmogorov_smirnov()
    clopper_pearson()
