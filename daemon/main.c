/* busvisord: from the command line to the running daemon. Everything that can be wrong with the
 * configuration is said before anything is started. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "config.h"
#include "daemon/arguments.h"
#include "daemon/background.h"
#include "daemon/config/convert.h"
#include "daemon/config/dump.h"
#include "daemon/config/load.h"
#include "daemon/config/sample.h"
#include "daemon/daemon.h"
#include "daemon/output/main-log.h"
#include "daemon/pid-file.h"
#include "daemon/privileges.h"
#include "daemon/signals.h"

/* As supervisord: wrong usage, configuration or limits. */
#define EXIT_WRONG_SETUP 2

/* Between the start of the daemon and its readiness. */
typedef struct Launch {
        const SupervisordConfig *config;
        int ready; /* to tell the first process; -1 in the foreground */
        PidFile *pid_file;
} Launch;

static bool load(const Arguments *arguments, const char *program, Config **ret, GError **error)
{
        g_autofree char *file = g_strdup(arguments->file);

        if (!file && !config_find_file(program, &file, error))
                return false;
        if (!arguments->file && geteuid() == 0 && arguments->mode == RUN_DAEMON)
                fprintf(stderr, "busvisord: running as root without -c; using %s\n", file);
        return config_load(file, arguments->overrides, ret, error);
}

static void print_notices(const Config *config)
{
        for (guint i = 0; i < config->notices->len; i++) {
                const ConfigNotice *notice = config->notices->pdata[i];

                fprintf(stderr, "%s: %s\n", log_level_to_string(notice->level), notice->text);
        }
}

static void log_what_to_know(const Config *config)
{
        config_log_notices(config);
        if (config->supervisord.user == NULL && geteuid() == 0)
                log_critical("busvisord is running as root, since neither user= in [supervisord] nor "
                             "-u names another user. If you intend that, set user=root to avoid this "
                             "message.");
}

static void on_ready(void *userdata)
{
        Launch *launch = userdata;
        g_autoptr(GError) error = NULL;

        if (!pid_file_new(launch->config->pidfile, &launch->pid_file, &error))
                log_critical("%s", error->message);
        background_ready(launch->ready);
        launch->ready = -1;
}

static bool open_main_log(const SupervisordConfig *config, GError **error)
{
        const MainLogPlan plan = {
                .file = config->logfile,
                .rotation = rotation_of_supervisord(config),
                .format = config->format,
                .level = config->loglevel,
                .to_stdout = config->nodaemon && !config->silent,
        };

        return main_log_open(&plan, error);
}

/* In the foreground the default umask is not for who asked for none. */
static void settle(const SupervisordConfig *config)
{
        if (config->directory && chdir(config->directory) < 0)
                log_critical("can't chdir to %s: %s", config->directory, strerror(errno));
        else if (config->directory)
                log_info("set current directory: '%s'", config->directory);
        if (!config->nodaemon || config->umask_is_given)
                umask(config->umask);
}

static bool prepare(const Config *config, DaemonSetup *setup, Launch *launch, GError **error)
{
        const SupervisordConfig *supervisord = &config->supervisord;
        g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);

        if (!limits_apply(supervisord, &setup->descriptor_limit, notes, error) ||
                        !privileges_drop(supervisord, notes, error) ||
                        !open_main_log(supervisord, error))
                return false;
        for (guint i = 0; i < notes->len; i++)
                log_info("%s", (const char *)notes->pdata[i]);
        if (!supervisord->nodaemon) {
                if (!background_enter(&setup->signal_mask, &launch->ready, error))
                        return false;
                log_info("daemonizing the supervisord process");
        }
        settle(supervisord);
        log_what_to_know(config);
        return true;
}

static bool run(const Arguments *arguments, Config *config, int *ret_status, GError **error)
{
        Launch launch = { .config = &config->supervisord, .ready = -1 };
        autofd start_folder = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
        DaemonSetup setup = {
                .config = config,
                .overrides = arguments->overrides,
                .start_folder = start_folder,
                .on_ready = on_ready,
                .userdata = &launch,
        };
        g_autoptr(Daemon) daemon = NULL;
        bool ok;

        signals_block(&setup.signal_mask);
        ok = prepare(config, &setup, &launch, error) && daemon_new(&setup, &daemon, error) &&
             daemon_run(daemon, ret_status, error);
        pid_file_free(launch.pid_file);
        if (!ok) {
                log_critical("%s", (*error)->message);
                background_failed(launch.ready, (*error)->message);
        }
        return ok;
}

static int fail(const GError *error)
{
        fprintf(stderr, "%s\n", error->message);
        return EXIT_WRONG_SETUP;
}

/* Of what somebody reads, or keeps in a file. */
static int end_output(void)
{
        if (fflush(stdout) == 0 && !ferror(stdout))
                return 0;
        fprintf(stderr, "busvisord: cannot write to stdout: %s\n", g_strerror(errno));
        return 1;
}

static int run_with_config(const Arguments *arguments, const char *program)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Config) config = NULL;
        int status = 0;

        if (!load(arguments, program, &config, &error))
                return fail(error);
        if (arguments->mode == RUN_CHECK) {
                print_notices(config);
                return 0;
        }
        if (arguments->mode == RUN_DUMP_CONFIG) {
                config_dump(config, stdout);
                return end_output();
        }
        return run(arguments, config, &status, &error) ? status : fail(error);
}

static int convert_config(const Arguments *arguments, const char *program)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Config) config = config_new();
        g_autofree char *file = g_strdup(arguments->file);
        g_autofree char *text = NULL;

        if ((!file && !config_find_file(program, &file, &error)) ||
                        !config_convert(file, config, &text, &error))
                return fail(error);
        print_notices(config);
        fputs(text, stdout);
        return end_output();
}

/* Whatever we open must not end up as stdin, stdout or stderr, which others write to. */
static void ensure_standard_descriptors(void)
{
        int fd;

        do
                fd = open("/dev/null", O_RDWR);
        while (fd >= 0 && fd <= STDERR_FILENO);
        if (fd > STDERR_FILENO)
                close(fd);
}

int main(int argc, char **argv)
{
        g_autoptr(Arguments) arguments = NULL;
        g_autoptr(GError) error = NULL;

        ensure_standard_descriptors();
        if (!arguments_parse(argc, argv, &arguments, &error)) {
                fprintf(stderr, "busvisord: %s; --help lists the options\n", error->message);
                return EXIT_WRONG_SETUP;
        }
        switch (arguments->mode) {
        case RUN_HELP:
                arguments_print_help();
                return end_output();
        case RUN_VERSION:
                puts(VERSION);
                return end_output();
        case RUN_SAMPLE_CONFIG:
                config_print_sample(stdout);
                return end_output();
        case RUN_CONVERT_CONFIG:
                return convert_config(arguments, argv[0]);
        case RUN_CHECK:
        case RUN_DUMP_CONFIG:
        case RUN_DAEMON:
                break;
        }
        return run_with_config(arguments, argv[0]);
}
