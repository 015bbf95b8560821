"""Calendars, policies, clocks and proofs: business time that can be proved. Pure: no clock, no I/O, no events.

Must not: know a complaint, a stream or a service.
"""
