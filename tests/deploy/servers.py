"""The emulators: each a process of its own on 127.0.0.1 and a free port, ended with the test."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import boto3
from botocore.config import Config

HERE = Path(__file__).resolve().parent
PATIENCE = 90
CONFIG = Config(retries={"max_attempts": 0}, read_timeout=120, connect_timeout=5, s3={"addressing_style": "path"})


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Server:
    """One emulator. `folder` takes its log and the file that says how each type was made."""

    def __init__(self, name, script, folder, *arguments):
        self.name, self.log, self.made = name, folder / f"{name}.log", folder / f"{name}-made.json"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MINISTACK_", "MOTO_"))}
        environment.update(
            MADE=str(self.made),
            PYTHONPATH=str(HERE / "lambda_runtime"),
            PYTHONDONTWRITEBYTECODE="1",
            HOME=str(folder),
            AWS_EC2_METADATA_DISABLED="true",
            NO_PROXY="127.0.0.1",
            no_proxy="127.0.0.1",
            TMPDIR=str(folder),
        )
        command = [sys.executable, str(HERE / "emulators" / script), str(self.port), *arguments]
        self.process = subprocess.Popen(command, env=environment, stdout=self.log.open("wb"), stderr=subprocess.STDOUT, cwd=folder)

    def wait(self):
        until = time.monotonic() + PATIENCE
        while not answers(self.port):
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{self.name} does not start:\n{self.log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.1)
        return self

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Emulator:
    """An engine of CloudFormation with the services behind it."""

    def __init__(self, name, server, account, elsewhere=None):
        self.name, self.server, self.account = name, server, account
        # services that another server has, with the account that server knows
        self.elsewhere = elsewhere or {}
        self.clients = {}

    def account_of(self, service):
        return "123456789012" if service in self.elsewhere else self.account

    def made(self):
        """How each type was made, as the server wrote it."""
        return json.loads(self.server.made.read_text()) if self.server.made.exists() else {}

    def client(self, service, region):
        if (service, region) not in self.clients:
            url = self.elsewhere.get(service, self.server).url
            self.clients[service, region] = boto3.client(
                service, endpoint_url=url, region_name=region, config=CONFIG, aws_access_key_id="test", aws_secret_access_key="test"
            )
        return self.clients[service, region]
