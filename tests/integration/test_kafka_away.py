"""Kafka goes away and comes back: whoever asks whether a process can do its work hears of it."""

from pathlib import Path

from local.kafka import Broker
from local.places import DataDir
from local.ports import free_ports
from parts import until
from runtime.keyring import Keyring
from runtime.topics import ensure_topics


async def test_a_process_is_not_ready_while_kafka_is_away(tmp_path: Path) -> None:
    """Every service follows the keys; a topic that is silent and a broker that is gone look alike to a consumer."""
    port, controller_port = free_ports(2)
    broker = Broker(DataDir(tmp_path), port=port, controller_port=controller_port)
    await broker.start()
    await ensure_topics(broker.bootstrap, 1)
    keyring = Keyring(bootstrap=broker.bootstrap, kek=b"\x07" * 32, client_id="test")
    await keyring.start()

    async def away() -> bool:
        return keyring.trouble is not None

    async def there() -> bool:
        return keyring.trouble is None

    try:
        broker.kill()
        await until(away, 30)
        assert keyring.trouble == "complaints.keys cannot be read"
        await broker.start()
        await until(there, 30)
    finally:
        await keyring.stop()
        await broker.stop()
