/* A Batch is a call in progress. Its results have their places from the beginning, so they come in
 * the order of the request however the work ends, unless the caller wants them as they came about;
 * it holds one count of its own while jobs are
 * being started, so that the first ones to end do not send the reply. */

#include "daemon/face/jobs.h"

#include <errno.h>
#include <inttypes.h>

#include "bus/cleanup.h"
#include "bus/error.h"
#include "bus/names.h"
#include "daemon/face/answer-size.h"
#include "daemon/process/selector.h"
#include "daemon/process/signal-name.h"

#define MAX_JOBS_OF_PROCESS 4096

typedef struct Result {
        char *group, *process, *error, *message; /* error "" = it worked */
} Result;

typedef struct Batch {
        sd_bus_message *call;
        GPtrArray *results; /* of Result */
        GPtrArray *answer;  /* the same in the order of the answer; borrowed */
        GHashTable *seen;   /* set of Process: a process named twice is meant once */
        GPtrArray *chosen;  /* of Process, borrowed; beside each the place in results */
        GArray *places;
        unsigned pending;
        Quota *quota; /* has a unit for each of the chosen */
        bool as_completed;
        JobKind kind;
        bool (*applies_in)(ProcessState state); /* NULL: where the kind of job applies */
} Batch;

/* What a job needs to find its place again. */
typedef struct Place {
        Batch *batch;
        guint index;
} Place;

static void result_free(gpointer data)
{
        Result *result = data;

        g_free(result->group);
        g_free(result->process);
        g_free(result->error);
        g_free(result->message);
        g_free(result);
}

static Batch *batch_new(sd_bus_message *call)
{
        Batch *batch = g_new0(Batch, 1);

        batch->call = sd_bus_message_ref(call);
        batch->results = g_ptr_array_new_with_free_func(result_free);
        batch->answer = g_ptr_array_new();
        batch->chosen = g_ptr_array_new();
        batch->seen = g_hash_table_new(NULL, NULL);
        batch->places = g_array_new(false, false, sizeof(guint));
        batch->pending = 1;
        return batch;
}

static void batch_free(Batch *batch)
{
        g_ptr_array_unref(batch->answer);
        g_ptr_array_unref(batch->results);
        g_hash_table_unref(batch->seen);
        g_ptr_array_unref(batch->chosen);
        g_array_unref(batch->places);
        if (batch->quota)
                quota_give_back(batch->quota, sd_bus_message_get_sender(batch->call),
                                batch->chosen->len);
        quota_unref(batch->quota);
        sd_bus_message_unref(batch->call);
        g_free(batch);
}

/* By then it has been done all the same. */
static int check_size(const Batch *batch, sd_bus_error *error)
{
        size_t bytes = 0;

        for (guint i = 0; i < batch->answer->len; i++) {
                const Result *result = batch->answer->pdata[i];
                const char *const texts[] = { result->group, result->process, result->error,
                        result->message };

                bytes += answer_size_of_texts(texts, G_N_ELEMENTS(texts));
        }
        return answer_size_check(bytes, error);
}

static int reply_results(const Batch *batch)
{
        g_autoptr(sd_bus_message) reply = NULL;
        auto_bus_error error = SD_BUS_ERROR_NULL;
        int r;

        if (check_size(batch, &error) < 0)
                return sd_bus_reply_method_error(batch->call, &error);
        r = sd_bus_message_new_method_return(batch->call, &reply);
        if (r < 0)
                return r;
        r = sd_bus_message_open_container(reply, 'a', "(ssss)");
        if (r < 0)
                return r;
        for (guint i = 0; i < batch->answer->len; i++) {
                const Result *result = batch->answer->pdata[i];

                r = sd_bus_message_append(reply, "(ssss)", result->group, result->process,
                                result->error, result->message);
                if (r < 0)
                        return r;
        }
        r = sd_bus_message_close_container(reply);
        if (r < 0)
                return r;
        return sd_bus_send(NULL, reply, NULL);
}

/* The caller may be gone by now, and the bus too: then there is nobody to tell. */
static void batch_done(Batch *batch)
{
        if (--batch->pending > 0)
                return;
        (void)reply_results(batch);
        batch_free(batch);
}

static Result *add_result(Batch *batch, const char *group, const char *process)
{
        Result *result = g_new0(Result, 1);

        result->group = g_strdup(group);
        result->process = g_strdup(process);
        result->error = g_strdup("");
        result->message = g_strdup("");
        g_ptr_array_add(batch->results, result);
        return result;
}

static void set_error(Result *result, const char *error, const char *message)
{
        g_free(result->error);
        g_free(result->message);
        result->error = g_strdup(error);
        result->message = g_strdup(message);
}

static void on_match(Process *process, bool by_name, void *userdata)
{
        Batch *batch = userdata;
        const ProcessConfig *config = process_config(process);
        bool applies = batch->applies_in ? batch->applies_in(process_state(process))
                                         : job_applies(process, batch->kind);
        guint place = batch->results->len;
        Result *result;

        if ((!by_name && !applies) || !g_hash_table_add(batch->seen, process))
                return;
        result = add_result(batch, config->group, config->name);
        if (!batch->as_completed)
                g_ptr_array_add(batch->answer, result);
        g_ptr_array_add(batch->chosen, process);
        g_array_append_val(batch->places, place);
}

static void on_miss(const char *group, const char *process, const char *error, void *userdata)
{
        Batch *batch = userdata;
        Result *result = add_result(batch, group, process ? process : "");
        g_autofree char *message =
                        process ? g_strdup_printf("there is no process %s:%s", group, process)
                                : g_strdup_printf("there is no group %s", group);

        set_error(result, error, message);
        g_ptr_array_add(batch->answer, result);
}

static void choose(Batch *batch, const Manager *manager, char *const *names)
{
        for (; *names; names++)
                selector_find(manager, *names, on_match, on_miss, batch);
}

static void on_job_done(Process *process, const char *error, const char *message, void *userdata)
{
        Place *place = userdata;
        Result *result = place->batch->results->pdata[place->index];

        if (error)
                set_error(result, error, message);
        if (place->batch->as_completed)
                g_ptr_array_add(place->batch->answer, result);
        batch_done(place->batch);
        g_free(place);
}

static int check_room(sd_bus_message *call, const Face *face, sd_bus_error *error)
{
        if (quota_has_room(face_job_quota(face), sd_bus_message_get_sender(call)))
                return 0;
        return sd_bus_error_set(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                        "too many starts and stops are under way already; wait for some of them");
}

/* Those that nobody waits for count too, while they go on by themselves. */
static void run_job(Process *process, JobKind kind, uint64_t flags, sd_bus_message *call,
                JobDone done, void *userdata)
{
        if (process_watchers(process) >= MAX_JOBS_OF_PROCESS)
                done(process, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                "too many wait for this process already", userdata);
        else
                job_run(process, kind, !(flags & BUS_FLAG_NO_WAIT), sd_bus_message_get_sender(call),
                                done, userdata);
}

int jobs_check_flags(uint64_t flags, uint64_t known, sd_bus_error *error)
{
        if ((flags & ~known) == 0)
                return 0;
        return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
                        "unknown flags 0x%" PRIx64 "; 1 means: do not wait", flags & ~known);
}

int jobs_run_many(sd_bus_message *call, const Face *face, char *const *names, JobKind kind,
                uint64_t flags, sd_bus_error *error)
{
        Batch *batch;
        int r = jobs_check_flags(flags, BUS_FLAG_NO_WAIT | BUS_FLAG_AS_COMPLETED, error);

        if (r >= 0)
                r = check_room(call, face, error);
        if (r < 0)
                return r;
        batch = batch_new(call);
        batch->kind = kind;
        batch->as_completed = flags & BUS_FLAG_AS_COMPLETED;
        choose(batch, face_manager(face), names);
        batch->quota = quota_ref(face_job_quota(face));
        quota_take(batch->quota, sd_bus_message_get_sender(call), batch->chosen->len);
        for (guint i = 0; i < batch->chosen->len; i++) {
                Place *place = g_new0(Place, 1);

                place->batch = batch;
                place->index = g_array_index(batch->places, guint, i);
                batch->pending++;
                run_job(batch->chosen->pdata[i], kind, flags, call, on_job_done, place);
        }
        batch_done(batch);
        return 1;
}

/* One process alone. */
typedef struct Single {
        sd_bus_message *call;
        Quota *quota;
} Single;

static Single *single_new(sd_bus_message *call, const Face *face)
{
        Single *single = g_new0(Single, 1);

        single->call = sd_bus_message_ref(call);
        single->quota = quota_ref(face_job_quota(face));
        quota_take(single->quota, sd_bus_message_get_sender(call), 1);
        return single;
}

static void on_single_done(Process *process, const char *error, const char *message, void *userdata)
{
        g_autofree Single *single = userdata;
        g_autoptr(sd_bus_message) call = single->call;
        g_autoptr(Quota) quota = single->quota;

        quota_give_back(quota, sd_bus_message_get_sender(call), 1);
        if (error)
                (void)sd_bus_reply_method_errorf(call, error, "%s", message);
        else
                (void)sd_bus_reply_method_return(call, NULL);
}

int jobs_run_one(sd_bus_message *call, const Face *face, Process *process, JobKind kind,
                uint64_t flags, sd_bus_error *error)
{
        int r = jobs_check_flags(flags, BUS_FLAG_NO_WAIT, error);

        if (r >= 0)
                r = check_room(call, face, error);
        if (r < 0)
                return r;
        run_job(process, kind, flags, call, on_single_done, single_new(call, face));
        return 1;
}

static int bad_signal(const char *name, sd_bus_error *error)
{
        return sd_bus_error_setf(error, BUS_ERROR_BAD_SIGNAL,
                        "'%.64s' is not a signal; give a name as HUP or SIGHUP, or a number", name);
}

/* NULL when it worked, else the name of the error. */
static const char *send_signal(Process *process, int number, char **ret_message)
{
        const char *name = process_config(process)->name;
        int r;

        if (!process_state_is_signallable(process_state(process))) {
                *ret_message = g_strdup_printf("%s is not running", name);
                return BUS_ERROR_NOT_RUNNING;
        }
        r = process_signal(process, number);
        if (r >= 0)
                return NULL;
        *ret_message = g_strdup_printf("cannot signal %s: %s", name, g_strerror(-r));
        return BUS_ERROR_FAILED;
}

int jobs_signal_one(sd_bus_message *call, Process *process, const char *signal_name,
                sd_bus_error *error)
{
        g_autofree char *message = NULL;
        const char *failure;
        int number = signal_name_from_string(signal_name);

        if (number < 0)
                return bad_signal(signal_name, error);
        failure = send_signal(process, number, &message);
        if (failure)
                return sd_bus_error_set(error, failure, message);
        return sd_bus_reply_method_return(call, NULL);
}

/* What is done at once, to each of the chosen ones. NULL when it worked, else the name of the
 * error.
 */
typedef const char *(*Deed)(Process *process, int number, char **ret_message);

static int do_to_many(sd_bus_message *call, const Manager *manager, char *const *names,
                bool (*applies)(ProcessState state), Deed deed, int number)
{
        Batch *batch = batch_new(call);

        batch->applies_in = applies;
        choose(batch, manager, names);
        for (guint i = 0; i < batch->chosen->len; i++) {
                g_autofree char *message = NULL;
                const char *failure = deed(batch->chosen->pdata[i], number, &message);

                if (failure)
                        set_error(batch->results->pdata[g_array_index(batch->places, guint, i)],
                                        failure, message);
        }
        batch_done(batch);
        return 1;
}

int jobs_signal_many(sd_bus_message *call, Manager *manager, char *const *names,
                const char *signal_name, sd_bus_error *error)
{
        int number = signal_name_from_string(signal_name);

        if (number < 0)
                return bad_signal(signal_name, error);
        return do_to_many(call, manager, names, process_state_is_signallable, send_signal, number);
}

static bool any_state(ProcessState state)
{
        return true;
}

static const char *clear_logs(Process *process, int unused, char **ret_message)
{
        int r = process_clear_logs(process);

        if (r >= 0)
                return NULL;
        *ret_message = g_strdup_printf("cannot clear the logs of %s: %s",
                        process_config(process)->name, g_strerror(-r));
        return BUS_ERROR_FAILED;
}

int jobs_clear_many(sd_bus_message *call, Manager *manager, char *const *names)
{
        return do_to_many(call, manager, names, any_state, clear_logs, 0);
}
