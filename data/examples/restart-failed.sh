#!/bin/bash
# Lists the processes of busvisord, tells every change of their states, and starts what has become
# FATAL again after a while. All it needs is busctl, and to start something the right to do so.
#
#   restart-failed.sh --system
#   DELAY=60 restart-failed.sh --address=unix:path=/run/busvisor/supervisor/bus/socket
#
# Arguments are options of busctl. DELAY is the seconds until a program is started again, INTERVAL
# those between two looks into the log of events. Events are asked for by their serial, so none is
# missed, however long nobody looked.
delay=${DELAY:-30}
interval=${INTERVAL:-1}
options=("$@")
declare -A due # name: when to start it, in seconds since the script began

call()
{
        busctl "${options[@]}" call org.busvisor1 /org/busvisor1 "org.busvisor1.$1" "${@:2}"
}

property()
{
        busctl "${options[@]}" get-property org.busvisor1 "$1" "org.busvisor1.$2" "${@:3}"
}

process_paths()
{
        busctl "${options[@]}" --list tree org.busvisor1 |
                grep '^/org/busvisor1/process/[^/]*/[^/]*$'
}

note_state()
{
        if [ "$2" = FATAL ]; then
                due[$1]=$((SECONDS + delay))
        else
                unset 'due[$1]'
        fi
}

# Four lines, each a type and a value, text in quotes.
list()
{
        local path group name state pid

        for path in $(process_paths); do
                { read -r _ group; read -r _ name; read -r _ state; read -r _ pid; } < \
                        <(property "$path" Process Group Name State Pid)
                name=${group//\"/}:${name//\"/}
                state=${state//\"/}
                printf '%-30s %-9s %7s\n' "$name" "$state" "$pid"
                note_state "$name" "$state"
        done
}

# Serial, state, the state before, name; one line for each change above a serial.
changes_since()
{
        call Events EventsSince tasu "$1" 1 PROCESS_STATE 64 |
                sed 's/"ProcessStateChanged" /\n/g' |
                sed -n 's/^([^)]*) \([0-9]*\) [0-9]* [0-9]* [0-9]* "\(.*\)" "\(.*\)" "\([A-Z]*\)" "\([A-Z]*\)" .*/\1 \4 \5 \2:\3/p'
}

tell_changes()
{
        local serial state before name

        while read -r serial state before name; do
                after=$serial
                echo "$name: $state, was $before"
                note_state "$name" "$state"
        done < <(changes_since "$after")
}

start_what_is_due()
{
        local name

        for name in "${!due[@]}"; do
                [ "$SECONDS" -ge "${due[$name]}" ] || continue
                unset 'due[$name]'
                echo "$name is started again"
                call Manager Start ast 1 "$name" 1 >/dev/null
        done
}

next=$(property /org/busvisor1 Events NextSerial) || exit 1
if ! [[ $next =~ ^t\ [0-9]+$ ]]; then
        echo "usage: [DELAY=SECONDS] [INTERVAL=SECONDS] restart-failed.sh [OPTION OF BUSCTL...]" >&2
        exit 2
fi
after=$((${next#t } - 1))
list
while busctl "${options[@]}" status org.busvisor1 >/dev/null 2>&1; do
        tell_changes
        start_what_is_due
        sleep "$interval"
done
echo "busvisord is gone"
