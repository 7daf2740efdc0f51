/* Answer size: whether what is told of many processes fits in one message. A bus throws out whoever
 * sends one that is too long, and sd-bus does not say how long a message has become. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <systemd/sd-bus.h>

#include "daemon/process/manager.h"

/* A private bus takes messages of 16 MiB; the rest is room for what an estimate misses. */
#define ANSWER_MAX_BYTES ((size_t)14 * 1024 * 1024)

/* What a process takes on the wire at most: its names and a few numbers, and for a description its
 * texts and the options that are told besides. */
size_t answer_size_of_summary(const ProcessConfig *process);
size_t answer_size_of_description(const ProcessConfig *process, size_t n_told);

/* Of one entry of ListProcesses and the like, at most, with texts of so many bytes besides the
 * names; and of ListGroups or ListPools. */
size_t answer_size_of_entry(const ProcessConfig *process, size_t text_bytes);
size_t answer_size_of_group(const GroupConfig *group);
/* Of what came of something: a few texts. */
size_t answer_size_of_texts(const char *const *texts, size_t n_texts);
/* LimitsExceeded where that is too much. */
int answer_size_check(size_t bytes, sd_bus_error *error);

/* All objects with all their properties. */
bool answer_size_fits_managed(const Manager *manager);
