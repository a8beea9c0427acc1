import json
import unittest
from unittest import mock

from support import ClientError, check, load

DOMAIN = "d-abcdefghijkl"


def app(space, status="InService", **more):
    return {"DomainId": DOMAIN, "SpaceName": space, "AppType": "CodeEditor", "AppName": "default", "Status": status} | more


def space(name, status="InService"):
    return {"DomainId": DOMAIN, "SpaceName": name, "Status": status}


class Studio(unittest.TestCase):
    def run_with(self, kind, apps, spaces=((),), given=("editor-p01",), old=None, seconds=900, refused=None):
        """One request; `apps` and `spaces` are what each look finds, the last one for ever."""
        client = mock.MagicMock()
        looks = {"list_apps": [list(look) for look in apps], "list_spaces": [list(look) for look in spaces]}

        def paginator(operation):
            def paginate(**request):
                check("sagemaker", "ListApps" if operation == "list_apps" else "ListSpaces", request)
                found = looks[operation].pop(0) if len(looks[operation]) > 1 else looks[operation][0]
                return [{"Apps" if operation == "list_apps" else "Spaces": [dict(item) for item in found]}]
            return mock.MagicMock(paginate=paginate)

        client.get_paginator.side_effect = paginator
        client.delete_app.side_effect = refused
        module, _ = load("sagemaker/studio.py", {}, client)
        module.time = mock.MagicMock()
        event = {"RequestType": kind, "ResponseURL": "https://example.com/answer", "StackId": "s", "RequestId": "r",
                 "LogicalResourceId": "l", "ResourceProperties": {"DomainId": DOMAIN, "Spaces": list(given)}}
        if old:
            event["OldResourceProperties"] = {"DomainId": DOMAIN, "Spaces": list(old)}
        context = mock.MagicMock()
        context.get_remaining_time_in_millis.return_value = seconds * 1000
        with mock.patch("urllib.request.urlopen") as urlopen, mock.patch("builtins.print"):
            module.handler(event, context)
        for call in client.delete_app.call_args_list:
            check("sagemaker", "DeleteApp", call.kwargs)
        for call in client.delete_space.call_args_list:
            check("sagemaker", "DeleteSpace", call.kwargs)
        answer = json.loads(urlopen.call_args.args[0].data)
        self.assertEqual(answer["PhysicalResourceId"], DOMAIN)
        return client, answer, module

    def test_creation_touches_nothing(self):
        client, answer, _ = self.run_with("Create", [[app("editor-p01")]])
        client.delete_app.assert_not_called()
        self.assertEqual(answer["Status"], "SUCCESS")

    def test_stops_every_app_and_waits(self):
        one, two = app("editor-p01"), app("lab-p02", "Pending", AppType="JupyterLab")
        client, answer, module = self.run_with("Delete", [[one, two], [one | {"Status": "Deleting"}], [app("editor-p01", "Deleted")]])
        self.assertEqual([call.kwargs["SpaceName"] for call in client.delete_app.call_args_list], ["editor-p01", "lab-p02"])
        self.assertEqual((module.time.sleep.call_count, answer["Status"]), (2, "SUCCESS"))

    def test_apps_of_profiles_are_stopped_too(self):
        classic = {"DomainId": DOMAIN, "UserProfileName": "p01", "AppType": "JupyterServer", "AppName": "default", "Status": "InService"}
        client, _, _ = self.run_with("Delete", [[classic], []])
        self.assertEqual(client.delete_app.call_args.kwargs["UserProfileName"], "p01")

    def test_deletes_only_spaces_made_by_hand_and_after_their_apps(self):
        mine, other = space("editor-p01"), space("extra")
        client, answer, _ = self.run_with("Delete", [[app("extra")], []], [[mine, other], [mine, other], [mine]])
        client.delete_space.assert_called_once_with(DomainId=DOMAIN, SpaceName="extra")
        self.assertEqual(answer["Status"], "SUCCESS")

    def test_a_refusal_is_tried_again(self):
        starting = app("editor-p01", "Pending")
        client, answer, _ = self.run_with("Delete", [[starting], [starting], []], refused=[ClientError("ResourceInUse"), {}])
        self.assertEqual((client.delete_app.call_count, answer["Status"]), (2, "SUCCESS"))

    def test_an_app_that_failed_is_asked_once(self):
        client, answer, _ = self.run_with("Delete", [[app("editor-p01", "Failed")]], refused=ClientError("ValidationException"))
        self.assertEqual((client.delete_app.call_count, answer["Status"]), (1, "SUCCESS"))

    def test_a_change_stops_the_apps_of_those_who_leave(self):
        client, _, _ = self.run_with("Update", [[app("editor-p01"), app("editor-p02")], [app("editor-p01")]],
                                     [[space("extra")]], given=["editor-p01"], old=["editor-p01", "editor-p02"])
        client.delete_app.assert_called_once()
        self.assertEqual(client.delete_app.call_args.kwargs["SpaceName"], "editor-p02")
        client.delete_space.assert_not_called()

    def test_answers_before_the_time_is_up(self):
        _, answer, _ = self.run_with("Delete", [[app("editor-p01", "Deleting")]], seconds=30)
        self.assertEqual(answer["Status"], "FAILED")
        self.assertIn("1 apps and 0 spaces of d-abcdefghijkl are left; delete the stack again", answer["Reason"])
        client = mock.MagicMock()
        client.get_paginator.side_effect = ClientError("AccessDeniedException")
        module, _ = load("sagemaker/studio.py", {}, client)
        with mock.patch("urllib.request.urlopen") as urlopen, mock.patch("builtins.print"):
            module.handler({"RequestType": "Delete", "ResponseURL": "https://example.com/a", "StackId": "s", "RequestId": "r",
                            "LogicalResourceId": "l", "ResourceProperties": {"DomainId": DOMAIN, "Spaces": []}}, mock.MagicMock())
        self.assertEqual(json.loads(urlopen.call_args.args[0].data)["Status"], "FAILED")


if __name__ == "__main__":
    unittest.main()
