/* Error: the names under which a caller's mistakes and a process's failures reach the caller.
 *
 * Each corresponds to one fault of Supervisor's XML-RPC, whose number is beside it, so that a
 * translator needs no more than this list. They are published: never renamed. */
#pragma once

#define BUS_ERROR_BAD_ARGUMENTS        "org.busvisor1.Error.BadArguments"  /* 3 BAD_ARGUMENTS */
#define BUS_ERROR_NO_SUCH_PROCESS      "org.busvisor1.Error.NoSuchProcess" /* 10 BAD_NAME */
#define BUS_ERROR_NO_SUCH_GROUP        "org.busvisor1.Error.NoSuchGroup"   /* 10 BAD_NAME */
#define BUS_ERROR_BAD_SIGNAL           "org.busvisor1.Error.BadSignal"     /* 11 BAD_SIGNAL */
#define BUS_ERROR_NO_FILE              "org.busvisor1.Error.NoFile"        /* 20 NO_FILE */
#define BUS_ERROR_NOT_EXECUTABLE       "org.busvisor1.Error.NotExecutable" /* 21 NOT_EXECUTABLE */
#define BUS_ERROR_FAILED               "org.busvisor1.Error.Failed"        /* 30 FAILED */
#define BUS_ERROR_ABNORMAL_TERMINATION "org.busvisor1.Error.AbnormalTermination" /* 40 */
#define BUS_ERROR_SPAWN                "org.busvisor1.Error.SpawnError"       /* 50 SPAWN_ERROR */
#define BUS_ERROR_ALREADY_STARTED      "org.busvisor1.Error.AlreadyStarted"   /* 60 */
#define BUS_ERROR_NOT_RUNNING          "org.busvisor1.Error.NotRunning"       /* 70 NOT_RUNNING */
#define BUS_ERROR_ALREADY_ADDED        "org.busvisor1.Error.AlreadyAdded"     /* 90 ALREADY_ADDED */
#define BUS_ERROR_STILL_RUNNING        "org.busvisor1.Error.StillRunning"     /* 91 STILL_RUNNING */
#define BUS_ERROR_SHUTTING_DOWN        "org.busvisor1.Error.ShuttingDown"     /* 6 SHUTDOWN_STATE */
#define BUS_ERROR_STDIN_FULL           "org.busvisor1.Error.StdinFull"        /* no fault: later */
#define BUS_ERROR_BAD_CONFIGURATION    "org.busvisor1.Error.BadConfiguration" /* 92 CANT_REREAD */
#define BUS_ERROR_STALE_PLAN           "org.busvisor1.Error.StalePlan" /* no fault: plan again */
#define BUS_ERROR_UPDATE_UNDER_WAY     "org.busvisor1.Error.UpdateUnderWay"   /* no fault: later */
#define BUS_ERROR_NO_SUCH_DEAD_LETTER  "org.busvisor1.Error.NoSuchDeadLetter" /* no fault */
#define BUS_ERROR_STALE_GENERATION     "org.busvisor1.Error.StaleGeneration" /* listener-host only */
