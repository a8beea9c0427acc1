import contextlib
import io
import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import support

SETTINGS = {"model": "arn:aws:bedrock:eu-west-3:123456789012:inference-profile/eu.x", "maxTokens": 4096, "region": "eu-west-3", "note": "N"}


def said(text):
    return {"role": "assistant", "content": [{"text": text}]}


def asked(name, **given):
    return {"role": "assistant", "content": [{"text": "Let me see."}, {"toolUse": {"toolUseId": "t1", "name": name, "input": given}}]}


class CodeAssistant(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        settings = Path(self.folder.name, "settings.json")
        settings.write_text(json.dumps(SETTINGS))
        self.module, _ = support.load("workspace/assistant.py", {"ASSISTANT_SETTINGS": str(settings)})
        self.requests, self.run = [], subprocess.run

    def talk(self, messages, answers=(), words=("do", "it")):
        """Runs the agent with the model replaced by `messages`, and the user by `answers`; what it printed."""
        messages = iter(messages)

        def run(command, **options):
            if command[0] != "aws":
                return self.run(command, **options)
            self.requests.append((command, json.loads(Path(command[-1].removeprefix("file://")).read_text())))
            message = next(messages)
            if isinstance(message, str):
                return mock.Mock(returncode=254, stderr=message)
            out = {"output": {"message": message}, "usage": {"inputTokens": 12, "outputTokens": 3, "totalTokens": 15}}
            return mock.Mock(returncode=0, stdout=json.dumps(out))

        printed = io.StringIO()
        with mock.patch("subprocess.run", run), mock.patch("builtins.input", mock.Mock(side_effect=[*answers, EOFError])):
            with contextlib.redirect_stdout(printed):
                self.module.main(list(words))
        return printed.getvalue()

    def result(self):
        return self.requests[-1][1]["messages"][-1]["content"][0]["toolResult"]

    def test_an_answer_is_printed_with_its_price_in_tokens(self):
        printed = self.talk([said("Done.")])
        self.assertEqual(printed, "Done.\n(12 tokens in, 3 out)\n")
        command, request = self.requests[0]
        self.assertEqual(command[command.index("--region") + 1], "eu-west-3")
        self.assertEqual(request["messages"], [{"role": "user", "content": [{"text": "do it"}]}])

    def test_requests_are_what_bedrock_takes(self):
        path = os.path.join(self.folder.name, "a.py")
        Path(path).write_text("x = 1\n")
        self.talk([asked("read", path=path), said("One.")])
        for _, request in self.requests:
            self.check(request)
        self.assertEqual(self.result(), {"toolUseId": "t1", "status": "success", "content": [{"text": "x = 1\n"}]})

    def check(self, request):
        if hasattr(support, "check"):
            return support.check("bedrock-runtime", "Converse", request)
        try:
            import botocore.session
            from botocore.validate import validate_parameters
        except ImportError:
            return None
        operation = botocore.session.get_session().get_service_model("bedrock-runtime").operation_model("Converse")
        return validate_parameters(request, operation.input_shape)

    def test_nothing_is_changed_before_a_yes(self):
        path = os.path.join(self.folder.name, "new.py")
        for answer in ("n", "", "yes please"):
            self.talk([asked("write", path=path, text="y"), said("As you like.")], [answer])
            self.assertFalse(os.path.exists(path))
            self.assertEqual(self.result()["content"], [{"text": "refused by the user"}])
        printed = self.talk([asked("run", command=f"touch {path}"), said("Fine.")], [""])
        self.assertIn(f"$ touch {path}", printed)
        self.assertFalse(os.path.exists(path))

    def test_a_yes_writes_and_runs(self):
        path = os.path.join(self.folder.name, "new.py")
        self.talk([asked("write", path=path, text="print(6 * 7)\n"), said("Written.")], ["y"])
        self.assertEqual(Path(path).read_text(), "print(6 * 7)\n")
        self.talk([asked("run", command=f"python3 {path}; exit 3"), said("42.")], ["Y "])
        self.assertEqual(self.result()["content"], [{"text": "exit status 3\n42\n"}])

    def test_a_tool_that_fails_is_told_to_the_model(self):
        self.talk([asked("read", path="/no/such/file"), said("It is not there.")])
        self.assertEqual(self.result()["status"], "error")
        self.talk([asked("run"), said("I forgot the command.")], ["y"])
        self.assertEqual(self.result()["status"], "error")

    def test_long_and_empty_results_fit(self):
        path = os.path.join(self.folder.name, "long")
        Path(path).write_text("z" * 100_000)
        self.talk([asked("read", path=path), said("Long.")])
        self.assertEqual(len(self.result()["content"][0]["text"]), self.module.LONGEST)
        Path(path).write_text("")
        self.talk([asked("read", path=path), said("Empty.")])
        self.assertEqual(self.result()["content"], [{"text": "(empty)"}])

    def test_a_refusal_of_bedrock_is_shown_and_forgotten(self):
        printed = self.talk(["AccessDeniedException: no", said("Now it works.")], ["again"], words=())
        self.assertIn("AccessDeniedException", printed)
        self.assertEqual(self.requests[-1][1]["messages"], [{"role": "user", "content": [{"text": "again"}]}])

    def test_it_does_not_go_on_for_ever(self):
        printed = self.talk([asked("read", path="/dev/null")] * 100)
        self.assertEqual(len(self.requests), self.module.ROUNDS)
        self.assertIn("stopped after", printed)


if __name__ == "__main__":
    unittest.main()
