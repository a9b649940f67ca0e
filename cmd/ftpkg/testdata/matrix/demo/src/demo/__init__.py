"""A counter that several threads may use at once."""

from demo._counter import add, value

__all__ = ["add", "value"]
