"""`python -m benchmarks`: every ratio with its bound, in a database of its own with the demo in it."""

import os
import sys

import django


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "asf_tracker.settings")
    django.setup()
    from django.test.runner import DiscoverRunner

    from reports.demo import gavleborg

    from . import census, disclosure, figures, lists, report_pdf

    runner = DiscoverRunner(verbosity=0)
    databases = runner.setup_databases()
    try:
        gavleborg.load()
        within = [benchmark.run() for benchmark in (figures, disclosure, lists, census, report_pdf)]
    finally:
        runner.teardown_databases(databases)
    return 0 if all(within) else 1


if __name__ == "__main__":
    sys.exit(main())
