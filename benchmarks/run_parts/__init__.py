"""What the benchmarks of whole runs share: made-up surveys of real phrases, instant models, clocks."""
