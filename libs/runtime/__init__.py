"""Process plumbing: log, reader, positions, commands, HTTP, keys, telemetry, settings.

No word of the domain lives here.
"""
