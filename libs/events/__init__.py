"""The vocabulary of the log: events by chapter, envelope, admission, ids, codec, decider protocol.

Pure: pydantic and the standard library only. No Kafka, no database, no HTTP, no clock, no random number lives here.
"""
