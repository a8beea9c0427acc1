import base64
import json
import unittest

from support import ClientError, ConnectTimeoutError, ReadTimeoutError, load

ENVIRONMENT = {"MODEL": "arn:model", "MAX_TOKENS": "800", "QUESTION_CHARS": "1000", "READ_TIMEOUT": "27"}


def answer(text="Yes.", stop="end_turn"):
    return {"output": {"message": {"content": [{"reasoningContent": {}}, {"text": text}]}}, "stopReason": stop}


def post(question):
    return {"body": json.dumps({"question": question})}


class Common:
    """What both functions do; `path`, `extra`, `call` and `result` are theirs."""

    def start(self, **more):
        return load(self.path, {**ENVIRONMENT, **self.extra, **more})

    def test_the_call_ends_before_the_function(self):
        module, _ = self.start()
        self.assertEqual(module.config.kwargs["read_timeout"], 27)
        self.assertEqual(module.config.kwargs["retries"], {"total_max_attempts": 1})

    def test_a_question_is_answered(self):
        module, client = self.start()
        getattr(client, self.call).return_value = self.result()
        for event in (post("Why?"), {"question": "Why?"}, {"body": base64.b64encode(b'{"question": "Why?"}').decode(), "isBase64Encoded": True}):
            reply = module.handler(event, None)
            self.assertEqual(reply["statusCode"], 200)
            self.assertEqual(json.loads(reply["body"])["answer"], "Yes.")

    def test_what_is_no_question_is_refused_without_a_call(self):
        module, client = self.start()
        for event in ({}, "text", {"body": None}, {"body": "no json"}, {"body": "[]"}, {"body": '"x"'}, post(""), post("  "), post(7), post(None), post("x" * 1001), {"body": "%", "isBase64Encoded": True}):
            self.assertEqual(module.handler(event, None)["statusCode"], 400, event)
        getattr(client, self.call).assert_not_called()

    def test_errors_become_status_codes(self):
        module, client = self.start()
        for error, status in ((ClientError("ThrottlingException"), 429), (ClientError("AccessDeniedException"), 502), (ReadTimeoutError(), 504), (ConnectTimeoutError(), 504)):
            getattr(client, self.call).side_effect = error
            self.assertEqual(module.handler(post("Why?"), None)["statusCode"], status)

    def test_an_error_does_not_show_its_details_to_the_caller(self):
        module, client = self.start()
        getattr(client, self.call).side_effect = ClientError("AccessDeniedException", "arn:aws:iam::123456789012:role/x")
        self.assertNotIn("123456789012", module.handler(post("Why?"), None)["body"])


class Model(Common, unittest.TestCase):
    path, extra, call = "bedrock/assistant-api.py", {}, "converse"

    def result(self):
        return answer()

    def test_nothing_is_sent_that_was_not_asked_for(self):
        module, client = self.start()
        client.converse.return_value = answer()
        module.handler(post("Why?"), None)
        self.assertEqual(client.converse.call_args.kwargs, {
            "modelId": "arn:model", "inferenceConfig": {"maxTokens": 800},
            "messages": [{"role": "user", "content": [{"text": "Why?"}]}]})

    def test_instructions_temperature_and_guardrail(self):
        module, client = self.start(SYSTEM="Be short.", TEMPERATURE="0", GUARDRAIL="g", GUARDRAIL_VERSION="3")
        client.converse.return_value = answer("Sorry.", "guardrail_intervened")
        reply = json.loads(module.handler(post("Why?"), None)["body"])
        sent = client.converse.call_args.kwargs
        self.assertEqual(sent["system"], [{"text": "Be short."}])
        self.assertEqual(sent["inferenceConfig"], {"maxTokens": 800, "temperature": 0.0})
        self.assertEqual(sent["guardrailConfig"], {"guardrailIdentifier": "g", "guardrailVersion": "3"})
        self.assertEqual(reply, {"answer": "Sorry.", "blocked": True, "cut": False})


class Knowledge(Common, unittest.TestCase):
    path, call = "bedrock/assistant-api-knowledge.py", "retrieve_and_generate"
    extra = {"KNOWLEDGE_BASE": "kb", "RESULTS": "5"}

    def result(self):
        places = [{"s3Location": {"uri": "s3://b/2.pdf"}, "type": "S3"}, {"webLocation": {"url": "https://x/"}, "type": "WEB"}, {"s3Location": {"uri": "s3://b/2.pdf"}}, {}]
        return {"output": {"text": "Yes."}, "citations": [{"retrievedReferences": [{"location": place} for place in places]}, {}]}

    def test_sources_are_named_once(self):
        module, client = self.start()
        client.retrieve_and_generate.return_value = self.result()
        reply = json.loads(module.handler(post("Why?"), None)["body"])
        self.assertEqual(reply, {"answer": "Yes.", "sources": ["https://x/", "s3://b/2.pdf"], "blocked": False})

    def test_the_whole_request(self):
        module, client = self.start(SYSTEM="Be short.", TEMPERATURE="0.5", SEARCH="HYBRID", GUARDRAIL="g", GUARDRAIL_VERSION="3")
        client.retrieve_and_generate.return_value = {**self.result(), "guardrailAction": "INTERVENED"}
        self.assertTrue(json.loads(module.handler(post("Why?"), None)["body"])["blocked"])
        sent = client.retrieve_and_generate.call_args.kwargs["retrieveAndGenerateConfiguration"]["knowledgeBaseConfiguration"]
        self.assertEqual(sent["retrievalConfiguration"], {"vectorSearchConfiguration": {"numberOfResults": 5, "overrideSearchType": "HYBRID"}})
        generation = sent["generationConfiguration"]
        self.assertEqual(generation["inferenceConfig"], {"textInferenceConfig": {"maxTokens": 800, "temperature": 0.5}})
        self.assertEqual(generation["guardrailConfiguration"], {"guardrailId": "g", "guardrailVersion": "3"})
        prompt = generation["promptTemplate"]["textPromptTemplate"]
        self.assertTrue(prompt.startswith("Be short."))
        self.assertIn("$search_results$", prompt)
        self.assertIn("$output_format_instructions$", prompt)


if __name__ == "__main__":
    unittest.main()
