"""What CloudFormation's properties become where an API has another shape."""

import json


def flow_log(given):
    return {**{name: value for name, value in given.items() if name != "ResourceId"}, "ResourceIds": [given["ResourceId"]]}


def pipeline(given):
    definition = given["PipelineDefinition"]
    return {**given, "PipelineDefinition": definition["PipelineDefinitionBody"]}


def vpc_origin(given):
    """The API wants both ports; CloudFormation fills in the usual ones."""
    return {**given, "VpcOriginEndpointConfig": {"HTTPPort": 80, "HTTPSPort": 443, **given["VpcOriginEndpointConfig"]}}


def policy_of_bucket(given):
    return {"Bucket": given["Bucket"], "Policy": json.dumps(given["PolicyDocument"])}


def policy_of_queue(given):
    return {"QueueUrl": given["Queues"][0], "Attributes": {"Policy": json.dumps(given["PolicyDocument"])}}


def secret(given):
    """The service generates no secret by itself; CloudFormation asks it for a random password first."""
    return {**{name: value for name, value in given.items() if name != "GenerateSecretString"}, "SecretString": "generated"}


def scaling_policy(given):
    """CloudFormation names the target by its id, the service by its three parts."""
    target = given.pop("ScalingTargetId", None)
    if target:
        given["ResourceId"], given["ScalableDimension"], given["ServiceNamespace"] = target.split("|")
    return given


def security_rule(other):
    """A rule of a security group, whose peer is called SourceSecurityGroupId or DestinationSecurityGroupId."""

    def reshape(given):
        rule = {name: given[name] for name in ("IpProtocol", "FromPort", "ToPort") if name in given}
        note = {"Description": given["Description"]} if "Description" in given else {}
        if "CidrIp" in given:
            rule["IpRanges"] = [{"CidrIp": given["CidrIp"], **note}]
        for peer in (f"{other}SecurityGroupId", f"{other}PrefixListId"):
            if peer in given:
                group = peer.endswith("GroupId")
                rule["UserIdGroupPairs" if group else "PrefixListIds"] = [{"GroupId" if group else "PrefixListId": given[peer], **note}]
        return {"GroupId": given["GroupId"], "IpPermissions": [rule]}

    return reshape


def same(*names):
    """Parameters of a deletion that are called as they were at creation."""
    return {name: "{given." + name + "}" for name in names}
