"""What it looks like when PostgreSQL or Kafka is away, in one place: the errors after which asking again is right.

Lives here: those errors, as tuples for `except` and `isinstance`. Must not: what is done about them.
"""

from typing import Final

import asyncpg
from aiokafka.errors import KafkaError

TABLES_GONE: Final = (asyncpg.UndefinedTableError, asyncpg.UndefinedFunctionError, asyncpg.InvalidSchemaNameError)
"""Somebody dropped a schema under us."""

DATABASE_AWAY: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
    *TABLES_GONE,
)
"""`InternalClientError`: a connection that breaks inside an answer may confuse the client's own protocol state."""

DATABASE_FAILS: Final = (asyncpg.PostgresError, *DATABASE_AWAY)
"""Away, or an error of its own: for loops that say what happened and begin anew."""

LOG_AWAY: Final = (KafkaError, OSError, TimeoutError)
