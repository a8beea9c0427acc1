import base64
import io
import json
import unittest
import urllib.error
from unittest import mock

from support import ClientError, check, load

ENVIRONMENT = {"SERVER": "http://balancer/v1", "MODEL": "Qwen/Qwen2.5-7B-Instruct", "API_KEY": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:key",
               "PASSAGE_CHARS": "9000", "MAX_TOKENS": "600", "SYSTEM": "Answer from the sources.", "QUESTION_CHARS": "1000", "READ_TIMEOUT": "27",
               "KNOWLEDGE_BASE": "ABCDEFGHIJ", "RESULTS": "5"}
FOUND = {"retrievalResults": [
    {"content": {"text": "First."}, "location": {"type": "S3", "s3Location": {"uri": "s3://b/2.pdf"}}},
    {"content": {"text": "Second."}, "location": {"type": "WEB", "webLocation": {"url": "https://x/"}}},
    {"content": {"text": "Third."}, "location": {"type": "S3", "s3Location": {"uri": "s3://b/2.pdf"}}}]}


def completion(text):
    return json.dumps({"choices": [{"message": {"role": "assistant", "content": text}, "finish_reason": "stop"}]})


class Server(unittest.TestCase):
    def ask(self, event=None, answer="Yes [1].", found=FOUND, guard=(), error=None, **more):
        """One question; the reply, the client, and the request that the server got (None: it was not asked)."""
        module, client = load("bedrock/assistant-api-server.py", {**ENVIRONMENT, **more})
        client.retrieve.return_value = found
        client.get_secret_value.return_value = {"SecretString": "key"}
        client.apply_guardrail.side_effect = list(guard)
        with mock.patch("urllib.request.urlopen") as urlopen, mock.patch("builtins.print"):
            urlopen.side_effect = error
            urlopen.return_value = mock.MagicMock(__enter__=lambda _: io.StringIO(completion(answer)))
            reply = module.handler(event or {"question": "Why?"}, None)
        self.timeout = urlopen.call_args.kwargs["timeout"] if urlopen.called else None
        return reply, client, urlopen.call_args.args[0] if urlopen.called else None

    def test_answers_with_numbered_sources(self):
        reply, client, request = self.ask()
        self.assertEqual(reply["statusCode"], 200)
        self.assertEqual(json.loads(reply["body"]), {"answer": "Yes [1].", "sources": ["s3://b/2.pdf", "https://x/"], "blocked": False})
        self.assertEqual(request.full_url, "http://balancer/v1/chat/completions")
        self.assertEqual(request.get_header("Authorization"), "Bearer key")
        sent = json.loads(request.data)
        self.assertEqual((sent["model"], sent["max_tokens"]), ("Qwen/Qwen2.5-7B-Instruct", 600))
        self.assertNotIn("temperature", sent)
        prompt = sent["messages"][0]["content"]
        self.assertEqual(prompt, "Answer from the sources.\n\nSources:\n[1] First.\n\n[2] Second.\n\n[1] Third.\n\nQuestion: Why?")
        check("bedrock-agent-runtime", "Retrieve", client.retrieve.call_args.kwargs)
        check("secretsmanager", "GetSecretValue", client.get_secret_value.call_args.kwargs)
        client.apply_guardrail.assert_not_called()
        self.assertLessEqual(self.timeout, 27)

    def test_passages_are_cut_to_what_the_model_can_read(self):
        _, _, request = self.ask(PASSAGE_CHARS="12")
        self.assertIn("Sources:\n[1] First.\n\nQuestion", json.loads(request.data)["messages"][0]["content"])

    def test_search_temperature_and_what_is_thought_first(self):
        reply, client, request = self.ask(answer="<think>Hm.</think>\n\nYes.", SEARCH="HYBRID", TEMPERATURE="0.2")
        self.assertEqual(json.loads(reply["body"])["answer"], "Yes.")
        self.assertEqual(client.retrieve.call_args.kwargs["retrievalConfiguration"]["vectorSearchConfiguration"], {"numberOfResults": 5, "overrideSearchType": "HYBRID"})
        self.assertEqual(json.loads(request.data)["temperature"], 0.2)
        check("bedrock-agent-runtime", "Retrieve", client.retrieve.call_args.kwargs)

    def test_nothing_found_is_answered_too(self):
        reply, _, _ = self.ask(found={"retrievalResults": []}, answer="The sources hold no answer.")
        self.assertEqual(json.loads(reply["body"])["sources"], [])

    GUARDED = {"GUARDRAIL": "abc123", "GUARDRAIL_VERSION": "1", "GROUNDING": "1"}
    PASSES = {"action": "NONE", "outputs": [], "assessments": [{}]}

    def test_a_guardrail_sees_question_and_answer(self):
        reply, client, _ = self.ask(guard=[self.PASSES, self.PASSES], **self.GUARDED)
        self.assertEqual(json.loads(reply["body"])["answer"], "Yes [1].")
        first, second = (call.kwargs for call in client.apply_guardrail.call_args_list)
        self.assertEqual((first["source"], first["content"]), ("INPUT", [{"text": {"text": "Why?"}}]))
        self.assertEqual([part["text"]["qualifiers"] for part in second["content"]], [["grounding_source"], ["query"], ["guard_content"]])
        self.assertEqual(second["content"][2]["text"]["text"], "Yes [1].")
        for sent in (first, second):
            check("bedrock-runtime", "ApplyGuardrail", sent)

    def test_a_stopped_question_reaches_nothing(self):
        stop = {"action": "GUARDRAIL_INTERVENED", "outputs": [{"text": "Sorry."}], "assessments": [{"topicPolicy": {"topics": [{"name": "x", "type": "DENY", "action": "BLOCKED"}]}}]}
        reply, client, request = self.ask(guard=[stop], **self.GUARDED)
        self.assertEqual(json.loads(reply["body"]), {"answer": "Sorry.", "sources": [], "blocked": True})
        client.retrieve.assert_not_called()
        self.assertIsNone(request)

    def test_masked_text_goes_on(self):
        mask = {"action": "GUARDRAIL_INTERVENED", "outputs": [{"text": "Who is {NAME}?"}], "assessments": [{"sensitiveInformationPolicy": {"piiEntities": [{"type": "NAME", "action": "ANONYMIZED"}]}}]}
        reply, _, request = self.ask(guard=[mask, self.PASSES], **self.GUARDED)
        self.assertFalse(json.loads(reply["body"])["blocked"])
        self.assertIn("Question: Who is {NAME}?", json.loads(request.data)["messages"][0]["content"])

    def test_without_grounding_only_the_answer_is_shown_to_the_guardrail(self):
        _, client, _ = self.ask(guard=[self.PASSES, self.PASSES], GUARDRAIL="abc123", GUARDRAIL_VERSION="1")
        self.assertEqual(len(client.apply_guardrail.call_args.kwargs["content"]), 1)

    def test_what_is_no_question_is_refused_without_a_call(self):
        for event in ({"x": 1}, "text", {"body": None}, {"body": "no json"}, {"body": "[]"}, {"body": '"x"'}, {"question": ""}, {"question": "  "},
                      {"question": 7}, {"question": None}, {"question": "x" * 1001}, {"body": "%", "isBase64Encoded": True}):
            reply, client, _ = self.ask(event)
            self.assertEqual(reply["statusCode"], 400, event)
            client.retrieve.assert_not_called()

    def test_both_forms_of_a_call(self):
        body = '{"question": "Why?"}'
        for event in ({"body": body}, {"body": base64.b64encode(body.encode()).decode(), "isBase64Encoded": True}):
            self.assertEqual(self.ask(event)[0]["statusCode"], 200)

    def test_errors_become_status_codes_without_details(self):
        for error, status in ((TimeoutError("timed out"), 504), (Exception("Read timeout on endpoint URL"), 504), (urllib.error.URLError(TimeoutError("timed out")), 504),
                              (urllib.error.HTTPError("http://balancer", 401, "Unauthorized", {}, None), 502),
                              (ClientError("ThrottlingException"), 429), (ClientError("AccessDeniedException", "arn:aws:iam::123456789012:role/x"), 502)):
            reply, _, _ = self.ask(error=error)
            self.assertEqual(reply["statusCode"], status, error)
            self.assertNotIn("123456789012", reply["body"])


if __name__ == "__main__":
    unittest.main()
