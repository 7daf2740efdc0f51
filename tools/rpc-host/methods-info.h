/* Methods that tell of processes. */
#pragma once

#include "tools/rpc-host/method-call.h"

void method_get_process_info(MethodCall *call);
void method_get_all_process_info(MethodCall *call);
