"""Estimates pi by throwing darts. Every thread has a generator of its own: the
shared one has a lock, and threads would spend their time waiting for it."""

from random import Random

DARTS = 2_000_000


def work(part, parts):
    throw = Random(part).random
    hits = 0
    for _ in range(DARTS * (part + 1) // parts - DARTS * part // parts):
        x = throw()
        y = throw()
        if x * x + y * y <= 1.0:
            hits += 1
    return hits
