# What VC3 says about a fault.

faults=0

# conditions KIND NAME: all conditions of an entity, a line each: "TYPE STATUS REASON mender=MENDER: MESSAGE"
conditions() {
    case $1 in
    allocation) client allocation-list --allocationname "$2" --output json ;;
    request | pilotset) client request-explain --requestname "${2%%.*}" --output json ;;
    esac | jq -r --arg kind "$1" --arg name "$2" '
        (if type == "array" then .[] else . end) | select(.kind == $kind and .name == $name) | .status.conditions[]?
        | "\(.type) \(.status) \(.reason) mender=\(.mender // "-"): \(.message)"'
}

# expect FAULT SECONDS KIND NAME PATTERN: waits for a condition like PATTERN and prints it
expect() {
    local fault=$1 limit=$2 kind=$3 name=$4 pattern=$5 end seen=
    end=$(($(date +%s%3N) + limit * 1000))
    until seen=$(conditions "$kind" "$name" 2>&1) && grep -qE "$pattern" <<< "$seen"; do
        [ "$(date +%s%3N)" -lt $end ] || fail "$fault: $kind $name has no condition like '$pattern' after $limit s, but:
$seen"
        sleep 0.3
    done
    faults=$((faults + 1))
    step "$fault: $kind $name: $(grep -E -m 1 "$pattern" <<< "$seen")"
}

# well SECONDS KIND NAME PATTERN: the condition after mending; by itself
well() {
    local limit=$1 kind=$2 name=$3 pattern=$4 end seen=
    end=$(($(date +%s%3N) + limit * 1000))
    until seen=$(conditions "$kind" "$name" 2>&1) && grep -qE "$pattern" <<< "$seen"; do
        [ "$(date +%s%3N)" -lt $end ] || fail "mended, but $kind $name has no condition like '$pattern' after $limit s, but:
$seen"
        sleep 0.3
    done
}

# explains NAME PATTERN: what a user is told
explains() {
    local said
    said=$(client request-explain --requestname "$1")
    grep -qE "$2" <<< "$said" || fail "request-explain does not say '$2', but:
$said"
    grep -E "$2" <<< "$said" | sed 's/^ */            told: /'
}

# slots NAME: how many workers the pool of a request has
slots() { in_pool "$1" condor_status -constraint 'PartitionableSlot =?= true' -af Name 2> /dev/null | grep -c . || true; }
