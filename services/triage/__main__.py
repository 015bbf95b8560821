"""`python -m triage`: the service as a process."""

from runtime.process import run
from triage.stream import SERVICE

if __name__ == "__main__":
    run(SERVICE)
