#!/usr/bin/env bash
# Makes the stack sets that Innovation Sandbox on AWS offers as blueprints: one for each blueprint of the lab, self-managed and without
# instances. Runs in the sandbox's hub account. Without --yes it only says what it would do; what is there is updated.
# Then, in the sandbox's console: register each stack set as a blueprint, and make a lease template with the numbers of
# innovation-sandbox/lease-template.json. The sandbox deploys the stacks into leased accounts and cleans the accounts up.
# Needs bash 3.2 or newer and the AWS CLI, version 2 or 1.29, with credentials.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=common.sh
. "$here/common.sh"

usage() {
    cat <<USAGE
Usage: ./sandbox.sh COMMAND [OPTIONS]

  deploy         makes or updates the stack sets
  status         a table of them, with the accounts that have a stack
  destroy        deletes the stack sets; those with stacks in accounts are left
  verify-clean   fails when one is left

  --yes                         act; without it, deploy and destroy only say what they would do
  --bucket NAME                 a bucket in $LAB_REGION that the hub account may read, for templates of more than 51,200 bytes
  --administration-role ARN     the sandbox's role for stack sets, in the hub account (deploy)
  --execution-role NAME         its role in the leased accounts (deploy)

Lab $LAB_NAME in $LAB_REGION: $LAB_BLUEPRINTS
USAGE
}

exists() {
    aws_ cloudformation list-stack-sets --status ACTIVE --output text --query "Summaries[?StackSetName=='$1' && Status=='ACTIVE'].StackSetName" | grep -v '^None$' || true
}

template_of() {
    local file=$here/templates/$1.yaml
    if [ "$(wc -c <"$file")" -le 51200 ]; then
        template=(--template-body "file://$file")
        return 0
    fi
    [ -n "$bucket" ] || fail "templates/$1.yaml has more than 51,200 bytes: --bucket NAME"
    aws_ s3api put-object --bucket "$bucket" --key "$LAB_NAME/$1.yaml" --body "$file" --output text >/dev/null
    template=(--template-url "https://$bucket.s3.$LAB_REGION.amazonaws.com/$LAB_NAME/$1.yaml")
}

deploy() {
    local blueprint name verb template=()
    for blueprint in $LAB_BLUEPRINTS; do
        name=$LAB_NAME-$blueprint
        verb=create
        if [ -n "$(exists "$name")" ]; then verb=update; fi
        if [ -z "$yes" ]; then
            say "would $verb the stack set $name"
            continue
        fi
        [ -n "$administration$execution" ] || fail "name the sandbox's roles: --administration-role ARN --execution-role NAME"
        template_of "$blueprint"
        aws_ cloudformation "$verb-stack-set" --stack-set-name "$name" "${template[@]}" --capabilities CAPABILITY_IAM \
            --permission-model SELF_MANAGED --administration-role-arn "$administration" --execution-role-name "$execution" \
            --tags "Key=Lab,Value=$LAB_NAME" --output text >/dev/null
        say "$name: ${verb}d"
    done
    [ -n "$yes" ] || say "Nothing was done: add --yes."
}

status() {
    local blueprint name
    for blueprint in $LAB_BLUEPRINTS; do
        name=$LAB_NAME-$blueprint
        if [ -z "$(exists "$name")" ]; then
            printf '%s\tnot there\n' "$name"
            continue
        fi
        aws_ cloudformation list-stack-instances --stack-set-name "$name" --output text --query 'Summaries[].[Account]' | grep -v '^None$' >"$state/instances" || true
        printf '%s\t%d accounts have a stack\n' "$name" "$(grep -c . "$state/instances" || true)"
    done >"$state/sets"
    { printf 'stack set\tstate\n' && cat "$state/sets"; } | table
}

destroy() {
    local blueprint name
    for blueprint in $LAB_BLUEPRINTS; do
        name=$LAB_NAME-$blueprint
        if [ -z "$(exists "$name")" ]; then
            continue
        fi
        if [ -z "$yes" ]; then
            say "would delete the stack set $name"
        elif aws_ cloudformation delete-stack-set --stack-set-name "$name"; then
            say "$name: deleted"
        else
            say "$name: left, see above; end the leases first"
        fi
    done
    [ -n "$yes" ] || say "Nothing was done: add --yes."
}

verify_clean() {
    status
    if grep -qv 'not there$' "$state/sets"; then
        fail "stack sets are left of $LAB_NAME; they cost nothing by themselves, the stacks in leased accounts do"
    fi
    say "Nothing is left of $LAB_NAME in this account."
}

# ---- the command line
command=${1:-}
[ "$#" -gt 0 ] && shift
yes="" bucket="" administration="" execution=""
while [ "$#" -gt 0 ]; do
    case $1 in
    --yes) yes=1 ;;
    --bucket) bucket=${2:?--bucket wants a name} && shift ;;
    --administration-role) administration=${2:?--administration-role wants an ARN} && shift ;;
    --execution-role) execution=${2:?--execution-role wants a name} && shift ;;
    -h | --help) command=help ;;
    *) fail "$1 is no option; ./sandbox.sh --help" ;;
    esac
    shift
done
mkdir -p "$state"
case $command in
deploy) deploy ;;
status) status ;;
destroy) destroy ;;
verify-clean) verify_clean ;;
'' | help | -h | --help) usage ;;
*) fail "$command is no command; ./sandbox.sh --help" ;;
esac
