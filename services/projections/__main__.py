"""`python -m projections`: one process of this service."""

from projections.stream import service
from runtime.process import run

if __name__ == "__main__":
    run(service())
