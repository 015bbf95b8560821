"""`python -m intake`: the service as a process."""

from intake.stream import SERVICE
from runtime.process import run

if __name__ == "__main__":
    run(SERVICE)
