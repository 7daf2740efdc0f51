/* Event show: prints the events that a query asks for, as text or as JSON. */
#pragma once

#include "tools/ctl/command.h"
#include "tools/ctl/event-query.h"

/* Where the query is one that follows, until it is interrupted. */
ExitStatus event_show(Context *context, const EventQuery *query);
