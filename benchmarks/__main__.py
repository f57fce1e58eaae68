"""`python -m benchmarks`: every ratio with its bound; the database must hold the demo."""

import os
import sys

import django


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "asf_tracker.settings")
    django.setup()
    from . import report_pdf

    benchmarks = (report_pdf,)
    within = [benchmark.run() for benchmark in benchmarks]
    return 0 if all(within) else 1


if __name__ == "__main__":
    sys.exit(main())
