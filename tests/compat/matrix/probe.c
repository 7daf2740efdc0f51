/* What a program finds when it is started, as JSON in a file, and what signals it gets afterwards.
 * It is a program in C because a hundred of them run at once, and because an interpreter changes
 * what is to be seen: Python ignores SIGPIPE, shells set PWD. The environment comes from /proc as
 * it was handed over. */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <glib.h>
#include <json-c/json.h>

static void add_number(json_object *object, const char *key, int64_t number)
{
        json_object_object_add(object, key, json_object_new_int64(number));
}

static void add_text(json_object *object, const char *key, const char *text)
{
        json_object_object_add(object, key, json_object_new_string(text));
}

static json_object *numbers(const unsigned *values, int count)
{
        json_object *array = json_object_new_array();

        for (int i = 0; i < count; i++)
                json_object_array_add(array, json_object_new_int64(values[i]));
        return array;
}

static void add_identity(json_object *seen)
{
        uid_t uids[3];
        gid_t gids[3], groups[1024];
        int n_groups = getgroups(G_N_ELEMENTS(groups), groups);

        if (getresuid(&uids[0], &uids[1], &uids[2]) < 0 ||
                        getresgid(&gids[0], &gids[1], &gids[2]) < 0 || n_groups < 0)
                abort();
        json_object_object_add(seen, "uids", numbers(uids, 3));
        json_object_object_add(seen, "gids", numbers(gids, 3));
        json_object_object_add(seen, "groups", numbers(groups, n_groups));
}

/* The strings of a file of /proc that ends each with a null byte. */
static json_object *strings(const char *path)
{
        json_object *array = json_object_new_array();
        g_autofree char *text = NULL;
        size_t size;

        if (!g_file_get_contents(path, &text, &size, NULL))
                abort();
        for (const char *at = text; at < text + size; at += strlen(at) + 1)
                json_object_array_add(array, json_object_new_string(at));
        return array;
}

static void add_place(json_object *seen)
{
        char *folder = getcwd(NULL, 0);
        mode_t mask = umask(0);

        umask(mask);
        add_text(seen, "directory", folder ? folder : strerror(errno));
        add_number(seen, "umask", mask);
        add_number(seen, "nice", getpriority(PRIO_PROCESS, 0));
        add_number(seen, "no_new_privileges", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
        free(folder);
}

static void add_family(json_object *seen)
{
        int death = 0;

        add_number(seen, "pid", getpid());
        add_number(seen, "parent", getppid());
        add_number(seen, "process_group", getpgrp());
        add_number(seen, "session", getsid(0));
        (void)prctl(PR_GET_PDEATHSIG, &death);
        add_number(seen, "parent_death_signal", death);
}

static const char *socket_kind(int fd)
{
        socklen_t size = sizeof(int);
        int listens = 0;

        (void)getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size);
        return listens ? "listening socket" : "socket";
}

static const char *file_kind(int fd, const struct stat *status)
{
        switch (status->st_mode & S_IFMT) {
        case S_IFIFO:
                return "pipe";
        case S_IFSOCK:
                return socket_kind(fd);
        case S_IFCHR:
                return isatty(fd) ? "terminal" : "device";
        case S_IFREG:
                return "file";
        case S_IFDIR:
                return "folder";
        default:
                return "other";
        }
}

static const char *access_name(int flags)
{
        static const char *const names[] = {
                [O_RDONLY] = "read",
                [O_WRONLY] = "write",
                [O_RDWR] = "read and write",
        };

        return names[flags & O_ACCMODE];
}

static json_object *descriptor(int fd, int flags)
{
        json_object *array = json_object_new_array();
        struct stat status;

        if (fstat(fd, &status) < 0)
                abort();
        json_object_array_add(array, json_object_new_string(file_kind(fd, &status)));
        json_object_array_add(array, json_object_new_string(access_name(flags)));
        json_object_array_add(array,
                        json_object_new_string(flags & O_NONBLOCK ? "non-blocking" : "blocking"));
        return array;
}

static bool same_file(int one, int other)
{
        struct stat a, b;

        return fstat(one, &a) == 0 && fstat(other, &b) == 0 && a.st_dev == b.st_dev &&
               a.st_ino == b.st_ino;
}

/* Before anything else is opened. */
static void add_descriptors(json_object *seen)
{
        json_object *found = json_object_new_object();

        for (int fd = 0; fd < 1024; fd++) {
                int flags = fcntl(fd, F_GETFL);
                char number[16];

                snprintf(number, sizeof(number), "%d", fd);
                if (flags >= 0)
                        json_object_object_add(found, number, descriptor(fd, flags));
        }
        json_object_object_add(seen, "descriptors", found);
        json_object_object_add(seen, "stderr_is_stdout", json_object_new_boolean(same_file(1, 2)));
}

static char *address_text(const struct sockaddr_storage *address)
{
        char host[INET6_ADDRSTRLEN] = "";

        if (address->ss_family == AF_UNIX)
                return g_strdup(((const struct sockaddr_un *)address)->sun_path);
        if (address->ss_family != AF_INET)
                return g_strdup_printf("family %d", address->ss_family);
        inet_ntop(AF_INET, &((const struct sockaddr_in *)address)->sin_addr, host, sizeof(host));
        return g_strdup_printf(
                        "%s:%d", host, ntohs(((const struct sockaddr_in *)address)->sin_port));
}

/* Which socket stdin is, and its address; nothing where it is none. */
static void add_socket(json_object *seen)
{
        struct sockaddr_storage address = { 0 };
        socklen_t size = sizeof(address);
        g_autofree char *text = NULL;
        struct stat status;

        if (getsockname(0, (struct sockaddr *)&address, &size) < 0 || fstat(0, &status) < 0)
                return;
        text = address_text(&address);
        add_text(seen, "address", text);
        add_number(seen, "socket", status.st_ino);
}

/* All signals, those that libc keeps for itself included: "SigIgn:\t0000000000001000". */
static void add_signals(json_object *seen)
{
        g_autofree char *text = NULL;
        g_auto(GStrv) lines = NULL;

        if (!g_file_get_contents("/proc/self/status", &text, NULL, NULL))
                abort();
        lines = g_strsplit(text, "\n", -1);
        for (char **line = lines; *line; line++)
                if (g_str_has_prefix(*line, "Sig") && !g_str_has_prefix(*line, "SigQ")) {
                        char *colon = strchr(*line, ':');

                        *colon = '\0';
                        add_text(seen, *line, g_strstrip(colon + 1));
                }
}

/* In the order of the kernel's numbers, -1 for infinity. */
static void add_limits(json_object *seen)
{
        json_object *soft = json_object_new_array(), *hard = json_object_new_array();

        for (int i = 0; i < RLIM_NLIMITS; i++) {
                struct rlimit limit;

                if (getrlimit(i, &limit) < 0)
                        abort();
                json_object_array_add(soft, json_object_new_int64((int64_t)limit.rlim_cur));
                json_object_array_add(hard, json_object_new_int64((int64_t)limit.rlim_max));
        }
        json_object_object_add(seen, "soft_limits", soft);
        json_object_object_add(seen, "hard_limits", hard);
}

/* Whole or not at all, so that who waits for the file can read it at once. */
static bool save(json_object *seen, const char *path)
{
        g_autofree char *unfinished = g_strconcat(path, ".new", NULL);

        return json_object_to_file_ext(unfinished, seen, JSON_C_TO_STRING_PLAIN) == 0 &&
               rename(unfinished, path) == 0;
}

static bool report(const char *path)
{
        json_object *seen = json_object_new_object();
        bool saved;

        add_descriptors(seen);
        add_socket(seen);
        add_signals(seen);
        add_identity(seen);
        json_object_object_add(seen, "arguments", strings("/proc/self/cmdline"));
        json_object_object_add(seen, "environment", strings("/proc/self/environ"));
        add_place(seen);
        add_family(seen);
        add_limits(seen);
        saved = save(seen, path);
        json_object_put(seen);
        return saved;
}

/* Writes down the number of each signal; ends with the first one unless it is to hold out. */
static void catch_signals(const char *path, bool hold)
{
        g_autofree char *name = g_strconcat(path, ".signals", NULL);
        sigset_t all;

        sigfillset(&all);
        do {
                int number = sigwaitinfo(&all, NULL);
                FILE *file = fopen(name, "a");

                if (!file || fprintf(file, "%d\n", number) < 0 || fclose(file) != 0)
                        abort();
        } while (hold);
}

/* Another one in the same process group, which outlives this one. */
static void make_child(const char *path)
{
        g_autofree char *name = g_strconcat(path, "-child", NULL);

        if (fork() != 0)
                return;
        if (report(name))
                catch_signals(name, true);
        _exit(EXIT_FAILURE);
}

/* The executable is set-user-id: from now on nobody else may signal it, nor look into it. */
static int stay_as_owner(const char *path)
{
        uid_t owner = geteuid();

        if (setresuid(owner, owner, owner) < 0 || !g_file_set_contents(path, "owner", -1, NULL))
                return EXIT_FAILURE;
        while (true)
                pause();
}

static void block_signals(void)
{
        sigset_t all;

        sigfillset(&all);
        sigprocmask(SIG_SETMASK, &all, NULL);
}

int main(int argc, char *argv[])
{
        const char *mode = argc > 2 ? argv[2] : "";
        bool hold = g_str_has_prefix(mode, "hold");
        bool catch = hold || g_str_has_prefix(mode, "catch");

        if (argc < 2) {
                fputs("usage: probe FILE [stay|owner|catch|hold|catch-family|hold-family]\n",
                                stderr);
                return EXIT_FAILURE;
        }
        if (strcmp(mode, "owner") == 0)
                return stay_as_owner(argv[1]);
        if (catch)
                block_signals();
        if (g_str_has_suffix(mode, "-family"))
                make_child(argv[1]);
        if (!report(argv[1]))
                return EXIT_FAILURE;
        while (strcmp(mode, "stay") == 0)
                pause();
        if (catch)
                catch_signals(argv[1], hold);
        return EXIT_SUCCESS;
}
