# fish completion for busvisorctl

# The options on the line that say which daemon is meant, so that its processes are offered.
function __busvisorctl_place
    set -l words (commandline -opc)
    for i in (seq 2 (count $words))
        if string match -qr -- '^(--(host|address|bus-name|configuration|identifier)=|-[Hci].)' $words[$i]
            printf '%s\n' $words[$i]
        else if contains -- $words[$i] -H --host --address --bus-name -c --configuration -i --identifier
            and test $i -lt (count $words)
            printf '%s\n' $words[$i] $words[(math $i + 1)]
        end
    end
end

function __busvisorctl_processes
    busvisorctl (__busvisorctl_place) status 2>/dev/null | string replace -r ' .*' ''
end

function __busvisorctl_names
    set -l names (__busvisorctl_processes)
    printf '%s\n' $names all
    string match -r '^[^:]+:' -- $names | sort -u | string replace -r '$' '*'
end

# Those that an update would change.
function __busvisorctl_groups
    busvisorctl (__busvisorctl_place) reread 2>/dev/null | string replace -rf ': [a-z]+$' ''
    echo all
end

# Groups that are not in use ("avail"), or that are ("in").
function __busvisorctl_configured
    busvisorctl (__busvisorctl_place) avail 2>/dev/null | string match -r "^\S+(?= +$argv[1] )" |
        string replace -r ':.*' '' | sort -u
end

# Listener pools.
function __busvisorctl_pools
    busvisorctl (__busvisorctl_place) listeners 2>/dev/null | string match -r '^\S+(?= +- )'
end

function __busvisorctl_properties
    begin
        busvisorctl (__busvisorctl_place) show 2>/dev/null
        busvisorctl (__busvisorctl_place) show '*' 'pool/*' 2>/dev/null
    end | string match -r '^[A-Za-z]+(?==)' | sort -u
end

# Pools that have dead letters.
function __busvisorctl_letter_pools
    busvisorctl (__busvisorctl_place) deadletters list 2>/dev/null |
        string match -v 'No dead letters' | string replace -r ' .*' '' | sort -u
end

# What stands behind "deadletters" so far: how many words.
function __busvisorctl_letter_words
    set -l words (commandline -opc)
    set -l at (contains -i -- deadletters $words)
    test -n "$at"; and test (math (count $words) - $at) $argv
end

# The serials of the pool that was named.
function __busvisorctl_letter_serials
    set -l words (commandline -opc)
    set -l at (contains -i -- deadletters $words)
    busvisorctl (__busvisorctl_place) deadletters list $words[(math $at + 2)] 2>/dev/null |
        string match -v 'No dead letters' | string replace -r '^\S+ +(\d+) .*' '$1'
end

set -l commands status start stop restart signal pid tail maintail clear fg show watch monitor events \
    listeners deadletters avail reread update add remove reload shutdown convert version help open exit quit
set -l types PROCESS_STATE PROCESS_LOG PROCESS_COMMUNICATION REMOTE_COMMUNICATION \
    SUPERVISOR_STATE_CHANGE TICK PROCESS_GROUP PROCESS_STATE_STARTING PROCESS_STATE_RUNNING \
    PROCESS_STATE_BACKOFF PROCESS_STATE_STOPPING PROCESS_STATE_STOPPED PROCESS_STATE_EXITED \
    PROCESS_STATE_FATAL PROCESS_STATE_UNKNOWN
set -l no_command "not __fish_seen_subcommand_from $commands"

complete -c busvisorctl -f
complete -c busvisorctl -l address -x -a 'system user' -d 'Bus to use'
complete -c busvisorctl -s c -l configuration -r -F -d 'Instance that runs with this file'
complete -c busvisorctl -s i -l identifier -x -d 'Instance of this name'
complete -c busvisorctl -s H -l host -x -a '(__fish_print_hostnames)' -d 'Machine where it runs, over ssh'
complete -c busvisorctl -l bus-name -x -d 'Name of the daemon on the bus'
complete -c busvisorctl -l json -d 'Print JSON'
complete -c busvisorctl -l no-block -d 'Do not wait for the end'
complete -c busvisorctl -l timeout -x -a '5s 30s 1min 5min infinity' -d 'Wait no longer than this'
complete -c busvisorctl -s v -l verbose -d 'Tell of each process'
complete -c busvisorctl -l dry-run -d 'Only show what would change'
complete -c busvisorctl -l interactive -d 'Ask before shutdown and reload'
complete -c busvisorctl -s r -l history_file -r -F -d 'Where the shell keeps the lines typed'
complete -c busvisorctl -s q -l quiet -d 'Print errors only'
complete -c busvisorctl -l no-color -d 'No colors'
complete -c busvisorctl -s h -l help -d 'Print help and end'
complete -c busvisorctl -l version -d 'Print the version and end'

complete -c busvisorctl -n $no_command -a status -d 'Show processes and their states'
complete -c busvisorctl -n $no_command -a start -d 'Start processes and wait until they run'
complete -c busvisorctl -n $no_command -a stop -d 'Stop processes and wait until they have ended'
complete -c busvisorctl -n $no_command -a restart -d 'Stop processes, then start them'
complete -c busvisorctl -n $no_command -a signal -d 'Send a signal to processes'
complete -c busvisorctl -n $no_command -a pid -d 'Print process ids'
complete -c busvisorctl -n $no_command -a tail -d 'Print the end of what a process has written'
complete -c busvisorctl -n $no_command -a maintail -d "Print the end of the daemon's own log"
complete -c busvisorctl -n $no_command -a clear -d 'Empty the logs of processes'
complete -c busvisorctl -n $no_command -a fg -d 'Show what a process writes, give it the lines typed'
complete -c busvisorctl -n $no_command -a show -d 'Show all properties'
complete -c busvisorctl -n $no_command -a watch -d 'Show processes, and what they take, as it changes'
complete -c busvisorctl -n $no_command -a monitor -d 'Show events as they happen'
complete -c busvisorctl -n $no_command -a events -d 'Show the events that have happened'
complete -c busvisorctl -n $no_command -a listeners -d 'Show how listener pools and listeners fare'
complete -c busvisorctl -n $no_command -a deadletters -d 'Show or try again what pools have given up'
complete -c busvisorctl -n $no_command -a avail -d 'Show all processes that are configured'
complete -c busvisorctl -n $no_command -a reread -d 'Show what an update would change'
complete -c busvisorctl -n $no_command -a update -d 'Carry out what has changed in the configuration'
complete -c busvisorctl -n $no_command -a add -d 'Take over groups that are new in the configuration'
complete -c busvisorctl -n $no_command -a remove -d 'Forget groups of which nothing runs'
complete -c busvisorctl -n $no_command -a reload -d 'Stop everything and start anew'
complete -c busvisorctl -n $no_command -a shutdown -d 'Stop all processes and end the daemon'
complete -c busvisorctl -n $no_command -a convert -d 'Print a configuration file in INI as YAML'
complete -c busvisorctl -n $no_command -a version -d 'Print the version of the daemon'
complete -c busvisorctl -n $no_command -a help -d 'List the commands, or explain one'
complete -c busvisorctl -n $no_command -a open -d 'Show the processes of the daemon at an address'

complete -c busvisorctl -n '__fish_seen_subcommand_from status show watch start stop restart signal pid clear' \
    -a '(__busvisorctl_names)'
complete -c busvisorctl -n '__fish_seen_subcommand_from tail fg' -a '(__busvisorctl_processes)'
complete -c busvisorctl -n '__fish_seen_subcommand_from tail maintail' -s f -d 'Follow it'
complete -c busvisorctl -n '__fish_seen_subcommand_from tail' -a 'stdout stderr'
complete -c busvisorctl -n '__fish_seen_subcommand_from add' -a '(__busvisorctl_configured avail)'
complete -c busvisorctl -n '__fish_seen_subcommand_from remove' -a '(__busvisorctl_configured in)'
complete -c busvisorctl -n '__fish_seen_subcommand_from update' -a '(__busvisorctl_groups)'
complete -c busvisorctl -n '__fish_seen_subcommand_from signal' \
    -a 'HUP INT QUIT KILL USR1 USR2 TERM CONT STOP'
complete -c busvisorctl -n '__fish_seen_subcommand_from monitor' -a "$types"
complete -c busvisorctl -n '__fish_seen_subcommand_from show' -a 'group/(__busvisorctl_configured in)'
complete -c busvisorctl -n '__fish_seen_subcommand_from show' -a 'pool/(__busvisorctl_pools)'
complete -c busvisorctl -n '__fish_seen_subcommand_from show' -s p -l property -x \
    -a '(__busvisorctl_properties)' -d 'Only these properties'
complete -c busvisorctl -n '__fish_seen_subcommand_from show' -l value -d 'Without names'
complete -c busvisorctl -n '__fish_seen_subcommand_from watch' -s d -l interval -x \
    -a '1s 2s 5s 10s 1min' -d 'Look at least this often'
complete -c busvisorctl -n '__fish_seen_subcommand_from watch' -l sort -x \
    -a 'name state cpu memory uptime restarts lag pid' -d 'Order of the processes'
complete -c busvisorctl -n '__fish_seen_subcommand_from watch' -s n -x -d 'End after so many intervals'
complete -c busvisorctl -n '__fish_seen_subcommand_from watch' -l reverse -d 'Turn the order around'
complete -c busvisorctl -n '__fish_seen_subcommand_from events' -s S -l since -x \
    -a 'today yesterday -5min -1h' -d 'Begin with this serial or time'
complete -c busvisorctl -n '__fish_seen_subcommand_from events' -s U -l until -x \
    -a 'today yesterday -5min -1h' -d 'End with this serial or time'
complete -c busvisorctl -n '__fish_seen_subcommand_from events' -s n -l lines -x -d 'Only the last ones'
complete -c busvisorctl -n '__fish_seen_subcommand_from events' -s f -l follow -d 'Go on as they happen'
complete -c busvisorctl -n '__fish_seen_subcommand_from events' -l reverse -d 'The last one first'
complete -c busvisorctl -n '__fish_seen_subcommand_from events' -l type -x -a "$types" -d 'Only of this type'
complete -c busvisorctl -n '__fish_seen_subcommand_from events' -l process -x \
    -a '(__busvisorctl_processes)' -d 'Only of these processes'
complete -c busvisorctl -n '__fish_seen_subcommand_from events' -l group -x \
    -a '(__busvisorctl_configured in)' -d 'Only of these groups'
complete -c busvisorctl -n '__fish_seen_subcommand_from listeners' -a '(__busvisorctl_pools)'
complete -c busvisorctl -n '__busvisorctl_letter_words -eq 0' -a 'list show retry drop'
complete -c busvisorctl -n '__busvisorctl_letter_words -le 1' -a '(__busvisorctl_letter_pools)'
complete -c busvisorctl -n '__busvisorctl_letter_words -ge 2' -a '(__busvisorctl_letter_serials)'
complete -c busvisorctl -n '__fish_seen_subcommand_from convert' -F
complete -c busvisorctl -n '__fish_seen_subcommand_from open' -a 'system user unix:path='
complete -c busvisorctl -n '__fish_seen_subcommand_from help' -a "$commands"
