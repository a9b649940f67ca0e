"""Counts primes by trial division: nothing but integers and a loop."""

LIMIT = 200_000
BLOCK = 500  # numbers are dealt out in blocks, so that all shares take equally long


def is_prime(n):
    if n < 2 or n % 2 == 0:
        return n == 2
    d = 3
    while d * d <= n:
        if n % d == 0:
            return False
        d += 2
    return True


def work(part, parts):
    found = 0
    for start in range(part * BLOCK, LIMIT, parts * BLOCK):
        for n in range(start, min(start + BLOCK, LIMIT)):
            if is_prime(n):
                found += 1
    return found
