# Faults of a site, one after another. Each must end in a condition that names the cause and who can mend it.

# condition KIND NAME TYPE: "status reason mender message" of a condition
condition() {
    client "$1-list" "--${4:-$1name}" "$2" --output json | jq -r --arg type "$3" '
        (if type == "array" then .[0] else . end).status.conditions[] | select(.type == $type)
        | "\(.status) \(.reason) \(.mender // "-") \(.message)"'
}

expect() { # expect TEXT PATTERN ACTUAL
    [[ $3 =~ $2 ]] || fail "$1: expected a condition like \"$2\", got \"$3\""
    step "$1: $3"
}

site_faults() {
    step "faults of a site"
    # A changed host key is refused until its owner vouches for the new one.
    lab/lab break hostkey alpha > /dev/null
    client allocation-validate --allocationname ana.alpha --wait > "$work/logs/hostkey.log" 2>&1 && fail "a changed host key was accepted"
    expect "changed host key" "false .* user " "$(condition allocation ana.alpha Validated)"
    lab/lab mend hostkey alpha > /dev/null

    client allocation-create ana.wrong --owner ana --resource alpha --accountname nobodyatall
    wait_until 20 "the key of ana.wrong" has_key ana.wrong
    client allocation-validate --allocationname ana.wrong --wait > "$work/logs/account.log" 2>&1 && fail "a wrong account was accepted"
    expect "wrong account or key" "false .* user " "$(condition allocation ana.wrong Validated)"
    client allocation-delete ana.wrong
}
