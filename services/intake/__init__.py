"""Intake: what was said, on every channel, kept in one place and one order."""
