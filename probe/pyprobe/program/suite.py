"""The lane that runs a package's own tests on threads, with pytest and
pytest-run-parallel where the environment has them."""

import importlib.util
import sys

channel = use("channel")  # noqa: F821, a builtin of the loader
errors = use("errors")  # noqa: F821
imports = use("imports")  # noqa: F821
text = channel.text

NEEDED = ("pytest", "pytest_run_parallel")
FAILURES = 100  # the most that are reported


class Plugin:
    """Counts the outcomes of tests, as pytest's own summary does."""

    def __init__(self):
        self.collected = 0
        self.outcomes = {}
        self.failures = []

    def pytest_collection_modifyitems(self, items):
        self.collected = len(items)

    def pytest_collectreport(self, report):
        if report.failed:
            self._count("error", report)

    def pytest_runtest_logreport(self, report):
        if report.when == "call":
            outcome = report.outcome
            if hasattr(report, "wasxfail"):
                outcome = "xpassed" if report.outcome == "passed" else "xfailed"
            self._count(outcome, report)
        elif report.failed:
            self._count("error", report)  # in a fixture
        elif report.skipped:
            self._count("xfailed" if hasattr(report, "wasxfail") else "skipped", report)

    def _count(self, outcome, report):
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1
        if outcome in ("failed", "error") and len(self.failures) < FAILURES:
            about = {"test": text(report.nodeid, 500), "outcome": outcome, "text": text(report.longrepr)}
            self.failures.append(about)


def run(this):
    for name in NEEDED:
        if importlib.util.find_spec(name) is None:
            this.line.send("tests", lacking=name)
            return
    plugin = Plugin()

    def go():
        import pytest

        # faulthandler is the probe's own; nothing is written beside the package.
        options = ["-q", "-p", "no:faulthandler", "-p", "no:cacheprovider"]
        options.append("--continue-on-collection-errors")
        options.append("--parallel-threads=%d" % this.job["threads"])
        return int(pytest.main(options + this.job["tests"] + pyargs(this.job["modules"]), plugins=[plugin]))

    status = []
    imports.one(this, "pytest", lambda: status.append(go()))
    this.line.send(
        "tests",
        exit=status[0] if status else -1,
        collected=plugin.collected,
        outcomes=plugin.outcomes,
        failed=plugin.failures,
    )


def pyargs(modules):
    """Returns the arguments that name packages rather than files."""
    return ["--pyargs"] + modules if modules else []
