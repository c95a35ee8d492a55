"""What can go wrong in a benchmark run."""


class BenchmarkError(Exception):
    """The run cannot go on; the message says why."""
