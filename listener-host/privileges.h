/* Privileges: what the listener-host keeps while it serves, see Sandbox. */
#pragma once

/* For good; connecting to the bus again is still possible. */
void privileges_give_up(void);
