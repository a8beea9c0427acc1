#!/usr/bin/env bash
# Gives each account of an organization its stacks of a lab, shows how far they are, hands out addresses, takes them down, and says
# what is left. Runs in the administrator account of the stack sets. Without --yes it only says what it would do.
# Needs bash 3.2 or newer and the AWS CLI, version 2 or 1.29, with credentials.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=common.sh
. "$here/common.sh"

usage() {
    cat <<USAGE
Usage: ./stackset.sh COMMAND [OPTIONS]

  deploy         puts the templates into a bucket, then deploys the organiser's stack with a stack set for each blueprint
  status         a table of all stacks
  outputs        a table to hand out, and handout.csv; needs --role
  destroy        the stacks in all accounts, then the organiser's stack
  verify-clean   what is left; with --role also inside of the accounts, with its cost. Fails when something is

  --yes              act; without it, deploy and destroy only say what they would do
  --bucket NAME      a bucket in $LAB_REGION for the templates, which the accounts may read (deploy)
  --units OU,OU      organisational units whose accounts get the stacks: service-managed permissions
  --accounts A,A     with --units: only these accounts of them; alone: these accounts, self-managed permissions;
                     left out: the column "account" of participants.csv, if it is filled in
  --email ADDRESS    who is told of the budget and of deletions that did not begin (deploy, the first time)
  --role NAME        a role in each account that this account may assume, such as OrganizationAccountAccessRole; verify-clean looks
                     into every account that had a stack, and into those of --units, --accounts and participants.csv

Lab $LAB_NAME in $LAB_REGION, in each account: $LAB_BLUEPRINTS
USAGE
}

organiser=$LAB_NAME-organiser

listed_accounts() {
    tr -d '\r' <"$here/participants.csv" | awk -F, 'NR > 1 && $4 ~ /^[0-9]+$/ { printf "%s%s", comma, $4; comma = "," }'
}

# `knowledge-base` is the component KnowledgeBase of the organiser's template.
pascal() { printf '%s' "$1" | awk -F- '{ for (i = 1; i <= NF; i++) printf "%s%s", toupper(substr($i, 1, 1)), substr($i, 2) }'; }

deploy() {
    local model blueprint prefix status overrides=()
    [ -n "$accounts" ] || accounts=$(listed_accounts)
    if [ -n "$units" ]; then model=service-managed; else model=self-managed; fi
    [ -n "$units$accounts" ] || fail "say where to: --units ou-..., or --accounts 111122223333,..., or fill in participants.csv"
    [ -n "$bucket" ] || fail "say where the templates go: --bucket NAME"
    status=$(one_status "$organiser")
    if [ -n "$email" ]; then
        overrides=("OrganiserEmail=$email")
    else
        case $status in
        '' | REVIEW_IN_PROGRESS | ROLLBACK_* | CREATE_FAILED | DELETE_FAILED)
            [ -z "$yes" ] || fail "give the organiser's address the first time: --email you@example.com"
            ;;
        esac
    fi
    if [ -z "$yes" ]; then
        for blueprint in $LAB_BLUEPRINTS; do
            say "would put templates/$blueprint.yaml into s3://$bucket/$LAB_NAME/"
        done
        say "would deploy $organiser (${status:-not there}) with $model stack sets for: ${units:-}${units:+ }${accounts:-all accounts}"
        say "Nothing was done: add --yes."
        return 0
    fi
    for blueprint in $LAB_BLUEPRINTS; do
        aws_ s3api put-object --bucket "$bucket" --key "$LAB_NAME/$blueprint.yaml" --body "$here/templates/$blueprint.yaml" --output text >/dev/null
        prefix=$(pascal "$blueprint")
        overrides+=("${prefix}TemplateUrl=https://$bucket.s3.$LAB_REGION.amazonaws.com/$LAB_NAME/$blueprint.yaml")
        if [ -n "$units" ]; then overrides+=("${prefix}Units=$units"); fi
        if [ -n "$accounts" ]; then overrides+=("${prefix}Accounts=$accounts"); fi
    done
    say "This ends when the stacks in the accounts are there."
    deploy_stack "$organiser" "$here/templates/organiser-$model.yaml" --parameter-overrides "${overrides[@]}"
    instances >"$state/all"
    say "All $(($(wc -l <"$state/all"))) stacks are ready. Hand out: ./stackset.sh outputs --role NAME"
}

# Stacks in accounts, one a line: account, blueprint, status, stack id, reason.
instances() {
    local blueprint
    for blueprint in $LAB_BLUEPRINTS; do
        if ! aws_ cloudformation list-stack-instances --stack-set-name "$LAB_NAME-$blueprint" --output text \
            --query "Summaries[].[Account, StackInstanceStatus.DetailedStatus || Status, StackId || '-', StatusReason || '-']" >"$state/instances" 2>"$state/instances.errors"; then
            # a set that is not there has no stacks; anything else is no answer
            grep -q 'StackSetNotFound' "$state/instances.errors" || { cat "$state/instances.errors" >&2 && return 1; }
            continue
        fi
        awk -F '\t' -v blueprint="$blueprint" '$1 != "None" && NF > 1 { printf "%s\t%s\t%s\t%s\t%s\n", $1, blueprint, $2, $3, $4 }' "$state/instances"
        # verify-clean looks into every account that ever had a stack
        awk -F '\t' '$1 ~ /^[0-9]+$/ { print $1 }' "$state/instances" >>"$state/accounts"
    done
    sort -u -o "$state/accounts" "$state/accounts"
}

status() {
    instances >"$state/all"
    { printf 'account\tblueprint\tstatus\treason\n' && awk -F '\t' '{ printf "%s\t%s\t%s\t%s\n", $1, $2, $3, $5 }' "$state/all" | sort; } | table
}

# Into an account, with the rights of a role there; `there` is the call in it. The keys stay in the process.
enter() {
    keys=$(aws_ sts assume-role --role-arn "arn:${LAB_PARTITION:-aws}:iam::$1:role/$role" --role-session-name "lab-$LAB_NAME" --output text \
        --query 'Credentials.[AccessKeyId, SecretAccessKey, SessionToken]')
}
there() {
    (
        IFS=$'\t' read -r AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN <<<"$keys"
        export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
        unset AWS_PROFILE AWS_DEFAULT_PROFILE
        aws_ "$@"
    )
}

outputs() {
    local account blueprint id inside="" missing=0
    [ -n "$role" ] || fail "the outputs are in the accounts: --role NAME"
    instances >"$state/all"
    sort -o "$state/all" "$state/all"
    : >"$state/outputs"
    while IFS=$'\t' read -r account blueprint _ id _; do
        if [ "$id" = - ]; then
            say "$account: the stack of $blueprint is not there yet"
            missing=$((missing + 1))
            continue
        fi
        if [ "$account" != "$inside" ]; then
            inside=$account
            enter "$account" || keys=""
        fi
        if [ -z "$keys" ] || ! there cloudformation describe-stacks --stack-name "$id" --output text \
            --query 'Stacks[0].Outputs[].[OutputKey, OutputValue]' >"$state/answer"; then
            say "$account: the stack of $blueprint cannot be asked, see above"
            missing=$((missing + 1))
            continue
        fi
        awk -F '\t' -v account="$account" -v blueprint="$blueprint" '$1 != "None" && NF > 1 { printf "%s\t%s\t%s\t%s\n", account, blueprint, $1, $2 }' "$state/answer" >>"$state/outputs"
    done <"$state/all"
    hand_out account
    [ "$missing" -eq 0 ] || fail "$missing stacks are not in the table"
}

# The accounts of organisational units and of the units in them, as stack sets see them.
accounts_of() {
    local unit inner
    for unit in "$@"; do
        aws_ organizations list-accounts-for-parent --parent-id "$unit" --output text --query 'Accounts[].[Id]' || return 1
        inner=$(aws_ organizations list-organizational-units-for-parent --parent-id "$unit" --output text --query 'OrganizationalUnits[].[Id]') || return 1
        # shellcheck disable=SC2046 # ids without blanks
        accounts_of $(printf '%s' "$inner" | grep -v '^None$') || return 1
    done
}

# Every account that may have something of the lab: those that had a stack, those of the list, those that are named.
known_accounts() {
    if [ -n "$units" ]; then
        # shellcheck disable=SC2046 # ids without blanks
        accounts_of $(printf '%s' "$units" | tr , ' ') >"$state/of-units" || fail "the accounts of $units cannot be listed, see above; name them: --accounts"
        cat "$state/of-units" >>"$state/accounts"
    fi
    { cat "$state/accounts" && listed_accounts | tr , '\n' && printf '\n%s\n' "$accounts" | tr , '\n'; } | grep -E '^[0-9]{12}$' | sort -u || true
}

destroy() {
    local blueprint left targets=()
    if [ -z "$yes" ]; then
        instances >"$state/all"
        awk -F '\t' '{ printf "would delete the stack of %s in %s (%s)\n", $2, $1, $3 }' "$state/all"
        say "would delete $organiser ($(one_status "$organiser" | grep . || echo 'not there'))"
        say "Nothing was done: add --yes."
        return 0
    fi
    : >"$state/begun"
    while :; do
        instances >"$state/all"
        left=$(wc -l <"$state/all")
        if [ "$left" -eq 0 ]; then
            break
        fi
        for blueprint in $LAB_BLUEPRINTS; do
            if [ "$(grep -cxF -- "$blueprint" "$state/begun" || true)" -ge 3 ] ||
                ! awk -F '\t' -v blueprint="$blueprint" '$2 == blueprint' "$state/all" | grep -q . ||
                aws_ cloudformation list-stack-set-operations --stack-set-name "$LAB_NAME-$blueprint" --output text --query "Summaries[?Status=='RUNNING' || Status=='QUEUED'].OperationId" | grep -qv '^None$'; then
                continue
            fi
            if [ -n "$units" ]; then
                targets=(--deployment-targets "OrganizationalUnitIds=$units")
            elif [ "$(aws_ cloudformation describe-stack-set --stack-set-name "$LAB_NAME-$blueprint" --output text --query StackSet.PermissionModel)" = SERVICE_MANAGED ]; then
                fail "$LAB_NAME-$blueprint has service-managed permissions: say which units it was deployed to, --units OU,OU"
            else
                # shellcheck disable=SC2207 # numbers of 12 digits; bash 3.2 has no mapfile
                targets=(--accounts $(awk -F '\t' -v blueprint="$blueprint" '$2 == blueprint { print $1 }' "$state/all" | sort -u))
            fi
            say "$LAB_NAME-$blueprint: deleting its stacks in all accounts"
            say "$blueprint" >>"$state/begun"
            aws_ cloudformation delete-stack-instances --stack-set-name "$LAB_NAME-$blueprint" --regions "$LAB_REGION" --no-retain-stacks "${targets[@]}" --output text >/dev/null
        done
        if [ "$(sort "$state/begun" | uniq -c | awk '$1 >= 3' | wc -l)" -gt 0 ] && ! awk -F '\t' '$3 !~ /FAILED|INOPERABLE|OUTDATED/' "$state/all" | grep -q .; then
            fail "$left stacks resist; ./stackset.sh status says why"
        fi
        progress "$left stacks left"
    done
    if [ -n "$(one_status "$organiser")" ]; then
        say "$organiser: deleting"
        delete_stack "$organiser"
    fi
    say "All stacks are gone; the templates stay in the bucket, below $LAB_NAME/. Now: ./stackset.sh verify-clean --role NAME"
}

verify_clean() {
    local account status looked=0 said
    instances >"$state/all"
    awk -F '\t' '{ printf "stack\t%s in %s (%s)\tsee its resources\n", $2, $1, $3 }' "$state/all" >"$state/left"
    status=$(one_status "$organiser")
    if [ -n "$status" ]; then
        printf 'stack\t%s (%s)\tsee its resources\n' "$organiser" "$status" >>"$state/left"
    fi
    look_for_left "" "/aws/lambda/$LAB_NAME-" aws_
    said="Nothing is left of $LAB_NAME in $LAB_REGION, as far as this account sees: --role looks into the others."
    if [ -n "$role" ]; then
        known_accounts >"$state/known"
        while read -r account; do
            looked=$((looked + 1))
            if ! enter "$account" || ! look_for_left " in $account" "/aws/lambda/StackSet-$LAB_NAME-" there; then
                printf 'account\t%s cannot be looked into, see above\tunknown\n' "$account" >>"$state/left"
            fi
        done <"$state/known"
        [ "$looked" -gt 0 ] || fail "no account is known that had a stack: name them, --accounts or --units, or fill in participants.csv"
        said="Nothing is left of $LAB_NAME in $LAB_REGION in $looked accounts. What carries no tag is not seen: look at the bill in two days."
    fi
    tell_left "$said"
}

# ---- the command line
command=${1:-}
[ "$#" -gt 0 ] && shift
yes="" bucket="" units="" accounts="" role="" email="" keys=""
while [ "$#" -gt 0 ]; do
    case $1 in
    --yes) yes=1 ;;
    --bucket) bucket=${2:?--bucket wants a name} && shift ;;
    --units) units=${2:?--units wants ids, such as ou-ab12-34cd56ef} && shift ;;
    --accounts) accounts=${2:?--accounts wants numbers of 12 digits} && shift ;;
    --email) email=${2:?--email wants an address} && shift ;;
    --role) role=${2:?--role wants a name} && shift ;;
    -h | --help) command=help ;;
    *) fail "$1 is no option; ./stackset.sh --help" ;;
    esac
    shift
done
umask 077 # outputs may hold addresses that are not everybody's business
mkdir -p "$state"
touch "$state/accounts"
case $command in
deploy) deploy ;;
status) status ;;
outputs) outputs ;;
destroy) destroy ;;
verify-clean) verify_clean ;;
'' | help | -h | --help) usage ;;
*) fail "$command is no command; ./stackset.sh --help" ;;
esac
