#!/bin/bash
# An event listener as a shell script: tells on stderr what it is told.
#
# stdout belongs to the protocol; whatever else prints there has to be sent away (>&2). "read -N"
# counts characters, as "len" does; for that the locale has to be one with UTF-8.
export LC_ALL=C.UTF-8
set -f

# The value of a key in "key:value key:value ...".
value()
{
        local pair

        for pair in $2; do
                [ "${pair%%:*}" = "$1" ] && printf '%s' "${pair#*:}"
        done
}

tell()
{
        printf '%s serial:%s %s\n' "$(value eventname "$1")" "$(value serial "$1")" "$2" >&2
}

while printf 'READY\n' && IFS= read -r header; do
        length=$(value len "$header")
        payload=
        [ "$length" -eq 0 ] || IFS= read -r -N "$length" payload
        tell "$header" "$payload"
        printf 'RESULT 2\nOK'
done
