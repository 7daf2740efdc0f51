/* Methods of the namespace system: what there is, and many calls in one. */
#pragma once

#include "tools/rpc-host/method-call.h"

void method_list_methods(MethodCall *call);
void method_method_help(MethodCall *call);
void method_method_signature(MethodCall *call);
void method_multicall(MethodCall *call);
