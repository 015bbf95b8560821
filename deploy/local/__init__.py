"""Starts the whole system on one machine: embedded Kafka and PostgreSQL, the five services, the front door.

No rule of the domain lives here, and no service imports from here.
"""
