# fish completion for busvisor-listener-host

function __busvisor_listener_host_types
    set -l before (commandline -ct | string replace -rf '^(--events=)?(.*,)?.*$' '$2')
    printf '%s\n' $before{EVENT,REMOTE_COMMUNICATION} \
        $before'PROCESS_STATE'{,_STARTING,_RUNNING,_BACKOFF,_STOPPING,_STOPPED,_EXITED} \
        $before'PROCESS_STATE'{_FATAL,_UNKNOWN} $before'PROCESS_COMMUNICATION'{,_STDOUT,_STDERR} \
        $before'PROCESS_LOG'{,_STDOUT,_STDERR} \
        $before'SUPERVISOR_STATE_CHANGE'{,_RUNNING,_STOPPING} $before'TICK'{,_5,_60,_3600} \
        $before'PROCESS_GROUP'{,_ADDED,_REMOVED}
end

# The command to be checked, once it has begun, is completed by itself.
function __busvisor_listener_host_command
    contains -- -- (commandline -opc)
end

function __busvisor_listener_host_rest
    set -l words (commandline -opc) (commandline -ct)
    set -l begin (math 1 + (contains -i -- -- $words))
    complete -C "$words[$begin..]"
end

set -l ours 'not __busvisor_listener_host_command'

complete -c busvisor-listener-host -f
complete -c busvisor-listener-host -n __busvisor_listener_host_command \
    -a '(__busvisor_listener_host_rest)'
complete -c busvisor-listener-host -n $ours -l check -d 'Run a listener and test it'
complete -c busvisor-listener-host -n $ours -l replay -r -F -d 'Likewise, with recorded events'
complete -c busvisor-listener-host -n $ours -l events -x -a '(__busvisor_listener_host_types)' \
    -d 'Only events of these types'
complete -c busvisor-listener-host -n $ours -l timeout -x -d 'Time for each word of the listener'
complete -c busvisor-listener-host -n $ours -l payload-length -x -a 'characters bytes' \
    -d 'What len counts'
complete -c busvisor-listener-host -n $ours -l result-handler -x \
    -a 'supervisor.dispatchers:default_handler supervisor_stdout:event_handler' \
    -d 'As in the section'
complete -c busvisor-listener-host -n $ours -l extras -d 'Further tokens in the header lines'
complete -c busvisor-listener-host -n $ours -l strict -d 'Stop where Supervisor would'
complete -c busvisor-listener-host -n $ours -s v -l verbose -d 'Tell of each event'
complete -c busvisor-listener-host -n $ours -l json -d 'Report in JSON'
complete -c busvisor-listener-host -n $ours -l address -x -a 'system user' -d 'Bus of busvisord'
complete -c busvisor-listener-host -n $ours -l bus-name -x -d 'Name of the daemon on the bus'
complete -c busvisor-listener-host -n $ours -l token-fd -x -d 'Descriptor to read the token from'
complete -c busvisor-listener-host -n $ours -l debug -d 'Log every step of the protocol'
complete -c busvisor-listener-host -n $ours -s h -l help -d 'Print help and end'
complete -c busvisor-listener-host -n $ours -l version -d 'Print the version and end'
