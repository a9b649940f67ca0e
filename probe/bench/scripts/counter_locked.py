"""Threads count together, and take a lock for it: nothing is lost."""

from threading import Lock

UPDATES = 1_000_000

count = 0
lock = Lock()


def work(part, parts):
    global count
    for _ in range(UPDATES * (part + 1) // parts - UPDATES * part // parts):
        with lock:
            count += 1


def lost():
    return 1 - count / UPDATES
