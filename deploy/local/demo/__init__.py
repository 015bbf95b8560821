"""Made-up life for a fresh system: a week of invented complaints, and one case for each situation worth seeing.

A publisher and a handful of people with tokens: it speaks through `complaints.inbound` and the HTTP API only.
"""
