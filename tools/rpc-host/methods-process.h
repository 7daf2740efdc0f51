/* Methods that do something with processes: start, stop, signal, and what goes to their stdin. */
#pragma once

#include "tools/rpc-host/method-call.h"

void method_start_process(MethodCall *call);
void method_start_process_group(MethodCall *call);
void method_start_all_processes(MethodCall *call);
void method_stop_process(MethodCall *call);
void method_stop_process_group(MethodCall *call);
void method_stop_all_processes(MethodCall *call);
void method_signal_process(MethodCall *call);
void method_signal_process_group(MethodCall *call);
void method_signal_all_processes(MethodCall *call);
void method_send_process_stdin(MethodCall *call);
