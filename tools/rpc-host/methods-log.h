/* Methods that read and clear logs. */
#pragma once

#include "tools/rpc-host/method-call.h"

void method_read_log(MethodCall *call);
void method_clear_log(MethodCall *call);
void method_read_process_stdout_log(MethodCall *call);
void method_read_process_stderr_log(MethodCall *call);
void method_tail_process_stdout_log(MethodCall *call);
void method_tail_process_stderr_log(MethodCall *call);
void method_clear_process_logs(MethodCall *call);
void method_clear_all_process_logs(MethodCall *call);
