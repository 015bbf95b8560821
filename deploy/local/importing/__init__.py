"""Other systems' files, told as those systems would tell them: CSV rows to CloudEvents on `complaints.inbound`.

A publisher like any other: it knows the public contract (`events.inbound`) and the HTTP API, and no service's inside.
"""
