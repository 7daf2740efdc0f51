/* A recording may have any number of events, and a listener a slip in each: so many are told of,
 * all are counted. A remark is always the same, so the first of a kind is enough. */

#include "listener-host/check-report.h"

#include <stdio.h>

#include <json-c/json.h>

#define MAX_TOLD 1000

typedef struct json_object Json;

struct CheckReport {
        bool is_json;
        bool is_verbose;
        unsigned n_starts;
        unsigned n_given;
        unsigned n_outcomes[_CHECK_OUTCOME_MAX];
        unsigned n_slips, n_remarks;
        unsigned n_of_kind[_SLIP_KIND_MAX];
        unsigned n_untold;
        Event *event; /* the last one that was given */
        const char *label;
        unsigned served; /* events until Supervisor stops; see is_out */
        bool is_out;     /* Supervisor would not serve it any more */
        uint64_t slowest_usec, total_usec;
        char *slowest_text;
        const char *stopped, *length;
        Json *slips;
};

CheckReport *check_report_new(bool json, bool verbose)
{
        CheckReport *report = g_new0(CheckReport, 1);

        report->is_json = json;
        report->is_verbose = verbose && !json;
        report->slips = json_object_new_array();
        return report;
}

CheckReport *check_report_free(CheckReport *report)
{
        if (!report)
                return NULL;
        json_object_put(report->slips);
        event_unref(report->event);
        g_free(report->slowest_text);
        g_free(report);
        return NULL;
}

static char *event_text(const CheckReport *report)
{
        return g_strdup_printf("event %u, %s%s%s%s", report->n_given,
                        event_type_to_string(report->event->type), report->label ? " (" : "",
                        report->label ? report->label : "", report->label ? ")" : "");
}

void check_report_started(CheckReport *report)
{
        report->n_starts++;
}

void check_report_given(CheckReport *report, const Event *event, const char *label)
{
        event_unref(report->event);
        report->event = event_ref(event);
        report->label = label;
        report->n_given++;
}

static void print_event(const CheckReport *report, CheckOutcome outcome, uint64_t usec)
{
        static const char *const words[_CHECK_OUTCOME_MAX] = {
                [CHECK_ACCEPTED] = "accepted",
                [CHECK_REFUSED] = "refused",
                [CHECK_LOST] = "not answered",
        };
        g_autofree char *text = event_text(report);

        printf("%s: %s, %.1f ms\n", text, words[outcome], usec / 1000.0);
}

void check_report_answered(CheckReport *report, CheckOutcome outcome, uint64_t usec)
{
        report->n_outcomes[outcome]++;
        if (report->is_verbose)
                print_event(report, outcome, usec);
        if (outcome == CHECK_LOST)
                return;
        report->total_usec += usec;
        if (usec < report->slowest_usec)
                return;
        report->slowest_usec = usec;
        g_free(report->slowest_text);
        report->slowest_text = event_text(report);
}

static char *place_text(const CheckReport *report, bool in_hand)
{
        g_autofree char *text = report->event ? event_text(report) : NULL;

        if (!text)
                return g_strdup("before the first event");
        return g_strdup_printf(in_hand ? "in %s" : "after %s", text);
}

static void print_slip(const CheckReport *report, const Slip *slip)
{
        g_autofree char *place = place_text(report, slip->in_hand);

        if (slip_kind_is_remark(slip->kind))
                printf("remark, ");
        if (report->n_starts > 1)
                printf("start %u, ", report->n_starts);
        printf("byte %" G_GUINT64_FORMAT ": %s: %s%s%s\n", slip->offset, slip_kind_name(slip->kind),
                        slip_kind_text(slip->kind), slip->more ? "; " : "",
                        slip->more ? slip->more : "");
        printf("    where       %s\n", place);
        if (slip->found)
                printf("    found       \"%s\"\n", slip->found);
        if (slip_kind_right(slip->kind))
                printf("    right       %s\n", slip_kind_right(slip->kind));
        printf("    Supervisor  %s\n", slip_fate_text(slip->fate));
}

static void add(Json *object, const char *key, const char *text)
{
        if (text)
                json_object_object_add(object, key, json_object_new_string(text));
}

static void add_number(Json *object, const char *key, uint64_t number)
{
        json_object_object_add(object, key, json_object_new_uint64(number));
}

static Json *slip_to_json(const CheckReport *report, const Slip *slip)
{
        Json *object = json_object_new_object();

        add(object, "kind", slip_kind_name(slip->kind));
        json_object_object_add(
                        object, "remark", json_object_new_boolean(slip_kind_is_remark(slip->kind)));
        add_number(object, "start", report->n_starts);
        add_number(object, "offset", slip->offset);
        add(object, "text", slip_kind_text(slip->kind));
        add(object, "more", slip->more);
        add(object, "found", slip->found);
        add(object, "right", slip_kind_right(slip->kind));
        add(object, "supervisor", slip_fate_text(slip->fate));
        if (!report->event)
                return object;
        add_number(object, "event", report->n_given);
        add_number(object, "serial", report->event->serial);
        add(object, "type", event_type_to_string(report->event->type));
        add(object, "about", report->label);
        json_object_object_add(object, "in_hand", json_object_new_boolean(slip->in_hand));
        return object;
}

static void note_fate(CheckReport *report, SlipFate fate)
{
        if (report->is_out || fate != SLIP_FATE_UNKNOWN)
                return;
        report->is_out = true;
        report->served = report->n_given;
}

void check_report_slip(CheckReport *report, const Slip *slip)
{
        bool is_remark = slip_kind_is_remark(slip->kind);
        unsigned max = is_remark ? 1 : MAX_TOLD;

        *(is_remark ? &report->n_remarks : &report->n_slips) += 1;
        note_fate(report, slip->fate);
        if (++report->n_of_kind[slip->kind] > max)
                report->n_untold++;
        else if (report->is_json)
                json_object_array_add(report->slips, slip_to_json(report, slip));
        else
                print_slip(report, slip);
}

void check_report_stopped(CheckReport *report, const char *why)
{
        report->stopped = why;
}

void check_report_length(CheckReport *report, const char *what)
{
        report->length = what;
}

bool check_report_is_out(const CheckReport *report)
{
        return report->is_out;
}

unsigned check_report_n_given(const CheckReport *report)
{
        return report->n_given;
}

uint64_t check_report_slowest_usec(const CheckReport *report)
{
        return report->slowest_usec;
}

static unsigned n_answered(const CheckReport *report)
{
        return report->n_outcomes[CHECK_ACCEPTED] + report->n_outcomes[CHECK_REFUSED];
}

static void print_count(unsigned n, const char *what)
{
        printf("%u %s%s", n, what, n == 1 ? "" : "s");
}

static void print_sum(const CheckReport *report)
{
        unsigned n_lost = report->n_outcomes[CHECK_LOST];

        if (report->n_untold > 0)
                printf("... and %u more like these\n", report->n_untold);
        print_count(report->n_given, "event");
        printf(", %u accepted, %u refused, ", report->n_outcomes[CHECK_ACCEPTED],
                        report->n_outcomes[CHECK_REFUSED]);
        print_count(report->n_slips, "slip");
        if (n_lost > 0)
                printf(", %u not answered", n_lost);
        if (report->n_remarks > 0) {
                printf(", ");
                print_count(report->n_remarks, "remark");
        }
        printf("\n");
        if (n_answered(report) > 0)
                printf("An answer took %.1f ms on average, at most %.1f ms (%s).\n",
                                report->total_usec / 1000.0 / n_answered(report),
                                report->slowest_usec / 1000.0, report->slowest_text);
        if (report->length)
                printf("The listener takes len for the number of %s.\n", report->length);
        if (report->is_out)
                printf("Supervisor would have stopped serving it after %u of these events.\n",
                                report->served);
        if (report->stopped)
                printf("Stopped early: %s.\n", report->stopped);
}

static void print_json(const CheckReport *report, int status)
{
        Json *object = json_object_new_object();

        add_number(object, "events", report->n_given);
        add_number(object, "accepted", report->n_outcomes[CHECK_ACCEPTED]);
        add_number(object, "refused", report->n_outcomes[CHECK_REFUSED]);
        add_number(object, "not_answered", report->n_outcomes[CHECK_LOST]);
        add_number(object, "slips", report->n_slips);
        add_number(object, "remarks", report->n_remarks);
        add_number(object, "starts", report->n_starts);
        add_number(object, "slowest_usec", report->slowest_usec);
        add_number(object, "mean_usec",
                        n_answered(report) > 0 ? report->total_usec / n_answered(report) : 0);
        add(object, "length", report->length);
        if (report->is_out)
                add_number(object, "supervisor_stops_after", report->served);
        add(object, "stopped", report->stopped);
        add_number(object, "exit_status", status);
        json_object_object_add(object, "findings", json_object_get(report->slips));
        puts(json_object_to_json_string_ext(
                        object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
        json_object_put(object);
}

static int judge(const CheckReport *report)
{
        if (report->n_given == 0)
                return CHECK_EXIT_NOT_RUN;
        return report->n_slips > 0 || report->stopped ? CHECK_EXIT_SLIPS : CHECK_EXIT_CONFORMS;
}

int check_report_finish(CheckReport *report, int status)
{
        if (status == 0)
                status = judge(report);
        if (report->is_json)
                print_json(report, status);
        else
                print_sum(report);
        fflush(stdout);
        return status;
}
