/* Methods about the daemon itself. */
#pragma once

#include "tools/rpc-host/method-call.h"

void method_get_api_version(MethodCall *call);
void method_get_supervisor_version(MethodCall *call);
void method_get_identification(MethodCall *call);
void method_get_state(MethodCall *call);
void method_get_pid(MethodCall *call);
void method_shutdown(MethodCall *call);
void method_restart(MethodCall *call);
void method_send_remote_comm_event(MethodCall *call);
