"""`python -m accountability`: the service as a process."""

from accountability.stream import SERVICE
from runtime.process import run

if __name__ == "__main__":
    run(SERVICE)
