"""Loads a Lambda function's code with boto3 and botocore replaced: no AWS SDK is needed, and nothing is called."""
import importlib.util
import os
import sys
import types
from pathlib import Path
from unittest import mock

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


class ClientError(Exception):
    def __init__(self, code, message=""):
        super().__init__(f"{code}: {message}")
        self.response = {"Error": {"Code": code, "Message": message}}


class ReadTimeoutError(Exception):
    pass


class ConnectTimeoutError(Exception):
    pass


def load(path, environment, client=None):
    """The module at `templates/<path>`, and the client that it got from `boto3.client`."""
    client = client or mock.MagicMock()
    boto3 = types.ModuleType("boto3")
    boto3.client = mock.MagicMock(return_value=client)
    botocore = types.ModuleType("botocore")
    config = types.ModuleType("botocore.config")
    config.Config = mock.MagicMock()
    exceptions = types.ModuleType("botocore.exceptions")
    for error in (ClientError, ReadTimeoutError, ConnectTimeoutError):
        setattr(exceptions, error.__name__, error)
    modules = {"boto3": boto3, "botocore": botocore, "botocore.config": config, "botocore.exceptions": exceptions}
    spec = importlib.util.spec_from_file_location("lambda_code", TEMPLATES / path)
    module = importlib.util.module_from_spec(spec)
    with mock.patch.dict(sys.modules, modules), mock.patch.dict(os.environ, environment, clear=True):
        sys.dont_write_bytecode = True
        spec.loader.exec_module(module)
    # the code reads os.environ while it answers, too
    module.ENV = environment
    module.made_with = boto3.client.call_args
    module.config = config.Config.call_args
    return module, client


def check(service, operation, parameters):
    """Judges a request by the service's own model, where botocore is installed; elsewhere it says nothing."""
    try:
        import botocore.session
        from botocore.validate import validate_parameters
    except ImportError:
        return
    model = botocore.session.get_session().get_service_model(service)
    validate_parameters(parameters, model.operation_model(operation).input_shape)
