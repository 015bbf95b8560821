"""Measures speed and memory of the whole system in one run on one machine: `python -m bench`, `make bench`."""
