/* GNU readline for the executable. Its globals are mutable C variables, which Swift 6 refuses to
   touch, so each one is set through a function here. */
#ifndef ADAM_READLINE_SHIM_H
#define ADAM_READLINE_SHIM_H
#include <stdio.h>
#include <readline/readline.h>
#include <readline/history.h>
static inline void adam_rl_set_catch_signals(int on) { rl_catch_signals = on; }
#endif
