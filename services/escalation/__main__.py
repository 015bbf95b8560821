"""`python -m escalation`: the service as a process."""

from escalation.stream import SERVICE
from runtime.process import run

if __name__ == "__main__":
    run(SERVICE)
