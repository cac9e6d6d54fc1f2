# What the lab tells its user: a timeline on standard output, errors as what, why and what next.

lab_started=${EPOCHREALTIME/[.,]/}

# seconds: time since the command began, as "12.3".
seconds() {
    local tenths=$(((${EPOCHREALTIME/[.,]/} - lab_started) / 100000))
    printf '%d.%d' $((tenths / 10)) $((tenths % 10))
}

step() { # TEXT: one line of the timeline
    printf '[%6ss] %s\n' "$(seconds)" "$*"
}

die() { # WHAT [WHY-OR-NEXT...]
    printf 'lab: %s\n' "$@" >&2
    exit 1
}

# show_log FILE: the end of a log, set off, on standard error.
show_log() {
    [ ! -s "$1" ] || tail -n 25 "$1" | sed 's/^/    | /' >&2
}
