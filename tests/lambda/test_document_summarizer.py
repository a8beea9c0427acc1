import io
import json
import unittest
from unittest import mock

from support import ClientError, ReadTimeoutError, check, load

ENVIRONMENT = {
    "MODEL": "arn:aws:bedrock:eu-west-3:111122223333:application-inference-profile/abc", "MODEL_ID": "model", "INSTRUCTIONS": "Be short.",
    "LANGUAGE": "French", "MAX_TOKENS": "800", "MAX_BYTES": "1000", "READ_TIMEOUT": "170", "PREFIX": "in/", "RESULTS": "bucket",
    "RESULTS_PREFIX": "summaries/", "FORMAT": "markdown"}


def event(*keys, size=10, bucket="bucket"):
    detail = [{"detail": {"bucket": {"name": bucket}, "object": {"key": key, "size": size}}} for key in keys]
    return {"Records": [{"messageId": f"m{number}", "body": json.dumps(one)} for number, one in enumerate(detail)]}


def answer(text="Un contrat.", stop="end_turn"):
    return {"output": {"message": {"content": [{"reasoningContent": {}}, {"text": text}]}}, "stopReason": stop,
            "usage": {"inputTokens": 7, "outputTokens": 3, "totalTokens": 10}}


class Summaries(unittest.TestCase):
    def start(self, **more):
        module, client = load("bedrock/document-summarizer.py", {**ENVIRONMENT, **more}, mock.MagicMock())
        client.get_object.side_effect = lambda **_: {"Body": io.BytesIO(b"text")}
        client.converse.return_value = answer()
        self.module, self.client = module, client
        return module, client

    def stored(self):
        sent = self.client.put_object.call_args.kwargs
        check("s3", "PutObject", sent)
        return sent["Key"], sent["Body"].decode()

    def test_a_document_becomes_a_summary(self):
        module, client = self.start()
        self.assertEqual(module.handler(event("in/a b/Contract.PDF"), None), {"batchItemFailures": []})
        check("s3", "GetObject", client.get_object.call_args.kwargs)
        sent = client.converse.call_args.kwargs
        check("bedrock-runtime", "Converse", sent)
        self.assertEqual(sent["inferenceConfig"], {"maxTokens": 800})
        self.assertNotIn("guardrailConfig", sent)
        document, text = sent["messages"][0]["content"]
        self.assertEqual(document, {"document": {"format": "pdf", "name": "document", "source": {"bytes": b"text"}}})
        self.assertIn("text", text)  # Converse wants one beside a document
        self.assertTrue(sent["system"][0]["text"].startswith("Be short.\nWrite in French."))
        key, body = self.stored()
        self.assertEqual(key, "summaries/a b/Contract.PDF.md")
        self.assertTrue(body.startswith("Un contrat.\n\n---\n"))
        facts = "- document: s3://bucket/in/a b/Contract.PDF\n- model: model\n- stopReason: end_turn\n- inputTokens: 7\n- outputTokens: 3\n"
        self.assertTrue(body.endswith(facts))

    def test_json_temperature_and_guardrail(self):
        module, client = self.start(FORMAT="json", TEMPERATURE="0", GUARDRAIL="abc", GUARDRAIL_VERSION="3", PREFIX="", RESULTS="other")
        client.converse.return_value = answer("Désolé.", "guardrail_intervened")
        module.handler(event("letter.docx"), None)
        sent = client.converse.call_args.kwargs
        check("bedrock-runtime", "Converse", sent)
        self.assertEqual(sent["inferenceConfig"], {"maxTokens": 800, "temperature": 0.0})
        self.assertEqual(sent["guardrailConfig"], {"guardrailIdentifier": "abc", "guardrailVersion": "3"})
        key, body = self.stored()
        self.assertEqual(key, "summaries/letter.docx.json")
        self.assertEqual(json.loads(body), {"document": "s3://bucket/letter.docx", "model": "model", "summary": "Désolé.",
                                            "stopReason": "guardrail_intervened", "inputTokens": 7, "outputTokens": 3})

    def test_what_is_no_document_is_refused_without_a_call(self):
        for given in (event("in/photo.png"), event("in/README"), event("in/large.pdf", size=1001)):
            module, client = self.start(FORMAT="json")
            self.assertEqual(module.handler(given, None), {"batchItemFailures": []})
            client.converse.assert_not_called()
            client.get_object.assert_not_called()
            self.assertTrue(json.loads(self.stored()[1])["stopReason"].startswith("refused: "))

    def test_what_the_model_refuses_is_not_tried_again(self):
        module, client = self.start(FORMAT="json")
        client.converse.side_effect = ClientError("ValidationException", "The PDF specified was password protected.")
        self.assertEqual(module.handler(event("in/a.pdf"), None), {"batchItemFailures": []})
        self.assertEqual(json.loads(self.stored()[1])["stopReason"], "refused: The PDF specified was password protected.")

    def test_what_may_pass_returns_to_the_queue_alone(self):
        for error in (ClientError("ThrottlingException"), ClientError("AccessDeniedException"), ReadTimeoutError()):
            module, client = self.start()
            client.converse.side_effect = [error, answer()]
            self.assertEqual(module.handler(event("in/a.pdf", "in/b.pdf"), None), {"batchItemFailures": [{"itemIdentifier": "m0"}]})
            self.assertEqual(self.stored()[0], "summaries/b.pdf.md")

    def test_a_summary_is_not_summarised(self):
        module, client = self.start(PREFIX="")
        self.assertEqual(module.handler(event("summaries/a.pdf.md"), None), {"batchItemFailures": []})
        client.converse.assert_not_called()
        client.put_object.assert_not_called()
        module.handler(event("summaries/a.md", bucket="another"), None)
        client.converse.assert_called_once()

    def test_a_message_that_is_no_event_becomes_a_dead_letter(self):
        module, _ = self.start()
        failed = module.handler({"Records": [{"messageId": "x", "body": "{}"}]}, None)
        self.assertEqual(failed, {"batchItemFailures": [{"itemIdentifier": "x"}]})

    def test_throttled_calls_are_tried_again(self):
        module, _ = self.start()
        self.assertEqual(module.config.kwargs["retries"], {"mode": "standard", "total_max_attempts": 4})
        self.assertEqual(module.config.kwargs["read_timeout"], 170)

    def test_the_log_holds_no_summary(self):
        module, _ = self.start()
        with mock.patch("builtins.print") as log:
            module.handler(event("in/a.pdf"), None)
        self.assertNotIn("contrat", str(log.call_args_list))


if __name__ == "__main__":
    unittest.main()
