"""Speed and memory, as ratios against the least that could be done: `python -m benchmarks`."""
