/* Auto log: the log files that nobody named (stdout_logfile=AUTO).
 *
 * Names as in Supervisor: NAME-stdout---IDENTIFIER-XXXXXXXX.log in childlogdir, eight random
 * letters. */
#pragma once

/* Creates one, empty, with mode 0600. channel is "stdout" or "stderr". Caller frees with g_free.
 * NULL with errno set when the folder does not let us. */
char *auto_log_create(const char *folder, const char *process, const char *channel,
                const char *identifier);

/* Deletes what earlier runs of the same identifier and user left in the folder, backups included.
 */
void auto_log_clean(const char *folder, const char *identifier);
