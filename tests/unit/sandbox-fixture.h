/* Sandbox fixture: what no host can do any more once it is in its sandbox. */
#pragma once

/* Zero, or an errno. */
typedef int SandboxAttempt(void);

/* Adds the tests that are the same for every host. */
void sandbox_fixture_add(void (*enter_sandbox)(void));

/* A process in the sandbox makes the attempt, and it ends like that. */
void sandbox_fixture_assert(SandboxAttempt *attempt, int expected);
