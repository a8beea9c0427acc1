#!/usr/bin/env bash
# Sets up a lab in one AWS account, shows how far it is, hands out addresses, takes it down, and says what is left.
# Without --yes it only says what it would do. Whatever it does can be repeated: it asks CloudFormation what is there, and does the rest.
# Needs bash 3.2 or newer and the AWS CLI, version 2 or 1.29, with credentials. AWS_ENDPOINT_URL leads it elsewhere, for a rehearsal.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=common.sh
. "$here/common.sh"

usage() {
    cat <<USAGE
Usage: ./lab.sh COMMAND [OPTIONS]

  deploy         the control stack, then every participant's stacks; again after an interruption, it goes on
  status         a table of all stacks
  outputs        a table to hand out, and handout.csv
  destroy        the participants' stacks, then the control stack
  verify-clean   what is left of the lab, and what it costs; fails when something is

  --yes              act; without it, deploy and destroy only say what they would do
  --only p01,p07     these participants; the control stack is left alone by destroy
  --max-parallel N   stacks that are worked on at the same time ($LAB_PARALLEL)
  --bucket NAME      a bucket in $LAB_REGION of your own, where the control stack's template is put when it is large: labs of some hundred
                     participants (deploy)
  --email ADDRESS    who is told of the budget and of stacks that resist deletion (deploy)

Lab $LAB_NAME in $LAB_REGION: $LAB_PARTICIPANTS participants, each with: $LAB_BLUEPRINTS
USAGE
}

# ---- participants and stacks
participants() {
    tr -d '\r' <"$here/participants.csv" | awk -F, -v only=",$only," '
        NR == 1 { next }
        $1 == "" { next }
        $1 !~ /^p[0-9]+$/ { printf "participants.csv, line %d: %s is no id such as p01\n", NR, $1 > "/dev/stderr"; bad = 1; next }
        seen[$1]++ { printf "participants.csv, line %d: %s is there twice\n", NR, $1 > "/dev/stderr"; bad = 1; next }
        only == ",," || index(only, "," $1 ",") { print $1 }
        END { exit bad }'
}

# Who is not in the lab's file is not in the reaper's list: stacks that nobody deletes are not made.
reaped() {
    local late
    late=$(awk -v most="$LAB_PARTICIPANTS" '{ number = substr($1, 2) + 0 }
        number < 1 || number > most || $1 != sprintf("p%02d", number)' "$state/participants" | paste -s -d ' ' -)
    [ -z "$late" ] || fail "the lab has $LAB_PARTICIPANTS participants, $(printf 'p01 to p%02d' "$LAB_PARTICIPANTS"), and participants.csv also names $late: raise \`participants\` in the lab's file and render it again, so that their stacks are deleted at the end too"
}

# Wanted stacks, one a line: name, participant, blueprint.
wanted() {
    local id blueprint
    participants >"$state/participants"
    while read -r id; do
        for blueprint in $LAB_BLUEPRINTS; do
            printf '%s-%s-%s\t%s\t%s\n' "$LAB_NAME" "$id" "$blueprint" "$id" "$blueprint"
        done
    done <"$state/participants"
}

# What CloudFormation has of the lab now, one a line: name, status. One call for all of them, so that hundreds of stacks do not throttle.
look() {
    aws_ cloudformation describe-stacks --output text \
        --query "Stacks[?starts_with(StackName, '$LAB_NAME-')].[StackName, StackStatus]" >"$state/stacks.new"
    grep -v '^None$' "$state/stacks.new" | sort >"$state/stacks" || true
}

status_of() { awk -F '\t' -v name="$1" '$1 == name { print $2 }' "$state/stacks"; }

# How often something was tried for a stack in this run: CloudFormation's own truth is asked for the rest.
tried() { grep -cxF -- "$1" "$state/tried" || true; }

# What was refused outright would be refused again: nothing more is tried in this run.
refused() {
    say "$1: could not begin, see above"
    say "$1" >>"$state/refused"
}
given_up() { grep -qxF -- "$1" "$state/refused" || [ "$(tried "$1")" -ge "$2" ]; }

# ---- deploy
control=$LAB_NAME-control

deploy_control() {
    local status overrides=()
    status=$(status_of "$control")
    if [ -n "$email" ]; then
        overrides=(--parameter-overrides "OrganiserEmail=$email")
    else
        case $status in
        '' | REVIEW_IN_PROGRESS | ROLLBACK_* | CREATE_FAILED | DELETE_FAILED)
            fail "give the organiser's address the first time: --email you@example.com"
            ;;
        esac
    fi
    local shelf=()
    if [ "$(wc -c <"$here/templates/control.yaml")" -gt 51200 ]; then
        [ -n "$bucket" ] || fail "templates/control.yaml has more than the 51,200 bytes that CloudFormation takes in the call: say where it may lie, --bucket NAME"
        shelf=(--s3-bucket "$bucket" --s3-prefix "$LAB_NAME")
    fi
    deploy_stack "$control" "$here/templates/control.yaml" ${shelf[@]+"${shelf[@]}"} ${overrides[@]+"${overrides[@]}"}
}

# CloudFormation takes 51,200 bytes in the call itself; what is larger is put into the control stack's bucket, once in a run.
template_of() {
    local file=$here/templates/$1.yaml shelf
    if [ "$(wc -c <"$file")" -le 51200 ]; then
        template=(--template-body "file://$file")
        return 0
    fi
    shelf=$(control_output ControlTemplatesBucket) || return 1
    if ! grep -qxF -- "$1" "$state/uploaded"; then
        aws_ s3api put-object --bucket "$shelf" --key "$1.yaml" --body "$file" --output text >/dev/null || return 1
        say "$1" >>"$state/uploaded"
    fi
    template=(--template-url "https://$shelf.s3.$LAB_REGION.amazonaws.com/$1.yaml")
}

control_output() {
    local value
    value=$(aws_ cloudformation describe-stacks --stack-name "$control" --output text \
        --query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue")
    case $value in '' | None) fail "the control stack $control has no output $1" ;; esac
    say "$value"
}

create() {
    local name=$1 id=$2 blueprint=$3 given=() template=()
    template_of "$blueprint" || return 1
    local parameters=$here/parameters/$blueprint.json
    if [ -f "$parameters" ]; then
        sed "s|@deploy-role|$role|" "$parameters" >"$state/parameters.json"
        given=(--parameters "file://$state/parameters.json")
    fi
    aws_ cloudformation create-stack --stack-name "$name" "${template[@]}" \
        --role-arn "$role" --capabilities CAPABILITY_IAM --on-failure ROLLBACK --no-enable-termination-protection \
        --tags "Key=Lab,Value=$LAB_NAME" "Key=Participant,Value=$id" ${given[@]+"${given[@]}"} --output text >/dev/null
}

# One round over all stacks: looks, begins what may begin, counts. Sets busy, done, failed.
deploy_round() {
    local name id blueprint status begun=0
    look
    busy=0 done=0 failed=0
    busy=$(awk -F '\t' 'NR == FNR { want[$1]; next } $1 in want && $2 ~ /_IN_PROGRESS$/' "$state/wanted" "$state/stacks" | wc -l)
    while IFS=$'\t' read -r name id blueprint; do
        status=$(status_of "$name")
        case $status in
        *_IN_PROGRESS) continue ;;
        CREATE_COMPLETE | UPDATE_COMPLETE | UPDATE_ROLLBACK_COMPLETE)
            done=$((done + 1))
            continue
            ;;
        esac
        if given_up "$name" 6; then
            failed=$((failed + 1))
            continue
        fi
        if [ $((busy + begun)) -ge "$parallel" ]; then
            continue
        fi
        say "$name" >>"$state/tried"
        begun=$((begun + 1))
        if [ -z "$status" ]; then
            say "$name: creating"
            create "$name" "$id" "$blueprint" || refused "$name"
        else
            # what was rolled back can only be deleted; the next round creates it again
            say "$name: $status, deleting it before another try"
            aws_ cloudformation delete-stack --stack-name "$name" || refused "$name"
        fi
    done <"$state/wanted"
    busy=$((busy + begun))
}

deploy() {
    local all name id blueprint status
    wanted >"$state/wanted"
    reaped
    all=$(wc -l <"$state/wanted")
    look
    if [ -z "$yes" ]; then
        say "would deploy $control ($(status_of "$control" | grep . || echo 'not there'))"
        while IFS=$'\t' read -r name id blueprint; do
            status=$(status_of "$name")
            case $status in
            CREATE_COMPLETE | UPDATE_COMPLETE | UPDATE_ROLLBACK_COMPLETE) say "would leave  $name ($status)" ;;
            *) say "would create $name (${status:-not there})" ;;
            esac
        done <"$state/wanted"
        say "Nothing was done: add --yes."
        return 0
    fi
    deploy_control
    role=$(control_output ControlDeployRoleArn)
    : >"$state/uploaded"
    : >"$state/tried"
    : >"$state/refused"
    while :; do
        deploy_round
        if [ $((done + failed)) -ge "$all" ]; then
            break
        fi
        progress "$done of $all ready, $busy under way$([ "$failed" -eq 0 ] || echo ", $failed given up")"
    done
    [ "$failed" -eq 0 ] || fail "$failed stacks could not be created; ./lab.sh status names them, ./lab.sh deploy --yes tries again"
    say "All $all stacks are ready. Hand out: ./lab.sh outputs"
}

# ---- status, outputs
status() {
    local name id blueprint
    wanted >"$state/wanted"
    look
    {
        printf 'participant\tblueprint\tstatus\tstack\n'
        printf -- '-\tcontrol\t%s\t%s\n' "$(status_of "$control" | grep . || echo 'not there')" "$control"
        while IFS=$'\t' read -r name id blueprint; do
            printf '%s\t%s\t%s\t%s\n' "$id" "$blueprint" "$(status_of "$name" | grep . || echo 'not there')" "$name"
        done <"$state/wanted"
    } | table
    # what failed, and the first reason that CloudFormation gives
    awk -F '\t' '$2 ~ /FAILED|ROLLBACK/ { print $1 }' "$state/stacks" >"$state/broken"
    while read -r name; do
        say ""
        say "$name failed first with:"
        aws_ cloudformation describe-stack-events --stack-name "$name" --output text \
            --query "reverse(StackEvents)[?ends_with(ResourceStatus, '_FAILED')].[LogicalResourceId, ResourceStatusReason]" | head -n 1
    done <"$state/broken"
}

outputs() {
    local name id blueprint
    wanted >"$state/wanted"
    look
    : >"$state/outputs"
    while IFS=$'\t' read -r name id blueprint; do
        case $(status_of "$name") in CREATE_COMPLETE | UPDATE_COMPLETE | UPDATE_ROLLBACK_COMPLETE) ;; *) continue ;; esac
        aws_ cloudformation describe-stacks --stack-name "$name" --output text \
            --query "Stacks[0].Outputs[].[OutputKey, OutputValue]" |
            awk -F '\t' -v id="$id" -v blueprint="$blueprint" '$1 != "None" { printf "%s\t%s\t%s\t%s\n", id, blueprint, $1, $2 }' >>"$state/outputs"
    done <"$state/wanted"
    hand_out participant
}

# ---- destroy
destroy_round() {
    local name status begun=0 under_way
    look
    # in their order; what participants.csv no longer names is the lab's all the same
    awk -F '\t' -v only=",$only," -v prefix="$LAB_NAME-" '
        index($1, prefix "p") == 1 { id = substr($1, length(prefix) + 1); sub(/-.*/, "", id)
            if (id ~ /^p[0-9]+$/ && (only == ",," || index(only, "," id ","))) print }' "$state/stacks" >"$state/leave"
    left=$(wc -l <"$state/leave")
    failed=0
    under_way=$(awk -F '\t' '$2 == "DELETE_IN_PROGRESS"' "$state/leave" | wc -l)
    while IFS=$'\t' read -r name status; do
        if [ "$status" = DELETE_IN_PROGRESS ]; then
            continue
        fi
        if given_up "$name" 4; then
            failed=$((failed + 1))
            continue
        fi
        if [ $((under_way + begun)) -ge "$parallel" ]; then
            continue
        fi
        say "$name" >>"$state/tried"
        begun=$((begun + 1))
        say "$name: deleting ($status)"
        aws_ cloudformation delete-stack --stack-name "$name" || refused "$name"
    done <"$state/leave"
}

destroy() {
    local name status
    participants >"$state/participants"
    if [ -z "$yes" ]; then
        look
        awk -F '\t' -v only=",$only," -v prefix="$LAB_NAME-" '
            index($1, prefix "p") == 1 { id = substr($1, length(prefix) + 1); sub(/-.*/, "", id)
                if (only == ",," || index(only, "," id ",")) printf "would delete %s (%s)\n", $1, $2 }' "$state/stacks"
        if [ -z "$only" ]; then
            say "would delete $control ($(status_of "$control" | grep . || echo 'not there'))"
        fi
        say "Nothing was done: add --yes."
        return 0
    fi
    : >"$state/tried"
    : >"$state/refused"
    while :; do
        destroy_round
        if [ "$left" -eq 0 ]; then
            break
        fi
        if [ "$failed" -ge "$left" ]; then
            fail "$failed stacks resist; ./lab.sh status says why. The control stack stays: it holds the role that can delete them"
        fi
        progress "$left left$([ "$failed" -eq 0 ] || echo ", $failed of them given up")"
    done
    if [ -n "$only" ]; then
        say "The stacks of $only are gone."
        return 0
    fi
    # last: while a participant's stack is there, its role is needed
    if [ -n "$(status_of "$control")" ]; then
        say "$control: deleting"
        delete_stack "$control"
    fi
    say "All stacks are gone. Now: ./lab.sh verify-clean"
}

# ---- verify-clean
verify_clean() {
    local name status
    look
    : >"$state/left"
    while IFS=$'\t' read -r name status; do
        printf 'stack\t%s (%s)\tsee its resources\n' "$name" "$status" >>"$state/left"
    done <"$state/stacks"
    look_for_left "" "/aws/lambda/$LAB_NAME-" aws_
    tell_left "Nothing is left of $LAB_NAME in $LAB_REGION. What carries no tag is not seen: look at the bill in two days."
}

# ---- the command line
command=${1:-}
[ "$#" -gt 0 ] && shift
yes="" only="" email="" bucket="" parallel=$LAB_PARALLEL
while [ "$#" -gt 0 ]; do
    case $1 in
    --yes) yes=1 ;;
    --only) only=${2:?--only wants ids, such as p01,p07} && shift ;;
    --max-parallel) parallel=${2:?--max-parallel wants a number} && shift ;;
    --bucket) bucket=${2:?--bucket wants a name} && shift ;;
    --email) email=${2:?--email wants an address} && shift ;;
    -h | --help) command=help ;;
    *) fail "$1 is no option; ./lab.sh --help" ;;
    esac
    shift
done
case $parallel in '' | *[!0-9]* | 0) fail "--max-parallel wants a number from 1" ;; esac
umask 077 # outputs may hold addresses that are not everybody's business
mkdir -p "$state"
case $command in
deploy) deploy ;;
status) status ;;
outputs) outputs ;;
destroy) destroy ;;
verify-clean) verify_clean ;;
'' | help | -h | --help) usage ;;
*) fail "$command is no command; ./lab.sh --help" ;;
esac
