/* Output fixture: what the tests of a program's output need: outlets, a plan of a channel that
 * collects its events, and log services that only keep what they get. */
#pragma once

#include "daemon/output/capture.h"
#include "tests/unit/fixture.h"

typedef struct OutputFixture {
        char *folder;
        sd_event *event;
        Outlets *outlets;      /* with services below the folder */
        ProcessConfig *config; /* "cat" of the group "pets" */
        SupervisordConfig supervisord;
        OutputLoss *loss;
        GPtrArray *events; /* of Event */
} OutputFixture;

OutputFixture *output_fixture_new(void);
/* Outlets must not be in use any more. */
void output_fixture_free(OutputFixture *fixture);

/* stdout of the process, with the configuration as it is now. logfile: a name below the folder, or
 * an absolute path; NULL = none. */
Channel *output_fixture_channel(OutputFixture *fixture, const char *logfile);
/* Until nothing happens any more. */
void output_fixture_run(const OutputFixture *fixture);
/* The events so far, each as "NAME data|"; forgets them. Caller frees with g_free. */
char *output_fixture_events(OutputFixture *fixture);

/* A socket of the name "syslog" or "journal" below the folder. */
int output_fixture_service(const OutputFixture *fixture, const char *name);
/* One message that it has got; NULL when there is none. Caller frees with g_free. */
char *output_fixture_receive(int service);
