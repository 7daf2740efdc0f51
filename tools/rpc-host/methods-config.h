/* Methods about the configuration file, and groups that come and go. */
#pragma once

#include "tools/rpc-host/method-call.h"

void method_reload_config(MethodCall *call);
void method_add_process_group(MethodCall *call);
void method_remove_process_group(MethodCall *call);
void method_get_all_config_info(MethodCall *call);
