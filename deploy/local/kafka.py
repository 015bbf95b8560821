"""An embedded Kafka broker: one real Apache Kafka in KRaft mode, its data kept in one folder.

It is ready when it answers over the protocol, not when it logs so. Topics are the services' business.
"""

import asyncio
import base64
import contextlib
import json
import shutil
import subprocess
from pathlib import Path
from uuid import uuid4

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from local.errors import LocalError
from local.jars import fetch_kafka_libs
from local.places import KAFKA_LIBS, DataDir, keep_private
from local.ports import HOST, listening
from local.process import Process
from local.system import JAVA, ensure, java_environment

READY_SECONDS_MAX = 60.0
STOP_SECONDS_MAX = 3.0
ASK_SECONDS_MAX = 5.0
# A small heap and the first compiler only: 2 cores are shared with everything else, and the start counts.
JVM = ("-Xms128m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true")
LOGGING = ("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.showDateTime=true")

PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers={host}:{controller_port}
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller_port}
advertised.listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller_port}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs={log_dirs}
# Topics are made by the services with the settings that they check; a misspelt name must be an error.
auto.create.topics.enable=false
# Nothing is forgotten unless a topic says so.
log.retention.ms=-1
default.replication.factor=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
# After a kill -9 the controller takes the broker back only when its old session has run out.
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
group.min.session.timeout.ms=1000
num.network.threads=2
num.io.threads=4
num.recovery.threads.per.data.dir=2
"""


class BrokerFailed(LocalError):
    """The broker did not come up; the message holds the end of its log."""


class Broker:
    """One broker. The same folder and port after a stop or a kill give the same broker with all its records."""

    def __init__(self, data: DataDir, *, port: int, controller_port: int) -> None:
        self.bootstrap = f"{HOST}:{port}"
        self._port = port
        self._controller_port = controller_port
        self._folder = data.kafka
        self._properties = data.kafka / "server.properties"
        self._java = ("java", *JVM, *LOGGING, "-cp", f"{KAFKA_LIBS}/*")
        self.process = Process(
            "kafka",
            (*self._java, "kafka.Kafka", str(self._properties)),
            data.run / "kafka.json",
            data.logs / "kafka.log",
            environment=java_environment(),
        )

    @property
    def log_dir(self) -> Path:
        """Where the segments of the topics lie."""
        return self._folder / "log"

    async def start(self) -> None:
        """Start and wait until it answers; raises `BrokerFailed`."""
        await asyncio.to_thread(self._prepare)
        self.process.start()
        await self.ready()

    async def ready(self) -> None:
        """Wait until the broker itself answers with its metadata."""
        silent = await self.process.why_silent(
            self._answers, limit_seconds=READY_SECONDS_MAX, stop_limit_seconds=STOP_SECONDS_MAX
        )
        if silent is not None:
            raise BrokerFailed(f"Kafka {silent}")

    async def stop(self) -> bool:
        """Stop in order; False where it had to be killed."""
        return await self.process.stop(STOP_SECONDS_MAX)

    def kill(self) -> None:
        """Kill -9."""
        self.process.kill()

    def _prepare(self) -> None:
        """Have Java and the jars, write the configuration, and format the folder the first time."""
        ensure(JAVA)
        fetch_kafka_libs()
        keep_private(self._folder)
        log_dirs = json.dumps(str(self.log_dir))[1:-1]  # Java's properties have the same escapes, and are not UTF-8
        text = PROPERTIES.format(host=HOST, port=self._port, controller_port=self._controller_port, log_dirs=log_dirs)
        self._properties.write_text(text, encoding="ascii")
        if (self.log_dir / "meta.properties").exists():
            return
        shutil.rmtree(self.log_dir, ignore_errors=True)  # a format that was cut off
        # Kafka's ids are the 16 bytes of a UUID in base64; a leading dash would read as an option.
        cluster = base64.urlsafe_b64encode(b"\0" + uuid4().bytes[1:]).decode().rstrip("=")
        command = [*self._java, "kafka.tools.StorageTool", "format", "--standalone", "-t", cluster]
        command += ["-c", str(self._properties), "--ignore-formatted"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=java_environment())
        if done.returncode != 0:
            raise BrokerFailed(f"Kafka could not format its folder:\n{done.stdout}{done.stderr}")

    async def _answers(self) -> bool:
        return listening(self._port) and await answers(self.bootstrap)


async def answers(bootstrap: str) -> bool:
    """Whether a Kafka at that address answers with at least one broker that takes requests; not at no address."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=int(ASK_SECONDS_MAX * 1000))
    try:
        async with asyncio.timeout(ASK_SECONDS_MAX):
            await admin.start()
            return bool((await admin.describe_cluster())["brokers"])
    except (KafkaError, OSError, ValueError):
        return False
    finally:
        with contextlib.suppress(KafkaError, OSError):
            await admin.close()
