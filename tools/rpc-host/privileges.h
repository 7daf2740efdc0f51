/* Privileges: what the rpc-host keeps while it serves, see Sandbox. */
#pragma once

/* For good; connecting to the bus again, and taking connections, is still possible. */
void privileges_give_up(void);
