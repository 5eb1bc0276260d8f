"""A real Elasticsearch node from the jars of Maven Central; no root, no image.

It is Elasticsearch's core: what the modules add (asciifolding, synonyms, _reindex) is
not there, and the shop does not need it.
"""

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

from tests.machine import exclusive_lock

HERE = Path(__file__).resolve().parent
VAR = HERE.parent.parent / "var" / "elasticsearch"
JARS = VAR / "jars"
MODULE_JARS = ("transport-netty4", "elasticsearch-ssl-config", "netty-")
START_TIMEOUT_S = 90

LOGGING = """\
rootLogger.level = warn
rootLogger.appenderRef.file.ref = file
appender.file.type = File
appender.file.name = file
appender.file.fileName = ${sys:es.logs.base_path}/node.log
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d %p %c: %m%n
"""


class NodeUnavailable(Exception):
    """This machine has no Java, or the jars cannot be downloaded."""


class Node:
    """A node with a data folder of its own; it can be killed and started again."""

    def __init__(self, folder: Path, *, port: int = 0, heap_mb: int = 512) -> None:
        self.folder = folder
        self.port = port or free_port()
        self.heap_mb = heap_mb
        self.process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers.

        Raises NodeUnavailable where Java or the jars are missing.
        """
        with exclusive_lock("elasticsearch"):
            classes = prepare_classes()
        prepare_home(self.folder)
        home = str(self.folder)
        with (self.folder / "logs" / "out.log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    find_java(),
                    f"-Xms{self.heap_mb}m",
                    f"-Xmx{self.heap_mb}m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=4",
                    f"-Des.path.home={home}",
                    f"-Des.logs.base_path={home}/logs",
                    f"-Djava.io.tmpdir={home}/scratch",
                    "-Dlog4j2.disable.jmx=true",
                    "-cp",
                    class_path(classes),
                    "TestNode",
                    home,
                    str(self.port),
                ],
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.wait()

    def wait(self) -> None:
        until = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < until:
            if self.process is None or self.process.poll() is not None:
                break
            try:
                health = f"{self.url}/_cluster/health?wait_for_status=yellow"
                with urllib.request.urlopen(health, timeout=5):  # noqa: S310  (our own)
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise RuntimeError(f"Elasticsearch did not start; see {self.folder}/logs")

    def kill(self) -> None:
        """Stop it without warning."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def find_java() -> str:
    found = shutil.which("java")
    if not found:
        raise NodeUnavailable("Java 17 or later is not installed")
    return found


def prepare_classes() -> Path:
    """Download the jars and compile the class, once per machine; returns its folder."""
    if not any(JARS.glob("elasticsearch-8*.jar")):
        maven = shutil.which("mvn")
        if not maven:
            raise NodeUnavailable(
                "neither the jars of Elasticsearch nor Maven are here"
            )
        goal = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1"
        command = [maven, "-q", "-B", "-f", str(HERE / "pom.xml")]
        result = subprocess.run(
            [*command, f"{goal}:copy-dependencies", f"-DoutputDirectory={JARS}"],
            capture_output=True,
            text=True,
        )
        if result.returncode:
            raise NodeUnavailable(
                f"Maven cannot download the jars: {result.stdout[-300:]}"
            )
    classes = VAR / "classes"
    source = HERE / "TestNode.java"
    compiled = classes / "TestNode.class"
    if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
        compiler = shutil.which("javac")
        if not compiler:
            raise NodeUnavailable("a Java compiler (javac) is not installed")
        subprocess.run(
            [compiler, "-nowarn", "-d", str(classes), "-cp", f"{JARS}/*", str(source)],
            check=True,
            capture_output=True,
        )
    return classes


def class_path(*folders: Path) -> str:
    """The jars of the server, without those of its HTTP module."""
    jars = sorted(jar for jar in JARS.glob("*.jar") if not is_module(jar))
    return ":".join(map(str, [*folders, *jars]))


def is_module(jar: Path) -> bool:
    return jar.name.startswith(MODULE_JARS)


def prepare_home(folder: Path) -> None:
    """Write what a node expects in its home: settings, and HTTP as a module."""
    module = folder / "modules" / "transport-netty4"
    for each in (module, folder / "config", folder / "logs", folder / "scratch"):
        each.mkdir(parents=True, exist_ok=True)
    (folder / "plugins").mkdir(exist_ok=True)
    (folder / "config" / "log4j2.properties").write_text(LOGGING)
    for jar in JARS.glob("*.jar"):
        if is_module(jar) and not (module / jar.name).exists():
            os.symlink(jar, module / jar.name)
    netty = next(JARS.glob("transport-netty4-*.jar"))
    inside = "META-INF/es-plugins/transport-netty4/plugin-descriptor.properties"
    with zipfile.ZipFile(netty) as jar:
        lines = jar.read(inside).decode().splitlines()
    descriptor = [line for line in lines if not line.startswith("modulename")]
    (module / "plugin-descriptor.properties").write_text("\n".join(descriptor))


def drop_indices(es: object, prefix: str) -> None:
    """Delete every index with the prefix, by name: wildcards are refused."""
    for name in es.indices.get(index=f"{prefix}*"):
        es.indices.delete(index=name)
