/* Not the runtime folder: that of a daemon with user= may have no fixed name. A shared lock is held
 * for good; who gets the exclusive one for a moment is alone, and may clean. A change from one to
 * the other is no single step: whoever comes in between has either seen that it is not alone, or is
 * cleaning before we have anything that could be lost, so the shared lock is worth waiting for. */

#include "daemon/output/auto-log-claim.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "daemon/output/auto-log.h"

#define ATTEMPTS     1000
#define ATTEMPT_USEC 1000

struct AutoLogClaim {
        char *folder, *identifier, *path;
        int fd; /* -1 = none that could be locked; then nothing is cleaned */
};

/* The one that was opened may have been removed by its last user before it was locked. */
static bool is_in_place(const AutoLogClaim *claim)
{
        struct stat here, there;

        return fstat(claim->fd, &here) == 0 && lstat(claim->path, &there) == 0 &&
               here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

static bool try_lock(const AutoLogClaim *claim, int how)
{
        return flock(claim->fd, how | LOCK_NB) == 0;
}

/* Others hold the exclusive one for as long as they are cleaning. */
static bool lock_shared(const AutoLogClaim *claim)
{
        for (int i = 0; i < ATTEMPTS; i++) {
                if (try_lock(claim, LOCK_SH))
                        return true;
                if (errno != EWOULDBLOCK)
                        return false;
                g_usleep(ATTEMPT_USEC);
        }
        return false;
}

/* In a folder for all, somebody else may have made it, to hold us up. */
static bool is_own(int fd)
{
        struct stat status;

        return fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid();
}

static void open_lock(AutoLogClaim *claim)
{
        for (int i = 0; i < ATTEMPTS; i++) {
                bool locked;

                claim->fd = open(claim->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY,
                                0600);
                if (claim->fd < 0)
                        return;
                locked = is_own(claim->fd) && lock_shared(claim);
                if (locked && is_in_place(claim))
                        return;
                claim->fd = fd_close(claim->fd);
                if (!locked)
                        return;
        }
}

AutoLogClaim *auto_log_claim_new(const char *folder, const char *identifier)
{
        AutoLogClaim *claim = g_new0(AutoLogClaim, 1);
        g_autofree char *name =
                        g_strdup_printf(".busvisor-%u-%s.lock", (unsigned)geteuid(), identifier);

        claim->folder = g_strdup(folder);
        claim->identifier = g_strdup(identifier);
        claim->path = g_build_filename(folder, g_strdelimit(name, "/", '_'), NULL);
        open_lock(claim);
        return claim;
}

AutoLogClaim *auto_log_claim_free(AutoLogClaim *claim)
{
        if (!claim)
                return NULL;
        if (claim->fd >= 0 && try_lock(claim, LOCK_EX) && is_in_place(claim))
                (void)unlink(claim->path);
        fd_close(claim->fd);
        g_free(claim->path);
        g_free(claim->identifier);
        g_free(claim->folder);
        g_free(claim);
        return NULL;
}

void auto_log_claim_clean(AutoLogClaim *claim)
{
        if (claim->fd < 0)
                return;
        if (try_lock(claim, LOCK_EX))
                auto_log_clean(claim->folder, claim->identifier);
        (void)lock_shared(claim);
}
