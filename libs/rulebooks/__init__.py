"""Rulebooks as values: how a stream `rulebook/<kind>/<name>` is drafted, approved and found to be in force. Pure.

Must not: know one service's decisions, or reach any plumbing.
"""
