/* One check for each gap: when it is filled, its check goes. */

#include "daemon/gaps.h"

#include "daemon/output/main-log.h"

void gaps_log(const Config *config)
{
        if (config->http_servers->len > 0)
                log_warn("[%s] is not served by this version: its clients will not be answered",
                                ((HttpServerConfig *)config->http_servers->pdata[0])->section);
}
