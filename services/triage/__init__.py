"""The service triage: what a complaint is. See `README.md` and `decider/`."""
