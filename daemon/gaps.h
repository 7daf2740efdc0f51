/* Gaps: what a configuration asks for and this version does not do yet. Said at the start, so that
 * nobody waits for it. */
#pragma once

#include "daemon/config/config.h"

/* One warning in the main log for each kind of thing, with the first place that asks for it. */
void gaps_log(const Config *config);
