"""Threads count together, without a lock: each reads the counter, adds one and
writes it back, and what another has written in between is lost."""

UPDATES = 1_000_000

count = 0


def work(part, parts):
    global count
    for _ in range(UPDATES * (part + 1) // parts - UPDATES * part // parts):
        count += 1


def lost():
    return 1 - count / UPDATES
