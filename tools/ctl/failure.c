/* One table from reason to exit status, so that no command chooses numbers of its own. */

#include "tools/ctl/failure.h"

GQuark failure_quark(void)
{
        return g_quark_from_static_string("busvisorctl-failure");
}

ExitStatus failure_exit_status(const GError *error)
{
        static const ExitStatus statuses[_FAILURE_MAX] = {
                [FAILURE_USAGE] = EXIT_STATUS_INVALID_ARGUMENTS,
                [FAILURE_UNREACHABLE] = EXIT_STATUS_UNREACHABLE,
                [FAILURE_LOST] = EXIT_STATUS_UNREACHABLE,
                [FAILURE_REFUSED] = EXIT_STATUS_GENERIC,
                [FAILURE_CLOSING] = EXIT_STATUS_GENERIC,
                [FAILURE_NO_SUCH_NAME] = EXIT_STATUS_GENERIC,
                [FAILURE_ALREADY_ADDED] = EXIT_STATUS_GENERIC,
                [FAILURE_STILL_RUNNING] = EXIT_STATUS_GENERIC,
                [FAILURE_NO_FILE] = EXIT_STATUS_GENERIC,
                [FAILURE_NOT_RUNNING] = EXIT_STATUS_NOT_RUNNING,
                [FAILURE_FAILED] = EXIT_STATUS_GENERIC,
                [FAILURE_BAD_SIGNAL] = EXIT_STATUS_GENERIC,
                [FAILURE_BAD_CONFIGURATION] = EXIT_STATUS_GENERIC,
                [FAILURE_STALE] = EXIT_STATUS_GENERIC,
                [FAILURE_TIMED_OUT] = EXIT_STATUS_TIMED_OUT,
                [FAILURE_OTHER] = EXIT_STATUS_GENERIC,
        };

        g_assert(error->domain == FAILURE && error->code >= 0 && error->code < _FAILURE_MAX);
        return statuses[error->code];
}
