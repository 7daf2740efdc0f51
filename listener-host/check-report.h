/* Check report: tells of slips as they are found, for people, or all at the end as JSON, and how
 * many events there were. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "bus/event.h"
#include "listener-host/check-slip.h"

typedef struct CheckReport CheckReport;

typedef enum CheckOutcome {
        CHECK_ACCEPTED,
        CHECK_REFUSED,
        CHECK_LOST, /* no answer, or none that can be read */
        _CHECK_OUTCOME_MAX,
} CheckOutcome;

/* The exit status of the program. */
enum {
        CHECK_EXIT_CONFORMS = 0,
        CHECK_EXIT_SLIPS = 1,
        CHECK_EXIT_USAGE = 2,
        CHECK_EXIT_NOT_RUN = 3,
};

/* verbose: a line for each event besides. */
CheckReport *check_report_new(bool json, bool verbose);
CheckReport *check_report_free(CheckReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CheckReport, check_report_free)

/* The listener was started; offsets begin again. */
void check_report_started(CheckReport *report);
/* An event is given; label: what is special about it, borrowed until the next one, or NULL. */
void check_report_given(CheckReport *report, const Event *event, const char *label);
/* usec: between the last byte of the event and the last of the answer. */
void check_report_answered(CheckReport *report, CheckOutcome outcome, uint64_t usec);
/* About the last event that was given, or what came after it. */
void check_report_slip(CheckReport *report, const Slip *slip);
/* The check ended early: for people, borrowed. */
void check_report_stopped(CheckReport *report, const char *why);
/* The listener has read len this way, which is known. */
void check_report_length(CheckReport *report, const char *what);

/* Supervisor would not serve it any more. */
bool check_report_is_out(const CheckReport *report);
/* How many events were given. */
unsigned check_report_n_given(const CheckReport *report);
/* The longest that an answer took so far. */
uint64_t check_report_slowest_usec(const CheckReport *report);

/* Prints the sum of it all, and answers the exit status: the given one, unless that is 0. Then
 * CHECK_EXIT_NOT_RUN when no event was given, CHECK_EXIT_SLIPS after slips and where the check was
 * stopped, CHECK_EXIT_CONFORMS. */
int check_report_finish(CheckReport *report, int status);
