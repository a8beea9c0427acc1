import base64
import io
import json
import unittest

from support import ClientError, ReadTimeoutError, load

ENVIRONMENT = {"ENDPOINT_NAME": "endpoint", "MAX_NEW_TOKENS": "512", "TIMEOUT_SECONDS": "29"}


def start(**more):
    module, client = load("sagemaker/jumpstart-endpoint/invoke.py", {**ENVIRONMENT, **more})
    client.invoke_endpoint.side_effect = lambda **_: {"Body": io.BytesIO(b'{"generated_text": "Yes."}'), "ContentType": "application/json"}
    return module, client


def sent(client):
    return client.invoke_endpoint.call_args.kwargs


class Invoke(unittest.TestCase):
    def test_the_call_ends_before_the_function(self):
        module, _ = start()
        self.assertEqual(module.config.kwargs, {"read_timeout": 27, "retries": {"total_max_attempts": 1}})

    def test_an_answer_is_passed_on(self):
        module, client = start()
        reply = module.handler({"body": '{"inputs": "Why?"}'}, None)
        self.assertEqual((reply["statusCode"], reply["isBase64Encoded"]), (200, False))
        self.assertEqual(json.loads(reply["body"]), {"generated_text": "Yes."})
        self.assertEqual(sent(client)["EndpointName"], "endpoint")
        self.assertNotIn("InferenceComponentName", sent(client))

    def test_wishes_are_capped_in_both_forms(self):
        module, client = start()
        module.handler({"body": '{"inputs": "x", "parameters": {"max_new_tokens": 9999, "top_p": 0.5}}'}, None)
        self.assertEqual(json.loads(sent(client)["Body"])["parameters"], {"max_new_tokens": 512, "top_p": 0.5})
        module.handler({"body": '{"messages": [], "max_tokens": 9999}'}, None)
        self.assertEqual(json.loads(sent(client)["Body"])["max_tokens"], 512)
        module.handler({"body": '{"messages": [], "max_tokens": -1}'}, None)
        self.assertEqual(json.loads(sent(client)["Body"])["max_tokens"], 1)

    def test_what_is_no_request_is_refused_without_a_call(self):
        module, client = start()
        for body in ("", "null", "[1]", '"x"', "no json", '{"parameters": 3}', '{"parameters": {"max_new_tokens": "many"}}', '{"messages": [], "max_tokens": [1]}'):
            self.assertEqual(module.handler({"body": body}, None)["statusCode"], 400, body)
        self.assertEqual(module.handler({"body": "é", "isBase64Encoded": True}, None)["statusCode"], 400)
        client.invoke_endpoint.assert_not_called()

    def test_bytes_go_in_and_out_unchanged(self):
        module, client = start(MAX_NEW_TOKENS="0")
        client.invoke_endpoint.side_effect = lambda **_: {"Body": io.BytesIO(b"\x89PNG\xff"), "ContentType": "image/png"}
        event = {"headers": {"content-type": "application/x-image", "accept": "image/png"}, "body": base64.b64encode(b"\xff\xd8").decode(), "isBase64Encoded": True}
        reply = module.handler(event, None)
        self.assertEqual(base64.b64decode(reply["body"]), b"\x89PNG\xff")
        self.assertTrue(reply["isBase64Encoded"])
        self.assertEqual((sent(client)["Body"], sent(client)["Accept"]), (b"\xff\xd8", "image/png"))

    def test_errors_have_a_status_that_says_what_to_do(self):
        module, client = start()
        for error, status in (
            (ReadTimeoutError(), 504),
            (ClientError("ThrottlingException"), 429),
            (ClientError("ModelError", "out of memory"), 502),
            (ClientError("ValidationError", "Inference Component has no capacity to process this request."), 503),
        ):
            client.invoke_endpoint.side_effect = error
            reply = module.handler({"body": "{}"}, None)
            self.assertEqual(reply["statusCode"], status)
            self.assertEqual("retry-after" in reply["headers"], status == 503)

    def test_a_component_is_named(self):
        module, client = start(COMPONENT_NAME="component")
        module.handler({"body": "{}"}, None)
        self.assertEqual(sent(client)["InferenceComponentName"], "component")


if __name__ == "__main__":
    unittest.main()
