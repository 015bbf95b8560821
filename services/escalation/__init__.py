"""The service escalation: who holds a complaint, until when. See `README.md` and `decider/`."""
